using Microsoft.AspNetCore.Components;
using Plumbline.Alerting;
using Plumbline.Alerting.Incidents;

namespace Plumbline.Dashboard.Pages;

/// <summary>
/// What is open and worth a message, over all models: from the fleet it is one press to each. Nothing where nothing is open.
/// </summary>
public sealed partial class OpenIncidentsPanel
{
    /// <summary>The worst are listed; all are one press away.</summary>
    private const int Most = 5;

    /// <summary>How many there are.</summary>
    [Parameter, EditorRequired]
    public int Count { get; set; }

    private async Task<List<Incident>> LoadAsync(CancellationToken cancellation)
    {
        var query = new IncidentQuery
        {
            AtLeast = AlertSeverity.Warning,
            ByUrgency = true,
            Limit = Most,
        };
        var worst = await Incidents.ListAsync(query, cancellation);
        return [.. worst.Where(incident => incident.State != IncidentState.Resolved)];
    }
}
