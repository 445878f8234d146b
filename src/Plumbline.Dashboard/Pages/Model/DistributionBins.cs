using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Text;
using Plumbline.Statistics.Binning;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// From percentile bins and category counts to bars. Most bins of a numeric feature hold one hundredth of the reference, which
/// makes a flat picture; for the eye their counts are spread over bars of equal width, evenly within each bin. Features with few
/// distinct values keep their own bins.
/// </summary>
public static class DistributionBins
{
    private const int Bars = 28;
    private const int FewBins = 30;
    private const int MostCategories = 14;

    /// <summary>The bars of the page, with those of what it is compared with where that has some.</summary>
    /// <param name="both">What the bars are made of.</param>
    /// <param name="bars">Makes them.</param>
    public static IReadOnlyList<DistributionBin> OfBoth<T>(Sides<T?> both, Func<T?, IReadOnlyList<DistributionBin>> bars)
        where T : class => both.Other is { } other ? Beside(bars(both.Own), bars(other)) : bars(both.Own);

    private static IReadOnlyList<DistributionBin> Beside(IReadOnlyList<DistributionBin> bars, IReadOnlyList<DistributionBin> other)
    {
        var byLabel = other.GroupBy(bar => bar.Title ?? bar.Label).ToDictionary(group => group.Key, group => group.First());
        return
        [
            .. bars.Select(bar =>
                byLabel.GetValueOrDefault(bar.Title ?? bar.Label) is { } same
                    ? bar with
                    {
                        Compared = same.Current,
                        ComparedCount = same.CurrentCount,
                    }
                    : bar
            ),
        ];
    }

    /// <param name="baseline">The reference of the feature, or null.</param>
    /// <param name="current">Counts on the same bins, or null when the range has none.</param>
    /// <param name="unit">Unit of numeric values, for labels.</param>
    public static IReadOnlyList<DistributionBin> Of(FeatureBaseline baseline, FeatureProfile? current, string unit = "")
    {
        var reference = baseline.Profile;
        var now = current is not null && current.Bins.Length == reference.Bins.Length ? current : null;
        // Shares are of all rows, so that the bars and those of missing values add up to 100 %.
        double wholeNow = Math.Max(1, now?.Rows ?? 0),
            wholeThen = Math.Max(1, reference.Rows);
        var bars = baseline.IsNumeric ? Numeric(baseline, now, unit) : Categories(baseline, now);
        return
        [
            .. bars.Concat(NoValue(reference, now))
                .Select(bar => new DistributionBin(
                    bar.Label,
                    bar.Title,
                    bar.Now / wholeNow,
                    bar.Now,
                    bar.Then is { } then ? then / wholeThen : null,
                    bar.Then,
                    bar.Edge
                )),
        ];
    }

    // Rows whose value is not there, or none of the feature's.
    private static IEnumerable<Bar> NoValue(FeatureProfile reference, FeatureProfile? now)
    {
        var (missing, wrong) = (now?.Missing ?? 0, now?.TypeErrors ?? 0);
        if (missing > 0 || reference.Missing > 0)
            yield return new Bar("missing", null, missing, reference.Missing, Edge: true);
        if (wrong > 0)
            yield return new Bar("wrong type", null, wrong, reference.TypeErrors, Edge: true);
    }

    /// <summary>Bars of a profile with fixed bins on [0, 1], such as confidence: five bins of one hundredth make a bar.</summary>
    public static IReadOnlyList<DistributionBin> OfUnitInterval(FeatureProfile profile)
    {
        const int perBar = 5;
        return
        [
            .. profile
                .Bins.Chunk(perBar)
                .Select(
                    (counts, at) =>
                    {
                        var count = counts.Aggregate(0.0, (sum, one) => sum + one);
                        return new DistributionBin(
                            Figures.Format(at * perBar / 100.0, "ratio"),
                            $"{at * perBar} % to {(at + 1) * perBar} %",
                            count / Math.Max(1, profile.Present),
                            count,
                            null,
                            null
                        );
                    }
                ),
        ];
    }

    private static List<Bar> Numeric(FeatureBaseline baseline, FeatureProfile? now, string unit)
    {
        var edges = baseline.Edges.AsSpan();
        var then = baseline.Profile.Bins;
        var counts = now?.Bins ?? new ulong[then.Length];
        if (edges.Length == 0)
            return [new Bar("all values", null, Sum(counts, 0, counts.Length), Sum(then, 0, then.Length))];
        var occupied = Enumerable.Range(0, then.Length).Count(bin => then[bin] > 0 || counts[bin] > 0);
        if (occupied <= FewBins)
            return OwnBins(edges, counts, then, unit);
        var (low, high) = Picture(then);
        double from = edges[low],
            width = (edges[high] - from) / Bars;
        var bars = new List<Bar> { Below(edges[low], unit, Sum(counts, 0, low + 1), Sum(then, 0, low + 1)) };
        var (spreadNow, spreadThen) = (
            Spread(edges[low..(high + 1)], counts.AsSpan(low + 1), width),
            Spread(edges[low..(high + 1)], then.AsSpan(low + 1), width)
        );
        for (var at = 0; at < Bars; at++)
        {
            var left = from + (at * width);
            bars.Add(
                new Bar(Short(left), $"{Figures.Format(left, unit)} to {Figures.Format(left + width, unit)}", spreadNow[at], spreadThen[at])
            );
        }

        bars.Add(Above(edges[high], unit, Sum(counts, high + 1, counts.Length), Sum(then, high + 1, then.Length)));
        return bars;
    }

    // Values that have a bin of their own, and what lies between them where there is any.
    private static List<Bar> OwnBins(ReadOnlySpan<double> edges, ulong[] counts, ulong[] then, string unit)
    {
        var bars = new List<Bar>();
        for (var bin = 0; bin < then.Length; bin++)
        {
            if (counts[bin] == 0 && then[bin] == 0)
                continue;
            bars.Add(
                bin == 0 ? Below(edges[0], unit, counts[0], then[0])
                : bin == edges.Length ? Above(edges[^1], unit, counts[bin], then[bin])
                : PercentileEdges.IsAtom(edges, bin)
                    ? new Bar(Short(edges[bin - 1]), $"exactly {Figures.Format(edges[bin - 1], unit)}", counts[bin], then[bin])
                : new Bar(
                    Short(edges[bin - 1]),
                    $"{Figures.Format(edges[bin - 1], unit)} to {Figures.Format(edges[bin], unit)}",
                    counts[bin],
                    then[bin]
                )
            );
        }

        return bars;
    }

    private static Bar Below(double edge, string unit, double now, double then) =>
        new($"< {Short(edge)}", $"below {Figures.Format(edge, unit)}", now, then);

    private static Bar Above(double edge, string unit, double now, double then) =>
        new($"\u2265 {Short(edge)}", $"{Figures.Format(edge, unit)} or more", now, then);

    // The edges between which the picture has bars of equal width: one hundredth of the reference lies outside on either side, so that a
    // long tail leaves room.
    private static (int Low, int High) Picture(ulong[] then)
    {
        double hundredth = Sum(then, 0, then.Length) / 100,
            below = 0,
            above = 0;
        var (low, high) = (0, then.Length - 2);
        while (low < then.Length - 2 && (below += then[low]) < hundredth * 0.999)
            low++;
        while (high > 0 && (above += then[high + 1]) < hundredth * 0.999)
            high--;
        return low < high ? (low, high) : (0, then.Length - 2);
    }

    private static double Sum(ulong[] bins, int from, int to) =>
        bins.AsSpan(from, to - from).ToArray().Aggregate(0.0, (sum, one) => sum + one);

    private static double[] Spread(ReadOnlySpan<double> edges, ReadOnlySpan<ulong> counts, double width)
    {
        var bars = new double[Bars];
        for (var bin = 1; bin < edges.Length; bin++)
        {
            double from = edges[bin - 1],
                to = edges[bin],
                count = counts[bin - 1];
            var first = Math.Clamp((int)((from - edges[0]) / width), 0, Bars - 1);
            if (PercentileEdges.IsAtom(edges, bin))
            {
                bars[first] += count;
                continue;
            }

            for (var bar = first; bar < Bars; bar++)
            {
                double left = edges[0] + (bar * width),
                    right = bar == Bars - 1 ? edges[^1] : left + width;
                var overlap = Math.Min(to, right) - Math.Max(from, left);
                if (overlap > 0)
                    bars[bar] += count * (overlap / (to - from));
                if (right >= to)
                    break;
            }
        }
        return bars;
    }

    private static List<Bar> Categories(FeatureBaseline baseline, FeatureProfile? now)
    {
        var names = baseline.Categories;
        var counts = now?.Bins ?? new ulong[baseline.Profile.Bins.Length];
        double Rest(ulong[] bins, IEnumerable<int> places) => places.Aggregate(0.0, (sum, at) => sum + bins[at]);
        var places = Enumerable
            .Range(0, names.Length)
            .OrderByDescending(at =>
                Math.Max(
                    counts[at] / (double)Math.Max(1, now?.Rows ?? 1),
                    baseline.Profile.Bins[at] / (double)Math.Max(1, baseline.Profile.Rows)
                )
            )
            .ToList();
        var bars = places
            .Take(MostCategories)
            .Order()
            .Select(at => new Bar(names[at], null, counts[at], baseline.Profile.Bins[at]))
            .ToList();
        // Behind the named categories come @other and @unseen.
        var others = places.Skip(MostCategories).Concat(names.Length < counts.Length ? [names.Length] : []).ToList();
        if (Rest(counts, others) + Rest(baseline.Profile.Bins, others) > 0)
            bars.Add(new Bar("other", "all other values of the reference", Rest(counts, others), Rest(baseline.Profile.Bins, others)));
        if (names.Length + 1 < counts.Length && counts[^1] > 0)
            bars.Add(new Bar("unseen", "values that the reference never had", counts[^1], null, Edge: true));
        return bars;
    }

    private static string Short(double value) => Figures.Format(value);

    private sealed record Bar(string Label, string? Title, double Now, double? Then, bool Edge = false);
}
