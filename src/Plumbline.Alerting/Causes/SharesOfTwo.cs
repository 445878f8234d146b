using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Causes;

/// <summary>A share of the rows of one version and of all others, over the same windows.</summary>
/// <param name="Own">Of the version.</param>
/// <param name="Others">Of all other versions.</param>
internal readonly record struct SharesOfTwo(RowCount Own, RowCount Others)
{
    /// <summary>By how much the version's share is larger.</summary>
    public double Difference => Own.Share - Others.Share;

    /// <summary>
    /// Counts windows together, for each version, where it has less than a part of the traffic. A version of so few rows that a window
    /// has no number for it has what the others leave of all.
    /// </summary>
    /// <param name="points">Points of one metric, a share of rows, of all rows and of every version.</param>
    /// <param name="most">Part of a window's rows from which on a version is not compared in it, 0..1.</param>
    public static IReadOnlyDictionary<string, SharesOfTwo> Of(IEnumerable<MetricPoint> points, double most)
    {
        var sums = new Dictionary<string, SharesOfTwo>(StringComparer.Ordinal);
        foreach (var window in points.GroupBy(point => point.WindowStart))
        {
            if (window.FirstOrDefault(point => point.Version.Length == 0) is not { Value: not null } whole)
                continue;
            var all = RowCount.Of(whole);
            foreach (var (version, own) in ByVersion([.. window.Where(point => point.Version.Length > 0)], all))
            {
                if (own.Rows == 0 || own.Rows >= all.Rows * most)
                    continue;
                var before = sums.GetValueOrDefault(version);
                sums[version] = new(before.Own + own, before.Others + (all - own));
            }
        }

        return sums;
    }

    private static IEnumerable<(string Version, RowCount Own)> ByVersion(List<MetricPoint> versions, RowCount all)
    {
        var known = versions.FindAll(point => point.Value is not null).ConvertAll(point => (point.Version, Own: RowCount.Of(point)));
        var unknown = versions.FindAll(point => point.Value is null);
        return unknown.Count == 1 ? known.Append((unknown[0].Version, known.Aggregate(all, (left, version) => left - version.Own))) : known;
    }
}
