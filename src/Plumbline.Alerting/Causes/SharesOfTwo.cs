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

    /// <summary>
    /// Counts windows together, for each version, where it has less than a part of the traffic. A version of so few rows that a window
    /// has no number for it has what the others leave of all.
    /// </summary>
    /// <param name="points">Points of one metric, a share of rows, of all rows and of every version.</param>
    /// <param name="most">Part of a window's rows from which on a version is not compared in it, 0..1.</param>
    public static IReadOnlyDictionary<string, SharesOfTwo> Of(IEnumerable<MetricPoint> points, double most)
    {
        var sums = new Dictionary<string, (Count Own, Count Others)>(StringComparer.Ordinal);
        foreach (var window in points.GroupBy(point => point.WindowStart))
        {
            if (window.FirstOrDefault(point => point.Version.Length == 0) is not { Value: not null } whole)
                continue;
            var all = Count.Of(whole);
            foreach (var (version, own) in ByVersion([.. window.Where(point => point.Version.Length > 0)], all))
            {
                if (own.Rows == 0 || own.Rows >= all.Rows * most)
                    continue;
                var (before, others) = sums.GetValueOrDefault(version);
                sums[version] = (before + own, others + (all - own));
            }
        }

        return sums.ToDictionary(pair => pair.Key, pair => Compare(pair.Value.Own, pair.Value.Others), StringComparer.Ordinal);
    }

    private static IEnumerable<(string Version, Count Own)> ByVersion(List<MetricPoint> versions, Count all)
    {
        var known = versions.FindAll(point => point.Value is not null).ConvertAll(point => (point.Version, Own: Count.Of(point)));
        var unknown = versions.FindAll(point => point.Value is null);
        return unknown.Count == 1 ? known.Append((unknown[0].Version, known.Aggregate(all, (left, version) => left - version.Own))) : known;
    }

    private static SharesOfTwo Compare(Count own, Count others) =>
        others.Rows == 0
            ? new(own.Share, 0, 1)
            : new(own.Share, others.Share, TwoShares.PValueOfMore(own.Hits, own.Rows, others.Hits, others.Rows));

    /// <summary>Rows, and those among them that count.</summary>
    private readonly record struct Count(long Rows, long Hits)
    {
        public double Share => (double)Hits / Rows;

        public static Count Of(MetricPoint point) => new(point.N, Math.Clamp((long)Math.Round(point.Value!.Value * point.N), 0, point.N));

        public static Count operator +(Count one, Count other) => new(one.Rows + other.Rows, one.Hits + other.Hits);

        public static Count operator -(Count one, Count other)
        {
            var rows = Math.Max(0, one.Rows - other.Rows);
            return new(rows, Math.Clamp(one.Hits - other.Hits, 0, rows));
        }
    }
}
