using Plumbline.Alerting.Rules;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Evaluation;

/// <summary>The conditions that compare a window with a fixed number, an earlier one, another version, or with there being anything at all.</summary>
internal static class Condition
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether the window is suspicious (null when there is nothing to compare with, and why) and what it was compared with. Where a point has an interval,
    /// the whole interval must be beyond the limit: chance alone does not alarm.
    /// </summary>
    public static (bool? Suspicious, double? Expected, string? Reason) Check(
        Rule rule, RuleDirection direction, StreamKey key, DateTimeOffset start, TimeSpan window, MetricPoint? point, IReadOnlyList<LearnedWindow> learned, Func<StreamKey, DateTimeOffset, MetricPoint?> lookup)
    {
        switch (rule.Kind)
        {
            case RuleKind.Threshold:
                return (Beyond(point!, rule.Value!.Value, rule.Value.Value, direction), rule.Value, null);
            case RuleKind.Change:
                var former = rule.Against == ChangeBase.PreviousPeriod
                    ? Usable(lookup(key, start - Week)) ?? Usable(lookup(key, start - Day))
                    : learned.Count >= CalibratedPoint.WindowsToLearn(window) ? learned.Average(entry => entry.Value) : null;
                if (former is not { } known) return (null, null, rule.Against == ChangeBase.PreviousPeriod ? "no number a week or a day before" : "learning what is normal");
                var margin = rule.Relative ? Math.Abs(known) * rule.Value!.Value : rule.Value!.Value;
                return (Beyond(point!, known - margin, known + margin, direction), known, null);
            case RuleKind.Ratio:
                var other = Usable(lookup(key with { Version = rule.ThanVersion! }, start));
                if (other is not { } divisor || divisor == 0) return (null, null, $"no number of version {rule.ThanVersion} to divide by");
                var limit = rule.Value!.Value * divisor;
                return (Beyond(point!, limit, limit, direction), divisor, null);
            default:
                return Absent(key, start, point, lookup);
        }
    }

    private static bool Beyond(MetricPoint point, double low, double high, RuleDirection direction)
    {
        var (lower, upper) = (point.Lower ?? point.Value!.Value, point.Upper ?? point.Value!.Value);
        return (direction is RuleDirection.Above or RuleDirection.Either && lower > high) || (direction is RuleDirection.Below or RuleDirection.Either && upper < low);
    }

    private static double? Usable(MetricPoint? point) => point is { Status: MetricStatus.Ok } ? point.Value : null;

    // No traffic at an hour that usually has none is no news.
    private static (bool?, double?, string?) Absent(StreamKey key, DateTimeOffset start, MetricPoint? point, Func<StreamKey, DateTimeOffset, MetricPoint?> lookup)
    {
        var usual = lookup(key, start - Week)?.Value ?? lookup(key, start - Day)?.Value;
        if (point?.Value > 0) return (false, usual, null);
        return usual is null ? (null, null, "no predictions, and none at this hour a day or a week before") : (usual > 0, usual, null);
    }
}
