using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Tests.Binning;

public sealed class PercentileTests
{
    [Fact]
    public void Type_7_quantiles()
    {
        double[] values = [4, 1, 3, 2];
        Check.Near(1.75, Quantile.Of(values, 0.25));
        Check.Near(2.5, Quantile.Of(values, 0.5));
        Assert.Equal(4, Quantile.Of(values, 1));
        Assert.Equal(1, Quantile.Of(values, 0));
    }

    [Fact]
    public void Bins_are_closed_on_the_left_and_missing_is_counted_apart()
    {
        double[] edges = [1, 2];
        var bins = new ulong[3];
        var unbinned = BinCounts.Add(
            edges,
            [0.5, 1, 1.5, 2, 9, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity],
            bins
        );
        Assert.Equal([1UL, 2UL, 2UL], bins);
        Assert.Equal(new Unbinned(1, 1, 2), unbinned);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(99)]
    [InlineData(127)]
    [InlineData(300)]
    public void Every_way_of_counting_agrees_with_the_definition(int edgeCount)
    {
        var random = new RandomSource(13);
        double[] edges = [.. Enumerable.Range(0, edgeCount).Select(i => i - edgeCount / 2.0)];
        double[] values =
        [
            .. Enumerable
                .Range(0, 3001)
                .Select(i =>
                    (i % 97) switch
                    {
                        0 => double.NaN,
                        1 => double.PositiveInfinity,
                        2 => double.NegativeInfinity,
                        3 => -0.0,
                        4 => double.MaxValue,
                        5 => double.MinValue,
                        _ => Math.Round(random.NextGaussian() * edgeCount, i % 2),
                    }
                ),
        ];
        var bins = new ulong[edgeCount + 1];
        var unbinned = BinCounts.Add(edges, values, bins);
        var expected = new ulong[edgeCount + 1];
        foreach (var value in values.Where(double.IsFinite))
            expected[edges.Count(e => e <= value)]++;
        Assert.Equal(expected, bins);
        Assert.Equal(
            new Unbinned(values.Count(double.IsNaN), values.Count(double.IsPositiveInfinity), values.Count(double.IsNegativeInfinity)),
            unbinned
        );
    }

    [Fact]
    public void A_constant_reference_has_a_bin_of_its_own()
    {
        var edges = PercentileEdges.FromSample([3, 3, 3]);
        Assert.Equal([3.0, Math.BitIncrement(3.0)], edges.Edges.ToArray());
        Assert.Equal([0, 1], edges.DecileIndices.ToArray());
        Assert.Equal([0UL, 3UL, 0UL], edges.Count([3, 3, 3], out _));
        Assert.Equal([1UL, 1UL, 1UL], edges.Count([2, 3, 4], out _));
    }

    [Fact]
    public void Deciles_are_sums_of_percentile_bins()
    {
        var random = new RandomSource(5);
        var property = Prop.ForAll(
            Gen.Choose(1, 400).ToArbitrary(),
            size =>
            {
                var sample = new double[size];
                for (var i = 0; i < size; i++)
                    sample[i] = Math.Round(random.NextGaussian() * 5);
                var edges = PercentileEdges.FromSample(sample);
                var deciles = new double[edges.DecileIndices.Length];
                for (var i = 0; i < deciles.Length; i++)
                    deciles[i] = edges.Edges[edges.DecileIndices[i]];
                var percentiles = Enumerable.Range(1, 99).Select(k => Quantile.Of(sample, k / 100.0)).ToArray();
                var expectedEdges = Enumerable
                    .Range(1, 9)
                    .Select(k => percentiles[10 * k - 1])
                    .Distinct()
                    .SelectMany(edge => percentiles.Count(other => other == edge) >= 10 ? new[] { edge, Math.BitIncrement(edge) } : [edge])
                    .ToArray();
                var direct = new ulong[deciles.Length + 1];
                BinCounts.Add(deciles, sample, direct);
                return deciles.Zip(expectedEdges, (a, b) => Math.Abs(a - b) < 1e-9).All(equal => equal)
                    && deciles.Length == expectedEdges.Length
                    && direct.AsSpan().SequenceEqual(edges.ToDeciles(edges.Count(sample, out _)))
                    && direct.AsSpan().SequenceEqual(edges.CountDeciles(sample, out _));
            }
        );
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Kolmogorov_from_bins_brackets_the_exact_distance()
    {
        var random = new RandomSource(9);
        for (var run = 0; run < 50; run++)
        {
            var x = Sample(random, 300, 0, 1);
            var y = Sample(random, 200, 0.3, 1.2);
            var edges = PercentileEdges.FromSample(x);
            var result = PercentileDistance.KolmogorovSmirnov(edges.Edges, edges.Count(x, out _), edges.Count(y, out _));
            var exact = ExactDistance(x, y);
            Assert.InRange(exact, result.Statistic!.Value - 1e-12, result.Statistic.Value + result.ErrorBound!.Value + 1e-12);
            Assert.True(exact - result.Statistic.Value < 0.05);
        }
    }

    [Fact]
    public void Wasserstein_from_bins_is_within_its_bound_of_the_exact_one()
    {
        var random = new RandomSource(10);
        for (var run = 0; run < 50; run++)
        {
            var x = Sample(random, 400, 0, 1);
            var y = Sample(random, 400, 0.5, 2);
            var edges = PercentileEdges.FromSample(x);
            var result = PercentileDistance.Wasserstein(
                edges.Edges,
                new NumericBins(edges.Count(x, out _), x.Min(), x.Max()),
                new NumericBins(edges.Count(y, out _), y.Min(), y.Max()),
                1
            );
            Array.Sort(x);
            Array.Sort(y);
            var exact = x.Zip(y, (a, b) => Math.Abs(a - b)).Average();
            Assert.InRange(exact, result.Value!.Value - result.ErrorBound!.Value, result.Value.Value + result.ErrorBound.Value);
        }
    }

    [Fact]
    public void Wasserstein_of_uniform_bins_is_the_shift()
    {
        // One unit of mass moves from [0, 1) to [1, 2]: both uniform inside, so the area is exactly 1.
        Check.Near(1, PercentileDistance.Wasserstein([1], new NumericBins([10, 0], 0, 1), new NumericBins([0, 10], 1, 2), 1), 1e-15);
        Check.Near(2, PercentileDistance.Wasserstein([1], new NumericBins([10, 0], 0, 1), new NumericBins([0, 10], 1, 2), 0.5), 1e-15);
        // CDFs that cross inside a bin: |d| goes 0.5 -> -0.5 over [1, 2].
        var crossing = PercentileDistance.Wasserstein([1, 2], new NumericBins([5, 0, 5], 0, 3), new NumericBins([0, 10, 0], 1, 2), 1);
        Check.Near(0.25 + 0.25 + 0.25, crossing, 1e-15);
    }

    [Fact]
    public void Constant_samples_have_their_own_path()
    {
        Check.Near(0, PercentileDistance.Wasserstein([3], new NumericBins([0, 9], 3, 3), new NumericBins([0, 4], 3, 3), 0));
        Check.Undefined(PercentileDistance.Wasserstein([3], new NumericBins([0, 9], 3, 3), new NumericBins([0, 4], 4, 4), 0));
    }

    [Fact]
    public void Quantiles_from_bins_interpolate()
    {
        double[] edges = [10, 20];
        var bins = new NumericBins([10, 10, 20], 0, 40);
        Check.Near(5, PercentileDistance.QuantileOf(edges, bins, 0.125), 1e-12);
        Check.Near(20, PercentileDistance.QuantileOf(edges, bins, 0.5), 1e-12);
        Check.Near(30, PercentileDistance.QuantileOf(edges, bins, 0.75), 1e-12);
        Check.Near(40, PercentileDistance.QuantileOf(edges, bins, 1), 1e-12);
        Check.Insufficient(PercentileDistance.QuantileOf(edges, new NumericBins([0, 0, 0], 0, 0), 0.5));
    }

    [Fact]
    public void Empty_collective_bins_are_left_out()
    {
        var (reference, current) = CategoryBins.WithoutEmptyCollective([5, 0, 0, 0], [3, 0, 0, 2]);
        Assert.Equal([5UL, 0UL, 0UL], reference);
        Assert.Equal([3UL, 0UL, 2UL], current);
    }

    private static double[] Sample(RandomSource random, int n, double mean, double spread)
    {
        var values = new double[n];
        for (var i = 0; i < n; i++)
            values[i] = mean + spread * random.NextGaussian();
        return values;
    }

    private static double ExactDistance(double[] x, double[] y) =>
        x.Concat(y).Max(point => Math.Abs(x.Count(v => v <= point) / (double)x.Length - y.Count(v => v <= point) / (double)y.Length));
}
