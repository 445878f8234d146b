using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>How many incidents of a model are not over, and how urgent the worst is.</summary>
public sealed record OpenIncidents(int Count, AlertSeverity Worst);

/// <summary>Counts what is not over, for places that show many models at once.</summary>
public sealed class OpenIncidentReader(IDbContextFactory<StateDbContext> state)
{
    /// <summary>Those of all models that people are told of at once; null when there is none.</summary>
    public async Task<OpenIncidents?> UrgentAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var severities = await db
            .Incidents.AsNoTracking()
            .Where(incident => incident.State != (int)IncidentState.Resolved && incident.Severity >= (int)AlertSeverity.Warning)
            .Select(incident => incident.Severity)
            .ToListAsync(cancellation);
        return severities.Count == 0 ? null : new OpenIncidents(severities.Count, (AlertSeverity)severities.Max());
    }

    /// <summary>By model; models without an open incident are not in it. An incident of several models counts for each.</summary>
    public async Task<IReadOnlyDictionary<int, OpenIncidents>> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var open = db.Incidents.AsNoTracking().Where(incident => incident.State != (int)IncidentState.Resolved);
        var own = open.Select(incident => new
        {
            incident.ModelId,
            incident.Id,
            incident.Severity,
        });
        var shared =
            from incident in open
            join alert in db.Alerts.AsNoTracking() on incident.Id equals alert.IncidentId
            select new
            {
                alert.ModelId,
                incident.Id,
                incident.Severity,
            };
        var rows = await own.Union(shared).ToListAsync(cancellation);
        return rows.GroupBy(row => row.ModelId)
            .ToFrozenDictionary(
                group => group.Key,
                group => new OpenIncidents(group.Count(), (AlertSeverity)group.Max(row => row.Severity))
            );
    }
}
