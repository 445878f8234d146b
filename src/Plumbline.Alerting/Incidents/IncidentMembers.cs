using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>An incident with its alerts, the oldest first.</summary>
public sealed record IncidentMembers(IncidentRow Incident, IReadOnlyList<AlertRow> Alerts)
{
    /// <summary>Incidents that a new alert is compared with; older ones have ended long ago.</summary>
    private const int Compared = 200;

    /// <summary>The newest incidents, the newest first.</summary>
    internal static async Task<List<IncidentMembers>> NewestAsync(StateDbContext db, CancellationToken cancellation)
    {
        var incidents = await db
            .Incidents.OrderByDescending(incident => incident.FiredMs)
            .ThenByDescending(incident => incident.Id)
            .Take(Compared)
            .ToListAsync(cancellation);
        var ids = incidents.Select(incident => incident.Id).ToList();
        var alerts = (
            await db.Alerts.Where(alert => ids.Contains(alert.IncidentId)).OrderBy(alert => alert.Id).ToListAsync(cancellation)
        ).ToLookup(alert => alert.IncidentId);
        return [.. incidents.Select(incident => new IncidentMembers(incident, [.. alerts[incident.Id]]))];
    }
}
