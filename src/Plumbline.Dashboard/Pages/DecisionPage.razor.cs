using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages;

/// <summary>One prediction: its inputs, its answer, what came true, and how usual that is.</summary>
public sealed partial class DecisionPage
{
    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    [Parameter]
    public string Name { get; set; } = "";

    [Parameter]
    public string Id { get; set; } = "";

    public static string Address(PageScope scope, string model, string id) => scope.To(Links.Prediction(model, id));

    private UnknownPlace? _unknown;

    protected override async Task OnParametersSetAsync()
    {
        // Version and segment may be those of the page from which the reader came: one decision has its own.
        _unknown = Models.Find(Name) is null ? await Places.FindAsync(Name, null, Scope, CancellationToken.None) : null;
        Frame.Show(
            [("Explore", Links.Explore), (Name, Scope.To(Links.ExploreModel(Name))), (Id.Length > 24 ? Id[..24] + ".." : Id, null)],
            demo: Demo.IsDemo
        );
    }

    private static string Truth(ModelDefinition model, Decision decision)
    {
        if (decision.Row.GroundTruth is not { } truth)
            return "not known yet";
        if (model.Task == ModelTask.Regression)
        {
            return truth is double number && decision.Row.Prediction is double answer
                ? $"{DecisionWords.Write(number)} (off by {Figures.Format(answer - number)})"
                : DecisionWords.Write(truth);
        }
        return $"{DecisionWords.Write(truth)} ({(Equals(truth, decision.Row.Prediction) ? "right" : "wrong")})";
    }

    private static string Bar(object? probability, string colour) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"height: 10px; border-radius: 2px; background: var({colour}); width: "
                + $"{Math.Clamp((probability is double number ? number : 0) * 100, 0, 100):0.#}%"
        );

    private sealed record Found(Decision? Decision);

    private static IEnumerable<KeyValuePair<string, object?>> Likeliest(Decision decision) =>
        decision.Probabilities.OrderByDescending(pair => pair.Value is double number ? number : -1).Take(MostProbabilities);

    private const int MostProbabilities = 20;
}
