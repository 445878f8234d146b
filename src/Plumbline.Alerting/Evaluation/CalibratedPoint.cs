using System.Collections.Immutable;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>How surprising a window is, what was normal, and how large the change is against what matters.</summary>
/// <param name="PValue">Small = surprising; null for rules that do not gather evidence.</param>
/// <param name="Expected">What was normal for the window; null where the point itself is a distance.</param>
/// <param name="Effect">Size of the change in the bad direction, not negative.</param>
/// <param name="Floor">Size that matters.</param>
/// <param name="Deviation">The change with its sign.</param>
public readonly record struct CalibratedValue(double? PValue, double? Expected, double Effect, double Floor, double Deviation = 0);

/// <summary>
/// Gives each window of an anomaly rule its p-value: <c>drift.calibrated</c> points bring theirs; for every other metric normal is learned
/// from the stream's first windows, by the <see cref="LearningSchedule"/>. Where these are as the reference was, which has more of them,
/// the reference's own windows are what is normal from then on.
/// </summary>
internal sealed class CalibratedPoint(Rule rule, RuleDirection direction, TimeSpan window, ReferenceHistory reference)
{
    /// <summary>Windows that a stream keeps so that what its normal needs to know of the recent past survives a restart.</summary>
    public const int Kept = 24;

    /// <summary>A window rarer than this is not learned before the next ones say that it was chance.</summary>
    private const double Rare = 0.05;

    private readonly Dictionary<StreamKey, (int Generation, Normal Normal)> _normal = [];

    /// <summary>When and from what the rule's streams learn.</summary>
    public LearningSchedule Schedule { get; } = new(window, KnownMetrics.Of(rule.Metric).FollowsCalendar);

    /// <summary>Whether points bring their p-value, as distances of features from the reference do.</summary>
    public bool BringsItsOwn => rule.Metric == CalibratedDriftMetrics.Calibrated;

    private SurpriseSide Side =>
        direction switch
        {
            RuleDirection.Above => SurpriseSide.Above,
            RuleDirection.Below => SurpriseSide.Below,
            _ => SurpriseSide.Both,
        };

    /// <summary>What has been learned and kept after this window, and its value; none and a reason while that is still learned.</summary>
    public (StreamState State, CalibratedValue? Value, string? Reason) Evaluate(StreamKey key, StreamState state, MetricPoint point)
    {
        var known = rule.EffectFloor is { } declared ? new EffectFloor(declared) : KnownMetrics.Of(rule.Metric).Floor;
        if (BringsItsOwn)
        {
            return point.PValue is { } p
                ? (state, new CalibratedValue(p, null, point.Value!.Value, known.Size, point.Value.Value), null)
                : (state, null, "learning what is normal");
        }

        var learned = LearnedWindow.Of(point);
        state = Advance(key, state, point.WindowStart, known);
        // What fires may end on a day of which nothing is known yet; nothing begins there.
        if (
            !state.AsReference
            && Schedule.NotYet(state, point.WindowStart) is { } reason
            && (state.InUse == 0 || state.Status != StreamStatus.Firing)
        )
        {
            return (Schedule.Learn(state, learned, suspicious: false), null, reason);
        }

        var normal = NormalOf(key, state, known);
        var seen = normal.Evaluate(learned, Side);
        state = state with { Kept = Shorten(state.Kept.Add(learned)) };
        return (state, Value(learned, seen, normal.Mean, known.Of(normal.Mean)), null);
    }

    /// <summary>What has been learned after a window was judged.</summary>
    /// <param name="state">What is remembered, with the window's verdict.</param>
    /// <param name="point">The window's point.</param>
    public StreamState Learn(StreamState state, MetricPoint point)
    {
        if (BringsItsOwn || state.AsReference)
            return state;
        return state.Status == StreamStatus.Firing
            ? state with
            {
                Held = [],
            }
            : Schedule.Learn(state, LearnedWindow.Of(point), suspicious: state.Status == StreamStatus.Pending || state.LastPValue < Rare);
    }

    private CalibratedValue Value(LearnedWindow learned, WindowSurprise seen, double mean, double floor)
    {
        // On the good side nothing is too much.
        var worse = direction == RuleDirection.Either || seen.PValue <= 0.5;
        var above = direction == RuleDirection.Above || (direction == RuleDirection.Either && learned.Value > mean);
        var expected = worse ? learned.Value - (above ? seen.Effect : -seen.Effect) : mean;
        return new CalibratedValue(seen.PValue, expected, worse ? seen.Effect : 0, floor, learned.Value - expected);
    }

    private static ImmutableList<LearnedWindow> Shorten(ImmutableList<LearnedWindow> kept) => kept.Count > Kept ? kept.RemoveAt(0) : kept;

    private ReferenceNormal? ReferenceOf(StreamKey key) =>
        key.Feature.Length > 0 || key.Version.Length > 0 ? null : reference.Find(key.Metric, key.Class, key.Segment);

    // The state with what is normal from this window on: learned anew when it is time for that, and held against the reference then, or
    // when there is another one.
    private StreamState Advance(StreamKey key, StreamState state, DateTimeOffset start, EffectFloor known)
    {
        var before = state.Generation;
        if (!state.AsReference)
            state = Schedule.Advance(state, start);
        if (state.InUse == 0 || (state.Generation == before && state.Compared == reference.Generation))
            return state;
        var agrees = ReferenceOf(key) is { Windows.Count: > 0 } shown && shown.Agrees([.. state.Learned.Take(state.InUse)], known);
        return state with { Compared = reference.Generation, AsReference = agrees };
    }

    private Normal NormalOf(StreamKey key, StreamState state, EffectFloor known)
    {
        if (_normal.TryGetValue(key, out var found) && found.Generation == state.Generation)
            return found.Normal;
        var shown = ReferenceOf(key);
        var normal =
            state.AsReference && shown is { Windows: { Count: > 0 } windows }
                ? Normal.Learn([.. windows.Select(LearnedWindow.Of)], shown.Grain, Floor, mayShift: false)
                : Normal.Learn(
                    [.. state.Learned.Take(state.InUse)],
                    window,
                    Floor,
                    !KnownMetrics.Of(rule.Metric).FollowsCalendar,
                    shown is { Windows.Count: 0, Whole: { } whole } ? LearnedWindow.Of(whole) : null
                );
        foreach (var kept in state.Kept)
            normal.Evaluate(kept, Side);
        _normal[key] = (state.Generation, normal);
        return normal;

        // How much windows may differ before they are known is a matter of the metric, not of how rare its events are.
        double Floor(double mean) => known.IsRelative ? known.Of(mean) : known.Size;
    }
}
