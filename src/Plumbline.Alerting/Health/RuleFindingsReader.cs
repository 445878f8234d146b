using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Health;

/// <summary>Reads what the rules say, for one model or for all at once: two questions however many models there are.</summary>
public sealed class RuleFindingsReader(IDbContextFactory<StateDbContext> state)
{
    /// <summary>By model number; a model whose rules have not looked at anything is not in it.</summary>
    public async Task<IReadOnlyDictionary<int, RuleFindings>> ReadAsync(ModelDefinition? model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var firing = await FiringAsync(db, model?.Id, cancellation);
        var streams = await StreamsAsync(db, model?.Id, cancellation);
        return firing
            .Select(group => group.Key)
            .Union(streams.Select(group => group.Key))
            .ToDictionary(id => id, id => new RuleFindings([.. firing[id]], [.. streams[id]]));
    }

    private static async Task<ILookup<int, FiringAlert>> FiringAsync(StateDbContext db, int? model, CancellationToken cancellation)
    {
        var rows = await (
            from alert in db.Alerts.AsNoTracking()
            where alert.ResolvedMs == null && (model == null || alert.ModelId == model)
            join incident in db.Incidents.AsNoTracking().Where(incident => incident.State != (int)IncidentState.Resolved)
                on alert.IncidentId equals incident.Id
                into incidents
            from incident in incidents.DefaultIfEmpty()
            select new { alert, incident }
        ).ToListAsync(cancellation);
        // An alert that is not small and was never given to an incident is of a rule that is only tried out.
        return rows.Where(row => row.alert.IncidentId != 0 || row.alert.Numbers.Small)
            .ToLookup(row => row.alert.ModelId, row => new FiringAlert(row.alert, row.incident));
    }

    private static async Task<ILookup<int, LayerStreams>> StreamsAsync(StateDbContext db, int? model, CancellationToken cancellation)
    {
        var groups = await db
            .AlertStreams.AsNoTracking()
            .Where(row => (model == null || row.ModelId == model) && row.Segment == "" && row.Version == "")
            .GroupBy(row => new
            {
                row.ModelId,
                row.Metric,
                OfAnswers = EF.Functions.Like(row.Feature, "@%"),
                row.Status,
            })
            // Why one of them cannot be judged stands for the others.
            .Select(group => new
            {
                group.Key,
                Count = group.Count(),
                Reason = group.Max(row => row.Reason),
            })
            .ToListAsync(cancellation);
        return groups.ToLookup(
            group => group.Key.ModelId,
            group => new LayerStreams(
                KnownMetrics.Of(group.Key.Metric).LayerOf(group.Key.OfAnswers ? "@" : ""),
                group.Key.Metric,
                (StreamStatus)group.Key.Status,
                group.Count,
                string.IsNullOrEmpty(group.Reason) ? null : group.Reason
            )
        );
    }
}
