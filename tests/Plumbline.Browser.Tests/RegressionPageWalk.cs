namespace Plumbline.Browser.Tests;

/// <summary>The pages of a regression, the rules of models, and a model without traffic.</summary>
public sealed class RegressionPageWalk(BrowserHost host) : PageWalk(host)
{
    public static TheoryData<string, string> Pages =>
        new()
        {
            { "regression-outcomes", $"/models/{SeededModels.Price}/outcomes" },
            { "regression-segments", $"/models/{SeededModels.Price}/segments" },
            { "regression", $"/models/{SeededModels.Price}" },
            { "regression-inputs", $"/models/{SeededModels.Price}/inputs" },
            { "regression-performance", $"/models/{SeededModels.Price}/performance" },
            { "regression-outputs", $"/models/{SeededModels.Price}/outputs" },
            { "rules", $"{Router}/rules" },
            { "rule-new", $"{Router}/rules?new=1" },
            { "rule-edit", $"{Router}/rules?edit=feature-drift" },
            { "nothing-yet", "/models/no-traffic-yet" },
            { "rules-nothing-yet", "/models/no-traffic-yet/rules" },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public Task Shows_without_complaint(string name, string address) => ShowAsync(name, address);
}
