using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>The alerts of an incident, each with its numbers; some of them can be made an incident of their own.</summary>
public partial class AlertsPanel
{
    private readonly HashSet<long> _chosen = [];

    private const int Few = 20;

    private bool _all;

    [Parameter, EditorRequired]
    public IncidentDetail Detail { get; set; } = null!;

    [Parameter, EditorRequired]
    public (DateTimeOffset From, DateTimeOffset To) Range { get; set; }

    private IEnumerable<Alert> Shown =>
        Detail
            .Alerts.OrderBy(alert => alert.ResolvedAt is not null)
            .ThenBy(alert => alert.Evidence.PValue ?? 0)
            .Take(_all ? int.MaxValue : Few);

    private string Where(Alert alert) =>
        string.Join(
            ", ",
            new[] { alert.Model == Detail.Incident.Model ? null : alert.Model, IncidentWords.Scope(alert) }
                .Where(part => !string.IsNullOrEmpty(part))
                .DefaultIfEmpty("all rows")
        );

    // Value minus normal, in the metric's unit; of a distance, which is one already, its size.
    private static string Change(Alert alert, string unit) =>
        alert.Evidence is { Value: { } value, Expected: { } expected }
            ? Figures.Difference(value - expected, unit)
            : Figures.Format(alert.Evidence.Effect, unit);

    private static string? Interval(Alert alert, string unit) =>
        alert.Evidence is { Lower: { } lower, Upper: { } upper }
            ? $"95 % {Figures.Format(lower, unit)} .. {Figures.Format(upper, unit)}"
            : null;

    [Inject]
    public IncidentWork Work { get; set; } = null!;

    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    private bool MaySplit => Detail.Alerts.Count > 1 && May(IncidentCommands.Split, Detail.Incident.Model);

    private void Choose(long alert)
    {
        if (!_chosen.Remove(alert))
            _chosen.Add(alert);
    }

    private async Task SplitAsync()
    {
        var id = Detail.Incident.Id;
        long? begun = null;
        await RunAsync(
            IncidentCommands.Split,
            Detail.Incident.Model,
            $"{id}",
            async actor =>
            {
                begun = await Work.SplitAsync(id, _chosen, actor.Name, CancellationToken.None);
                return begun is not null;
            }
        );
        if (begun is { } made)
            Navigation.NavigateTo(Links.Incident(made));
    }
}
