using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Profiles;

namespace Plumbline.Dashboard.Pages.Machine;

/// <summary>From counts of latencies in fine bins to the cells of a picture.</summary>
internal static class LatencyBands
{
    /// <summary>Fine bins in one band: neighbours of 12 differ by the factor 1.6.</summary>
    private const int BinsInBand = 12;

    /// <summary>The share of requests in each band of latency, window by window.</summary>
    public static IReadOnlyList<LatencyCell> Of(IReadOnlyList<FeatureProfile> profiles, TimeSpan window)
    {
        var edges = PseudoFeatures.LatencyEdges;
        var cells = new List<LatencyCell>();
        foreach (var stretch in profiles.GroupBy(profile => Start(profile.WindowStart, window)).OrderBy(stretch => stretch.Key))
        {
            var total = stretch.Sum(profile => profile.Present);
            for (var first = 0; first <= edges.Count; first += BinsInBand)
            {
                var last = Math.Min(first + BinsInBand, edges.Count + 1);
                var count = stretch.Sum(profile => profile.Bins.Skip(first).Take(last - first).Sum(bin => (long)bin));
                if (count == 0)
                    continue;
                // The outermost bins have no outer edge.
                var lower = edges[Math.Max(0, first - 1)];
                var upper = edges[Math.Min(edges.Count - 1, last - 1)];
                cells.Add(new LatencyCell(stretch.Key, stretch.Key + window, lower, upper, count / (double)total));
            }
        }

        return cells;
    }

    private static DateTimeOffset Start(DateTimeOffset at, TimeSpan window) =>
        new(at.UtcTicks - (at.UtcTicks % window.Ticks), TimeSpan.Zero);
}
