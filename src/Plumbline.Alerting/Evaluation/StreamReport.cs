using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>How a rule stands: streams by status, and why some cannot be judged (reason and how many, the most frequent first).</summary>
/// <param name="Learning">How far its normal is learned; null for rules that learn nothing.</param>
public sealed record RuleStanding(
    string Rule,
    int Inactive,
    int Pending,
    int Firing,
    int CannotJudge,
    IReadOnlyList<KeyValuePair<string, int>> Reasons,
    DateTimeOffset? LastWindow,
    LearningStanding? Learning
);

/// <summary>How far the normal of a rule's streams is learned.</summary>
/// <param name="Streams">Streams that still learn.</param>
/// <param name="LeastDays">Days that the least of them has seen; 0 when none learns.</param>
/// <param name="OfDays">Days after which normal stays.</param>
/// <param name="AsReference">Streams that take the reference's windows for normal.</param>
public sealed record LearningStanding(int Streams, double LeastDays, double OfDays, int AsReference);

/// <summary>How all rules of a model stand, and the budget that they share.</summary>
/// <param name="Alarms">False alarms that are acceptable per <paramref name="Per"/>.</param>
/// <param name="Per">The period.</param>
/// <param name="CalibratedStreams">Streams that share the budget.</param>
/// <param name="Rules">Every enabled rule.</param>
/// <param name="LastLook">When the rules were looked at last, by the clock; null before the first look.</param>
/// <param name="LastError">Why that failed; null when it did not.</param>
public sealed record ModelStanding(
    double Alarms,
    TimeSpan Per,
    int CalibratedStreams,
    IReadOnlyList<RuleStanding> Rules,
    DateTimeOffset? LastLook,
    string? LastError
);

/// <summary>What the rules of a model can say now, and what they cannot.</summary>
public sealed class StreamReport(IDbContextFactory<StateDbContext> state, RuleStore ruleStore, AlertPassState pass)
{
    public async Task<ModelStanding> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = (
            await db
                .AlertStreams.AsNoTracking()
                .Where(row => row.ModelId == model.Id)
                .Select(row => new
                {
                    row.Rule,
                    row.Status,
                    row.State,
                })
                .ToListAsync(cancellation)
        ).ToLookup(row => row.Rule, StringComparer.Ordinal);
        var rules = (await ruleStore.ReadAsync(model, cancellation)).Where(rule => rule.Enabled).ToList();
        var standings = new List<RuleStanding>();
        foreach (var rule in rules)
        {
            var streams = rows[rule.Name].Select(row => ((StreamStatus)row.Status, State: StreamState.Read(row.State))).ToList();
            var reasons = streams
                .Where(stream => stream.Item1 == StreamStatus.CannotJudge)
                .GroupBy(stream => stream.State.Reason ?? "not looked at yet", StringComparer.Ordinal)
                .Select(group => KeyValuePair.Create(group.Key, group.Count()))
                .OrderByDescending(pair => pair.Value)
                .Take(5)
                .ToList();
            standings.Add(
                new RuleStanding(
                    rule.Name,
                    Count(StreamStatus.Inactive),
                    Count(StreamStatus.Pending),
                    Count(StreamStatus.Firing),
                    Count(StreamStatus.CannotJudge),
                    reasons,
                    streams.Max(stream => stream.State.LastWindow),
                    LearningOf(model, rule, [.. streams.Select(stream => stream.State)])
                )
            );

            int Count(StreamStatus status) => streams.Count(stream => stream.Item1 == status);
        }

        var budget = RuleRun.BudgetOf(model);
        var calibrated = rules.Where(rule => rule.Kind.GathersEvidence).Sum(rule => rows[rule.Name].Count());
        var look = pass.Find(model.Id);
        return new ModelStanding(budget.Alarms, budget.Period, calibrated, standings, look?.At, look?.Error);
    }

    private static LearningStanding? LearningOf(ModelDefinition model, Rule rule, IReadOnlyList<StreamState> streams)
    {
        if (!rule.Kind.GathersEvidence || rule.Metric == CalibratedDriftMetrics.Calibrated)
            return null;
        var schedule = new LearningSchedule(rule.WindowOf(model), KnownMetrics.Of(rule.Metric).FollowsCalendar);
        var seen = streams
            .Where(state => !state.AsReference)
            .Select(state => schedule.Span(state.Learned, state.Learned.Count))
            .Where(span => span < schedule.Whole)
            .ToList();
        return new LearningStanding(
            seen.Count,
            seen.Count == 0 ? 0 : seen.Min().TotalDays,
            schedule.Whole.TotalDays,
            streams.Count(state => state.AsReference)
        );
    }
}
