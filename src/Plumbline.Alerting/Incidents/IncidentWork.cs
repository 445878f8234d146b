using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>What people decide of incidents that changes more than one, or what is normal: each is settled anew at once.</summary>
public sealed class IncidentWork(
    IDbContextFactory<StateDbContext> state,
    IncidentParting parting,
    IncidentActions actions,
    RuleEvaluation evaluation,
    TimeProvider time
)
{
    /// <summary>Takes one incident into another, with its alerts and what people wrote of it. False when either is not there.</summary>
    public async Task<bool> MergeAsync(long id, long into, string who, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        if (
            id == into
            || await db.Incidents.FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } from
            || await db.Incidents.FirstOrDefaultAsync(row => row.Id == into, cancellation) is not { } target
        )
        {
            return false;
        }

        await parting.MergeAsync(db, from, target, who, cancellation);
        await db.SaveChangesAsync(cancellation);
        await evaluation.SettleAsync(cancellation);
        return true;
    }

    /// <summary>
    /// Makes an incident of its own of some alerts. Null when there is no such incident, when one of the alerts is not in it, or when it
    /// would be left without any.
    /// </summary>
    public async Task<long?> SplitAsync(long id, IReadOnlySet<long> alerts, string who, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var own = await db.Alerts.Where(alert => alert.IncidentId == id).OrderBy(alert => alert.FiredMs).ToListAsync(cancellation);
        var taken = own.Where(alert => alerts.Contains(alert.Id)).ToList();
        if (
            taken.Count == 0
            || taken.Count != alerts.Count
            || taken.Count == own.Count
            || await db.Incidents.FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } from
        )
        {
            return null;
        }

        var begun = await parting.SplitAsync(db, from, taken, who, cancellation);
        await db.SaveChangesAsync(cancellation);
        await evaluation.SettleAsync(cancellation);
        return begun.Id;
    }

    /// <summary>
    /// Says that what moved is how it is from now on: its streams learn their normal again, and it is over. Null when there is no such
    /// incident; else how many streams learn again. What is compared with the reference is not among them: only another reference makes
    /// that normal.
    /// </summary>
    public async Task<int?> AcceptAsync(long id, string who, string? comment, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        if (!await db.Incidents.AnyAsync(row => row.Id == id, cancellation))
            return null;
        var alerts = await db.Alerts.AsNoTracking().Where(alert => alert.IncidentId == id).ToListAsync(cancellation);
        var learned = 0;
        foreach (var model in alerts.Where(alert => alert.Metric != CalibratedDriftMetrics.Calibrated).GroupBy(alert => alert.ModelId))
        {
            learned += await evaluation.LearnAgainAsync(model.Key, model.Select(alert => alert.Key).ToHashSet(), cancellation);
        }

        var text = $"This is the new normal{(comment is null ? "." : $": {comment}")} {learned} streams learn it from the next windows on.";
        await actions.AcceptAsync(id, who, text, cancellation);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db
            .Alerts.Where(alert => alert.IncidentId == id && alert.ResolvedMs == null && alert.Metric != CalibratedDriftMetrics.Calibrated)
            .ExecuteUpdateAsync(set => set.SetProperty(alert => alert.ResolvedMs, nowMs), cancellation);
        await evaluation.SettleAsync(cancellation);
        return learned;
    }
}
