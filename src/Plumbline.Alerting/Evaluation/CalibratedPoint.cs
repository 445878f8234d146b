using System.Collections.Immutable;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
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
/// from the stream's first windows and frozen, so that a slow decline does not become the new normal unseen.
/// </summary>
internal sealed class CalibratedPoint(Rule rule, RuleDirection direction, TimeSpan window)
{
    /// <summary>Windows that a stream keeps so that what its normal needs to know of the recent past survives a restart.</summary>
    public const int Kept = 24;

    private static readonly TimeSpan LearningTime = TimeSpan.FromDays(2);

    private const int FewestWindows = 2;
    private const int MostWindows = 96;

    /// <summary>Spread between windows that few windows start from, as a part of the effect that matters.</summary>
    private const double PriorOfFloor = 0.25;

    private readonly Dictionary<StreamKey, (ScalarNull? Many, FewWindowsNull? Few, NullMemory? Memory)> _normal = [];

    /// <summary>Windows from which normal is learned: two days of them, at least 2 and at most 96.</summary>
    public static int WindowsToLearn(TimeSpan window) => (int)Math.Clamp(Math.Round(LearningTime / window), FewestWindows, MostWindows);

    public static LearnedWindow Learn(MetricPoint point) => new(point.WindowStart, point.Value!.Value, StandardErrorOf(point));

    /// <summary>What has been learned and kept after this window, and its value; no value while learning.</summary>
    public (StreamState State, CalibratedValue? Value) Evaluate(StreamKey key, StreamState state, MetricPoint point)
    {
        var known = rule.EffectFloor is { } declared ? new EffectFloor(declared) : KnownMetrics.Of(rule.Metric).Floor;
        if (rule.Metric == CalibratedDriftMetrics.Calibrated)
            return (state, point.PValue is { } p ? new CalibratedValue(p, null, point.Value!.Value, known.Size, point.Value.Value) : null);
        var learned = Learn(point);
        if (state.Learned.Count < WindowsToLearn(window))
            return (state with { Learned = state.Learned.Add(learned) }, null);
        var mean = state.Learned.Average(entry => entry.Value);
        var floor = known.Of(mean);
        // How much windows may differ before they are known is a matter of the metric, not of how rare its events are.
        var seen = Surprise(key, state, learned, known.IsRelative ? floor : known.Size);
        state = state with { Kept = Shorten(state.Kept.Add(learned)) };
        // On the good side nothing is too much.
        var worse = direction == RuleDirection.Either || seen.PValue <= 0.5;
        var above = direction == RuleDirection.Above || (direction == RuleDirection.Either && learned.Value > mean);
        var expected = worse ? learned.Value - (above ? seen.Effect : -seen.Effect) : mean;
        return (state, new CalibratedValue(seen.PValue, expected, worse ? seen.Effect : 0, floor, learned.Value - expected));
    }

    private static ImmutableList<LearnedWindow> Shorten(ImmutableList<LearnedWindow> kept) => kept.Count > Kept ? kept.RemoveAt(0) : kept;

    private WindowSurprise Surprise(StreamKey key, StreamState state, LearnedWindow learned, double floor)
    {
        if (!_normal.TryGetValue(key, out var normal))
        {
            var windows = state.Learned.Select(Value).ToList();
            var many = ScalarNull.Learn(windows, window);
            normal = _normal[key] = (many, many is null ? FewWindowsNull.Learn(windows, PriorOfFloor * floor) : null, many?.NewMemory());
            foreach (var kept in state.Kept)
                many?.Evaluate(Value(kept), normal.Memory!, Side);
        }

        return normal.Many is { } known ? known.Evaluate(Value(learned), normal.Memory!, Side) : normal.Few!.Evaluate(Value(learned), Side);
    }

    private SurpriseSide Side =>
        direction switch
        {
            RuleDirection.Above => SurpriseSide.Above,
            RuleDirection.Below => SurpriseSide.Below,
            _ => SurpriseSide.Both,
        };

    private static WindowValue Value(LearnedWindow window) => new(window.Start, window.Value, window.StandardError);

    /// <summary>From the 95 % interval; 0 where a metric has none, whose spread between windows then says it all.</summary>
    private static double StandardErrorOf(MetricPoint point) =>
        point is { Lower: { } lower, Upper: { } upper } ? Math.Max(0, (upper - lower) / (2 * 1.959964)) : 0;
}
