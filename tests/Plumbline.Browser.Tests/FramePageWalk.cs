namespace Plumbline.Browser.Tests;

/// <summary>The pages that belong to no model.</summary>
public sealed class FramePageWalk(BrowserHost host) : PageWalk(host)
{
    public static TheoryData<string, string> Pages =>
        new()
        {
            { "fleet", "/" },
            { "explore", $"/explore/{SeededModels.Router}" },
            { "explore-all", "/explore" },
            { "settings", "/settings" },
            { "settings-new", "/settings?new=email" },
            { "settings-change", "/settings?receiver=unreachable" },
            { "silences", "/settings/silences" },
            { "deliveries", "/settings/deliveries" },
            { "incidents", "/incidents" },
            { "incidents-none-of-a-kind", "/incidents?state=resolved&severity=critical&range=1h" },
            { "incident", "/incidents/1" },
            { "self", "/self" },
            { "start", "/start" },
            { "review-none", "/review" },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public Task Shows_without_complaint(string name, string address) => ShowAsync(name, address);
}
