using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Probability;

namespace Plumbline.Alerting.Causes;

/// <summary>A share of the rows of one version and of all others, over the same windows.</summary>
/// <param name="Own">Of the version, 0..1.</param>
/// <param name="Others">Of all other versions, 0..1.</param>
/// <param name="PValue">How often chance makes the version's as much larger.</param>
internal readonly record struct SharesOfTwo(double Own, double Others, double PValue)
{
    /// <summary>A difference that chance makes more often than this is none.</summary>
    private const double Sure = 1e-5;

    /// <summary>Whether the version's share is larger, and not by chance.</summary>
    public bool IsSurelyMore => PValue < Sure;

    /// <summary>Counts the windows of a version together.</summary>
    /// <param name="version">Its points, with a value.</param>
    /// <param name="all">The points of all rows by the start of their window.</param>
    /// <param name="counts">Which of the version's windows count; asked only of windows that all rows have.</param>
    public static SharesOfTwo Of(
        IReadOnlyList<MetricPoint> version,
        IReadOnlyDictionary<DateTimeOffset, MetricPoint> all,
        Func<MetricPoint, bool> counts
    )
    {
        long rows = 0,
            hits = 0,
            otherRows = 0,
            otherHits = 0;
        foreach (var point in version.Where(point => all.ContainsKey(point.WindowStart) && counts(point)))
        {
            var total = all[point.WindowStart];
            rows += point.N;
            hits += Hits(point);
            otherRows += total.N - point.N;
            otherHits += Math.Clamp(Hits(total) - Hits(point), 0, total.N - point.N);
        }

        return rows == 0 || otherRows == 0
            ? new(0, 0, 1)
            : new((double)hits / rows, (double)otherHits / otherRows, TwoShares.PValueOfMore(hits, rows, otherHits, otherRows));
    }

    private static long Hits(MetricPoint point) => Math.Clamp((long)Math.Round(point.Value!.Value * point.N), 0, point.N);
}
