using System.Collections.Immutable;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Judges the windows of a rule's streams, one after the other: from what is remembered and the window's point to what is remembered next,
/// and perhaps a transition. Pure: the same points give the same alerts, live and in a backtest.
/// </summary>
/// <param name="rule">The rule.</param>
/// <param name="direction">Which way is bad, resolved: above, below or either.</param>
/// <param name="window">Length of the judged windows.</param>
/// <param name="detector">Kinds that gather evidence: the detector with the share of the budget that a stream has.</param>
/// <param name="reference">What the model's reference says is normal, for windows of this length.</param>
public sealed class StreamEvaluator(Rule rule, RuleDirection direction, TimeSpan window, AlarmDetector detector, ReferenceHistory reference)
{
    /// <summary>Windows in a row that look normal before an alert ends.</summary>
    public const int QuietToResolve = 5;

    /// <summary>Windows from this length on have no hours that could be quiet by themselves.</summary>
    private static readonly TimeSpan LongWindow = TimeSpan.FromDays(1);

    /// <summary>A window this little surprising looks normal.</summary>
    private const double NormalPValue = 0.1;

    /// <summary>Windows in a row in which a small change is large before it counts as large.</summary>
    private const int GrownToFire = 6;

    private readonly CalibratedPoint _calibrated = new(rule, direction, window, reference);

    /// <summary>One window of one stream.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="state">What is remembered.</param>
    /// <param name="start">Start of the window.</param>
    /// <param name="point">Its point; null when there is none.</param>
    /// <param name="lookup">Other points that the condition compares with.</param>
    /// <param name="disturbed">Whether something urgent was known of the model then: such a window is judged and not learned.</param>
    public (StreamState State, StreamTransition? Transition) Evaluate(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint? point,
        Func<StreamKey, DateTimeOffset, MetricPoint?> lookup,
        bool disturbed = false
    )
    {
        state = state with { LastWindow = start };
        if (Unjudgeable(point) is { } reason)
            return (CannotJudge(state, reason), null);
        return rule.Kind.GathersEvidence
            ? EvaluateEvidence(key, state, start, point!, disturbed)
            : EvaluateCondition(key, state, start, point, lookup);
    }

    private string? Unjudgeable(MetricPoint? point) =>
        rule.Kind.IsEvaluatedByClock
            ? null
            : point switch
            {
                null => "no number for the last window",
                { Status: MetricStatus.InsufficientData } => $"too few rows: {point.N}",
                { Status: MetricStatus.Undefined } => "not defined on the last window's rows",
                { Value: null } => "no value",
                _ when point.N < rule.MinimumN => $"too few rows: {point.N} of {rule.MinimumN}",
                _ => null,
            };

    // A window that says nothing ends nothing: what fires goes on firing.
    private static StreamState CannotJudge(StreamState state, string reason) =>
        state with
        {
            Unjudged = state.Unjudged + 1,
            Reason = reason,
            Status = state.Status == StreamStatus.Firing ? StreamStatus.Firing : StreamStatus.CannotJudge,
        };

    private (StreamState, StreamTransition?) EvaluateEvidence(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint point,
        bool disturbed
    )
    {
        (state, var calibrated, var reason) = _calibrated.Evaluate(key, state, point);
        if (calibrated is not { } seen)
            return (CannotJudge(state, reason!), null);
        state = state with
        {
            Unjudged = 0,
            LastValue = point.Value,
            LastExpected = seen.Expected,
            LastPValue = seen.PValue,
            LastN = point.N,
        };
        (state, var transition) =
            state.Status == StreamStatus.Firing ? Firing(key, state, start, point, seen) : NotFiring(key, state, start, point, seen);
        return (disturbed && state.InUse > 0 ? state : _calibrated.Learn(state, point), transition);
    }

    private (StreamState, StreamTransition?) NotFiring(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint point,
        CalibratedValue seen
    )
    {
        var step = detector.Next(state.Alarm, seen.PValue!.Value, start);
        state = state with { Alarm = step.State, Evidence = EvidenceRun.Add(state.Evidence, step, start, seen.Deviation, point.N) };
        if (!step.IsAlarm)
        {
            var pending = step.LogEvidence > Math.Log(detector.Threshold) / 2;
            return (state with { Status = pending ? StreamStatus.Pending : StreamStatus.Inactive, Reason = null }, null);
        }

        // One window says little of the size; all of them since the onset say more.
        var (onset, deviation, windows) = EvidenceRun.Read(state.Evidence);
        seen = seen with { Effect = Math.Abs(deviation) };
        var small = seen.Effect < seen.Floor;
        state = state with
        {
            Status = StreamStatus.Firing,
            Onset = onset,
            Small = small,
            Quiet = 0,
            Grown = 0,
            Level = new FiringLevel { Told = deviation },
            Reason = null,
        };
        return (state, Transition(key, fires: true, start, onset, point, seen, windows, small));
    }

    private (StreamState, StreamTransition?) Firing(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint point,
        CalibratedValue seen
    )
    {
        var onset = state.Onset ?? start;
        var windows = 1 + (int)((start - onset) / window);
        var normal = seen.PValue > NormalPValue || seen.Effect < seen.Floor / 4;
        var level = (state.Level ?? new FiringLevel()).Add(
            new FiringWindow(start, seen.Deviation, LearnedWindow.Of(point).StandardError, point.N)
        );
        state = state with
        {
            Level = level,
            Quiet = normal ? state.Quiet + 1 : 0,
            Grown = state.Small && !normal && seen.Effect >= seen.Floor ? state.Grown + 1 : 0,
        };
        if (IsOver(state, level, seen.Floor))
        {
            var ended = state with
            {
                Status = StreamStatus.Inactive,
                Onset = null,
                Small = false,
                Quiet = 0,
                Grown = 0,
                Level = null,
                Alarm = AlarmState.Fresh with { LastWindow = start },
                Evidence = [],
            };
            return (ended, Transition(key, fires: false, start, onset, point, seen, windows, state.Small));
        }

        if (level.BelowSince is { } since && level.IsBack())
        {
            var ended = Transition(key, fires: false, start, onset, point, seen, windows, state.Small);
            return (
                state with
                {
                    Onset = since,
                    Quiet = 0,
                    Level = level.Back(),
                },
                ended with
                {
                    Evidence = ended.Evidence with { Further = true },
                }
            );
        }

        if (!state.Small && !_calibrated.BringsItsOwn && level.Worse(onset, seen.Floor, window >= LongWindow) is { } worse)
            return Again(key, state, worse, point, seen);
        if (state.Grown < GrownToFire)
            return (state, null);
        return (state with { Small = false, Grown = 0 }, Transition(key, fires: true, start, onset, point, seen, windows, small: false));
    }

    // A distance from the reference has no sign and no level of its own.
    private bool IsOver(StreamState state, FiringLevel level, double floor) =>
        (state.Quiet >= QuietToResolve && (_calibrated.BringsItsOwn || level.HoldsNormal(floor / 4)))
        || (
            !_calibrated.BringsItsOwn
            && (
                window >= LongWindow
                    ? state.Quiet > 0 && level.IsSurelyLess(state.Quiet)
                    : level.Latest.Count >= FiringLevel.Together && level.HoldsNormal(floor / 4) && level.IsSurelyLess(FiringLevel.Together)
            )
        );

    // What is normal for the further change is how it was since the first one.
    private (StreamState, StreamTransition?) Again(
        StreamKey key,
        StreamState state,
        Worsening worse,
        MetricPoint point,
        CalibratedValue seen
    )
    {
        var start = point.WindowStart;
        var further = seen with { Expected = seen.Expected + worse.From, Effect = worse.By };
        state = state with { Onset = worse.Since, Quiet = 0, Level = worse.Level };
        var windows = 1 + (int)((start - worse.Since) / window);
        var transition = Transition(key, fires: true, start, worse.Since, point, further, windows, small: false);
        return (state, transition with { Evidence = transition.Evidence with { Further = true } });
    }

    private (StreamState, StreamTransition?) EvaluateCondition(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint? point,
        Func<StreamKey, DateTimeOffset, MetricPoint?> lookup
    )
    {
        state = rule.Kind.LearnsNormal(rule) ? _calibrated.Schedule.Advance(state, start) : state;
        var normal = state.InUse > 0 ? state.Learned.Take(state.InUse).Average(entry => entry.Value) : (double?)null;
        var (suspicious, expected, reason) = rule.Kind.Evaluate(
            new EvaluatedWindow(
                rule,
                start,
                window,
                direction,
                point,
                normal,
                before => lookup(key, start - before),
                version => lookup(key with { Version = version }, start)
            )
        );
        if (point is not null && normal is null && rule.Kind.LearnsNormal(rule))
            state = _calibrated.Schedule.Learn(state, LearnedWindow.Of(point), suspicious: false);
        state = state with { LastValue = point?.Value, LastExpected = expected, LastN = point?.N ?? 0 };
        if (suspicious is not { } bad)
            return (CannotJudge(state, reason ?? "nothing to compare with"), null);
        state = state with { Recent = Remembered(state.Recent, bad), Unjudged = 0, Reason = null };
        var distance = point?.Value - expected;
        var seen = new CalibratedValue(PValue: null, expected, distance is { } known ? Math.Abs(known) : 0, 0);
        return state.Status == StreamStatus.Firing
            ? ConditionWhileFiring(key, state with { Quiet = bad ? 0 : state.Quiet + 1 }, start, point, seen)
            : ConditionWhileQuiet(key, state, start, point, seen);
    }

    private ImmutableList<bool> Remembered(ImmutableList<bool> recent, bool latest)
    {
        recent = recent.Add(latest);
        return recent.Count > rule.OfWindows ? recent.RemoveAt(0) : recent;
    }

    private (StreamState, StreamTransition?) ConditionWhileFiring(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint? point,
        CalibratedValue seen
    )
    {
        if (state.Quiet < Math.Max(rule.OfWindows, 2))
            return (state, null);
        var onset = state.Onset ?? start;
        return (
            state with
            {
                Status = StreamStatus.Inactive,
                Onset = null,
                Quiet = 0,
                Recent = [],
            },
            Transition(key, fires: false, start, onset, point, seen, 1 + (int)((start - onset) / window), small: false)
        );
    }

    private (StreamState, StreamTransition?) ConditionWhileQuiet(
        StreamKey key,
        StreamState state,
        DateTimeOffset start,
        MetricPoint? point,
        CalibratedValue seen
    )
    {
        var recent = state.Recent;
        var hits = recent.Count(hit => hit);
        if (hits < rule.ForWindows)
            return (state with { Status = hits > 0 ? StreamStatus.Pending : StreamStatus.Inactive }, null);
        var since = start - ((recent.Count - 1 - recent.IndexOf(true)) * window);
        return (
            state with
            {
                Status = StreamStatus.Firing,
                Onset = since,
                Quiet = 0,
            },
            Transition(key, fires: true, start, since, point, seen, 1 + (int)((start - since) / window), small: false)
        );
    }

    private StreamTransition Transition(
        StreamKey key,
        bool fires,
        DateTimeOffset start,
        DateTimeOffset onset,
        MetricPoint? point,
        CalibratedValue seen,
        int windows,
        bool small
    ) =>
        new(
            key,
            fires,
            start + window,
            onset,
            new AlertEvidence(
                point?.Value,
                seen.Expected,
                point?.Lower,
                point?.Upper,
                seen.PValue,
                seen.Effect,
                point?.N ?? 0,
                start,
                (int)window.TotalSeconds,
                windows,
                small
            )
        );
}
