using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>The state of the model in one sentence, made from the facts.</summary>
public sealed partial class HeaderSentence
{
    private const int MostNamed = 3;

    private List<LayerHealth> _worst = [];
    private List<Plumbline.Alerting.Incidents.Incident> _open = [];
    private int _unknown;

    [Inject]
    public BrowserPage Browser { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelOverview Overview { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string VersionWords
    {
        get
        {
            var versions = Overview.Facts?.Versions ?? [];
            var whole = versions.Sum(version => version.Requests);
            return versions.Count == 0
                ? ""
                : ", "
                    + string.Join(
                        ", ",
                        versions.Take(3).Select(version => $"{version.Version} at {Figures.Share(version.Requests, whole)}")
                    );
        }
    }

    private string Unjudged =>
        string.Join(
            " and ",
            Overview
                .Layers.Where(layer => layer.State == HealthState.Unknown)
                .Select(layer => $"{layer.Layer.ToString().ToLowerInvariant()}: {layer.Reason}")
        );

    /// <summary>The headline without the model's name, which the page bears already.</summary>
    private string Headline(string headline) =>
        headline.Length == 0 ? "being written up"
        : headline.StartsWith(Overview.Model.Name + ": ", StringComparison.Ordinal) ? headline[(Overview.Model.Name.Length + 2)..]
        : headline;

    protected override void OnParametersSet()
    {
        _open =
        [
            .. Scope
                .Incidents.Where(incident => incident.State != Plumbline.Alerting.Incidents.IncidentState.Resolved)
                .OrderByDescending(incident => incident.Severity),
        ];
        _worst =
        [
            .. Overview.Layers.Where(layer => layer.State is HealthState.Watch or HealthState.Bad).OrderByDescending(layer => layer.State),
        ];
        _unknown = Overview.Layers.Count(layer => layer.State == HealthState.Unknown);
    }

    private string Address(LayerHealth layer) => Scope.Tab(MetricWords.Tab(layer.Layer), ("feature", layer.Feature));
}
