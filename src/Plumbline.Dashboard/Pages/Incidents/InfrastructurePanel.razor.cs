using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.OutsideAlerts;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>Alerts of the infrastructure beside an incident.</summary>
public sealed partial class InfrastructurePanel
{
    private static readonly string[] Places = ["instance", "node", "pod", "namespace", "job"];

    private IReadOnlyList<InfrastructureAlert>? _alerts;
    private long _read;

    [Parameter, EditorRequired]
    public long Incident { get; set; }

    [Parameter, EditorRequired]
    public DateTimeOffset Onset { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_read == Incident)
            return;
        _read = Incident;
        _alerts = (await Beside.ReadAsync(Incident, CancellationToken.None))?.Alerts;
    }

    private static string Where(InfrastructureAlert alert) =>
        Places.Select(place => alert.Labels.GetValueOrDefault(place)).FirstOrDefault(place => !string.IsNullOrEmpty(place)) is { } found
            ? $"({found})"
            : "";
}
