using Plumbline.Registry.Models;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Server.Cli.Report;

/// <summary>Compares a column of the reference with the same column of the current file.</summary>
internal static class ColumnComparison
{
    /// <summary>Wasserstein distance in standard deviations of the reference.</summary>
    public const string Wasserstein = "Wasserstein distance (in standard deviations)";

    public const string JensenShannon = "Jensen-Shannon distance";
    public const string KolmogorovSmirnov = "Kolmogorov-Smirnov distance";
    public const string PopulationStability = "PSI";
    public const string ChiSquare = "Chi-square";

    public static ColumnReport Of(ColumnFacts reference, ColumnFacts current, double threshold)
    {
        var (old, now) = (reference.Type, current.Type);
        var column = new ColumnReport
        {
            Name = reference.Name,
            Type = NameOf(now ?? old),
            Status = ColumnStatus.NotCompared,
            Reference = SideOf(reference),
            Current = SideOf(current),
        };
        if (old is null && now is null)
            return column with { Reason = "all values are missing in both files" };
        if (old is null || now is null)
            return column with { Status = ColumnStatus.NoValues, Reason = $"all values are missing in the {Side(old is null)} file" };
        if ((old == FeatureType.Numeric) != (now == FeatureType.Numeric))
        {
            var reason = $"{NameOf(old)} in the reference file, {NameOf(now)} in the current file";
            return column with { Status = ColumnStatus.ChangedType, Reason = reason };
        }

        if (old == FeatureType.Numeric)
            return OfNumbers(column, reference, current, threshold);
        var counted = column with { Categories = CategoryComparison.ChangeOf(reference, current) };
        return old == FeatureType.Text || now == FeatureType.Text
            ? counted with
            {
                Type = "text",
                Reason = "free text, identifiers or times: nearly every value is different, so that shares of values say nothing",
                Categories = null,
            }
            : OfCategories(counted, reference, current, threshold);
    }

    private static string Side(bool isReference) => isReference ? "reference" : "current";

    private static string? NameOf(FeatureType? type) => type?.ToString().ToLowerInvariant();

    private static ColumnReport OfNumbers(ColumnReport column, ColumnFacts reference, ColumnFacts current, double threshold)
    {
        if (reference.Sorted.Length == 0 || current.Sorted.Length == 0)
            return column with { Reason = $"no finite number in the {Side(reference.Sorted.Length == 0)} file" };
        var ks = Statistics.TwoSample.KolmogorovSmirnov.Test(reference.Sorted, current.Sorted);
        var distance = new Measured(KolmogorovSmirnov, ks.Statistic!.Value, ks.PValue);
        var normalised = SampleDistance.NormalisedWasserstein(reference.Sorted, current.Sorted);
        // A constant reference has no deviation to measure in: whether values moved at all decides there.
        var drift = normalised.Value is { } moved ? new Measured(Wasserstein, moved) : distance;
        var others = new List<Measured>();
        if (drift != distance)
            others.Add(distance);
        var edges = PercentileEdges.FromSample(reference.Sorted);
        var (old, now) = PercentileEdges.WithoutEmptyAboveAtoms(
            edges.Edges,
            edges.DecileIndices,
            edges.CountDeciles(reference.Sorted, out _),
            edges.CountDeciles(current.Sorted, out _)
        );
        Add(others, PopulationStability, BinnedDistance.PopulationStability<ulong>(old, now, Smoothing.HalfCount).Value);
        Add(others, JensenShannon, BinnedDistance.JensenShannonDistance<ulong>(old, now).Value);
        return column with
        {
            Status = drift.Value >= threshold ? ColumnStatus.Drifted : ColumnStatus.Stable,
            Drift = drift,
            Reason = normalised.Value is null ? normalised.Reason : null,
            Others = others,
            Histogram = HistogramOf(reference.Sorted, current.Sorted),
        };
    }

    private static ColumnReport OfCategories(ColumnReport column, ColumnFacts reference, ColumnFacts current, double threshold)
    {
        var (old, now) = CategoryComparison.Aligned(reference, current);
        var distance = BinnedDistance.JensenShannonDistance<long>(old, now);
        var others = new List<Measured>();
        Add(others, PopulationStability, BinnedDistance.PopulationStability<long>(old, now, Smoothing.HalfCount).Value);
        var test = Homogeneity.ChiSquare<long>(old, now);
        if (test.Statistic is { } statistic)
            others.Add(new Measured(ChiSquare, statistic, test.PValue));
        return column with
        {
            Status = distance.Value >= threshold ? ColumnStatus.Drifted : ColumnStatus.Stable,
            Drift = new Measured(JensenShannon, distance.Value!.Value),
            Others = others,
        };
    }

    private static void Add(List<Measured> others, string name, double? value)
    {
        if (value is { } number)
            others.Add(new Measured(name, number));
    }

    private static SideFacts SideOf(ColumnFacts side) =>
        new()
        {
            Missing = side.Missing,
            MissingShare = (double)side.Missing / (side.Missing + side.Present),
            Unique = side.Type == FeatureType.Numeric ? Different(side.Sorted) : side.Categories.Count,
            UniqueIsLeast = side.UncountedCategories > 0,
            NotNumbers = side.NotNumbers,
            Infinite = side.Infinite,
            Numbers = side.Sorted.Length == 0 ? null : NumbersOf(side.Sorted),
        };

    private static long Different(double[] sorted)
    {
        long different = sorted.Length > 0 ? 1 : 0;
        for (var i = 1; i < sorted.Length; i++)
            different += sorted[i] != sorted[i - 1] ? 1 : 0;
        return different;
    }

    private static NumberFacts NumbersOf(double[] sorted)
    {
        // Divided before they are added: the sum of large numbers would be infinite.
        double mean = 0,
            squares = 0;
        foreach (var value in sorted)
            mean += value / sorted.Length;
        foreach (var value in sorted)
            squares += (value - mean) * (value - mean);
        var deviation = Math.Sqrt(squares / (sorted.Length - 1));
        double At(double probability) => Quantile.OfSorted(sorted, probability);
        return new NumberFacts(
            sorted[0],
            sorted[^1],
            mean,
            sorted.Length > 1 && double.IsFinite(deviation) ? deviation : null,
            At(0.05),
            At(0.25),
            At(0.5),
            At(0.75),
            At(0.95)
        );
    }

    // A few far values would press all others into one bin: the outer bins hold what lies beyond the half percent at either end.
    private static Histogram HistogramOf(double[] reference, double[] current)
    {
        const int bins = 30;
        var low = Math.Min(Quantile.OfSorted(reference, 0.005), Quantile.OfSorted(current, 0.005));
        var high = Math.Max(Quantile.OfSorted(reference, 0.995), Quantile.OfSorted(current, 0.995));
        if (!(high > low))
            (low, high) = (Math.Min(reference[0], current[0]), Math.Max(reference[^1], current[^1]));
        if (!(high > low))
            high = low + Math.Max(1, Math.Abs(low) * 1e-6);
        var edges = new double[bins + 1];
        for (var i = 0; i <= bins; i++)
            edges[i] = low * (1 - (double)i / bins) + high * ((double)i / bins);
        return new Histogram(edges, Shares(reference, edges), Shares(current, edges));
    }

    private static double[] Shares(double[] sorted, double[] edges)
    {
        var shares = new double[edges.Length - 1];
        var below = 0;
        for (var bin = 0; bin < shares.Length; bin++)
        {
            var end = bin == shares.Length - 1 ? sorted.Length : FirstAtLeast(sorted, edges[bin + 1]);
            shares[bin] = (double)(end - below) / sorted.Length;
            below = end;
        }

        return shares;
    }

    private static int FirstAtLeast(double[] sorted, double value)
    {
        var (from, to) = (0, sorted.Length);
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            if (sorted[middle] < value)
                from = middle + 1;
            else
                to = middle;
        }

        return from;
    }
}
