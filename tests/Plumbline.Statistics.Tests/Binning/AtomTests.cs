using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.Binning;

/// <summary>
/// References in which one value holds much weight: at the low end, in the middle, at the high end. Golden numbers: SciPy 1.10.1
/// (ks_2samp, wasserstein_distance) on the same rows.
/// </summary>
public sealed class AtomTests
{
    [Fact]
    public void Many_zeros_that_become_few_are_seen_by_every_measure()
    {
        double[] reference = [.. Zeros(92), .. Enumerable.Range(1, 8).Select(i => 10.0 * i)];
        double[] current = [.. Zeros(20), .. Enumerable.Range(0, 80).Select(i => 10.0 * (1 + i % 8))];
        Check.Near(0.72, Kolmogorov(reference, current).Statistic);
        Check.Near(0, Kolmogorov(reference, current).ErrorBound);
        Check.Near(32.4, Wasserstein(reference, current));
        AllSee(reference, current, totalVariation: 0.72);
    }

    [Fact]
    public void Rare_ones_that_become_every_second_row_are_seen()
    {
        double[] reference = [.. Zeros(998), 1, 1];
        double[] current = [.. Zeros(150), .. Enumerable.Repeat(1.0, 150)];
        Check.Near(0.498, Kolmogorov(reference, current).Statistic);
        Assert.True(Kolmogorov(reference, current).PValue < 1e-30);
        Check.Near(0.498, Wasserstein(reference, current));
        AllSee(reference, current, totalVariation: 0.498);
    }

    [Theory]
    [InlineData(4.0)]
    [InlineData(3.0000000001)]
    [InlineData(2.0)]
    public void A_constant_that_becomes_another_is_seen(double now)
    {
        double[] reference = [.. Enumerable.Repeat(3.0, 300)];
        double[] current = [.. Enumerable.Repeat(now, 300)];
        Check.Near(1, Kolmogorov(reference, current).Statistic);
        Check.Near(Math.Abs(now - 3), Wasserstein(reference, current), 1e-12);
        AllSee(reference, current, totalVariation: 1);
    }

    [Fact]
    public void Wasserstein_of_integers_is_exact()
    {
        double[] reference = [.. Enumerable.Range(0, 400).Select(i => (double)(i % 4))];
        double[] current = [.. Enumerable.Range(0, 400).Select(i => (double)(i % 8 < 5 ? i % 4 : 4))];
        var exact = SampleDistance.Wasserstein(reference, current).Value!.Value;
        var estimate = Distance(reference, current);
        Check.Near(exact, estimate);
        Check.Near(0, estimate.ErrorBound);
    }

    [Fact]
    public void Zeros_below_a_skewed_tail_move_into_it()
    {
        var random = new RandomSource(4);
        double[] reference = [.. Zeros(6000), .. Lognormal(random, 4000)];
        double[] current = [.. Zeros(2000), .. Lognormal(random, 4000)];
        var exact = SampleDistance.Wasserstein(reference, current).Value!.Value;
        var estimate = Distance(reference, current);
        Assert.InRange(exact, estimate.Value!.Value - estimate.ErrorBound!.Value, estimate.Value.Value + estimate.ErrorBound.Value);
        Assert.InRange(estimate.Value.Value / exact, 0.98, 1.02);
        var ks = Kolmogorov(reference, current);
        Assert.InRange(ks.Statistic!.Value, 0.25, 0.28);
        AllSee(reference, current, totalVariation: 0.25);
    }

    [Fact]
    public void A_heavy_tail_is_measured_within_its_bound_and_mostly_within_a_tenth()
    {
        var random = new RandomSource(21);
        var close = 0;
        for (var run = 0; run < 40; run++)
        {
            var spread = 1.5 + run % 4 * 0.5;
            double[] reference = [.. Enumerable.Range(0, 5000).Select(_ => Math.Exp(spread * random.NextGaussian()))];
            double[] current = [.. Enumerable.Range(0, 2000).Select(_ => Math.Exp(0.2 + spread * random.NextGaussian()))];
            var exact = SampleDistance.Wasserstein(reference, current).Value!.Value;
            var estimate = Distance(reference, current);
            Assert.InRange(exact, estimate.Value!.Value - estimate.ErrorBound!.Value, estimate.Value.Value + estimate.ErrorBound.Value);
            Assert.InRange(estimate.Value.Value / exact, 0.5, 2);
            close += Math.Abs(estimate.Value.Value / exact - 1) < 0.1 ? 1 : 0;
        }

        Assert.True(close >= 30, $"{close} of 40");
    }

    [Fact]
    public void Drift_of_few_valued_references_is_that_of_the_rows()
    {
        var random = new RandomSource(31);
        var property = Prop.ForAll(
            Gen.Choose(1, 60).ToArbitrary(),
            Gen.Choose(0, 60).ToArbitrary(),
            Gen.Choose(0, 2).ToArbitrary(),
            (values, more, place) =>
            {
                var reference = Atomic(random, 400, values, place, 0.6);
                var current = Atomic(random, 200, values + more / 20, place, 0.3);
                var ks = Kolmogorov(reference, current);
                var exact = KolmogorovSmirnov.Distance(reference, current).Value!.Value;
                return Math.Abs(ks.Statistic!.Value - exact) < 1e-12 && ks.ErrorBound == 0;
            }
        );
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_atom_anywhere_in_a_continuous_reference_is_told_apart_from_what_lies_above_it()
    {
        var random = new RandomSource(41);
        var property = Prop.ForAll(
            Gen.Choose(12, 95).ToArbitrary(),
            Gen.Choose(0, 2).ToArbitrary(),
            (percent, place) =>
            {
                double[] smooth = [.. Enumerable.Range(0, 4000).Select(_ => random.NextGaussian())];
                // Not among the values, next to them, so that the atom alone moves.
                var atom = place switch
                {
                    0 => smooth.Min() - 1,
                    1 => Quantile.Of(smooth, 0.37) + 1e-9,
                    _ => smooth.Max() + 1,
                };
                var atoms = 4000 * percent / (100 - percent);
                double[] reference = [.. smooth, .. Enumerable.Repeat(atom, atoms)];
                double[] current = [.. smooth, .. Enumerable.Repeat(Math.BitIncrement(atom), atoms)];
                var share = atoms / (double)reference.Length;
                var (r, c) = DecileCounts(reference, current);
                return Math.Abs(BinnedDistance.TotalVariation<ulong>(r, c).Value!.Value - share) < 1e-12
                    && Math.Abs(Kolmogorov(reference, current).Statistic!.Value - share) < 1e-12;
            }
        );
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void References_without_heavy_values_keep_their_deciles()
    {
        var random = new RandomSource(51);
        double[] sample = [.. Enumerable.Range(0, 5000).Select(_ => random.NextGaussian())];
        var edges = PercentileEdges.FromSample(sample);
        Assert.Equal(107, edges.Edges.Length);
        Assert.Equal(9, edges.DecileIndices.Length);
        for (var k = 1; k <= 9; k++)
            Assert.Equal(Quantile.Of(sample, k / 10.0), edges.Edges[edges.DecileIndices[k - 1]]);
    }

    [Fact]
    public void The_largest_numbers_have_bins_and_no_measure_throws()
    {
        double[] reference = [.. Enumerable.Range(0, 200).Select(i => i % 5 == 0 ? double.MaxValue : i), -double.MaxValue];
        double[] current = [.. Enumerable.Range(0, 100).Select(i => (double)i), double.MaxValue];
        var edges = PercentileEdges.FromSample(reference);
        Assert.Equal(reference.Length, (int)edges.Count(reference, out _).Aggregate(0UL, (a, b) => a + b));
        Assert.True(Kolmogorov(reference, current).IsOk);
        Check.Undefined(PercentileDistance.Wasserstein(edges.Edges, Bins(edges, reference), Bins(edges, current), double.PositiveInfinity));
        Check.Undefined(PercentileDistance.Wasserstein(edges.Edges, Bins(edges, reference), Bins(edges, current), double.NaN));
    }

    private static IEnumerable<double> Zeros(int count) => Enumerable.Repeat(0.0, count);

    private static IEnumerable<double> Lognormal(RandomSource random, int count) =>
        Enumerable.Range(0, count).Select(_ => Math.Exp(2 + random.NextGaussian()));

    // Some different values, one of which (the lowest, a middle one, the highest) holds the given share.
    private static double[] Atomic(RandomSource random, int count, int values, int place, double share)
    {
        var heavy = place switch
        {
            0 => 0,
            1 => values / 2,
            _ => values - 1,
        };
        return [.. Enumerable.Range(0, count).Select(_ => 1.25 * (random.NextDouble() < share ? heavy : random.NextInt(values)))];
    }

    private static TestResult Kolmogorov(double[] reference, double[] current)
    {
        var edges = PercentileEdges.FromSample(reference);
        return PercentileDistance.KolmogorovSmirnov(edges.Edges, edges.Count(reference, out _), edges.Count(current, out _));
    }

    private static double Wasserstein(double[] reference, double[] current) => Distance(reference, current).Value!.Value;

    private static Estimate Distance(double[] reference, double[] current)
    {
        var edges = PercentileEdges.FromSample(reference);
        return PercentileDistance.Wasserstein(edges.Edges, Bins(edges, reference), Bins(edges, current), 1);
    }

    private static NumericBins Bins(PercentileEdges edges, double[] values) =>
        new(edges.Count(values, out _), values.Min(), values.Max(), values.Sum());

    private static (ulong[] Reference, ulong[] Current) DecileCounts(double[] reference, double[] current)
    {
        var edges = PercentileEdges.FromSample(reference);
        return PercentileEdges.WithoutEmptyAboveAtoms(
            edges.Edges,
            edges.DecileIndices,
            edges.ToDeciles(edges.Count(reference, out _)),
            edges.ToDeciles(edges.Count(current, out _))
        );
    }

    private static void AllSee(double[] reference, double[] current, double totalVariation)
    {
        var (r, c) = DecileCounts(reference, current);
        Assert.True(BinnedDistance.PopulationStability<ulong>(r, c).Value > 0.25);
        Assert.True(BinnedDistance.JensenShannonDistance<ulong>(r, c).Value > 0.2);
        Assert.True(BinnedDistance.Hellinger<ulong>(r, c).Value > 0.15);
        Assert.InRange(BinnedDistance.TotalVariation<ulong>(r, c).Value!.Value, totalVariation - 1e-12, totalVariation + 0.05);
        Assert.True(Homogeneity.ChiSquare<ulong>(r, c).PValue < 1e-20);
    }
}
