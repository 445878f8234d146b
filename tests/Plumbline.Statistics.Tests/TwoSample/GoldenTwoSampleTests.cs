using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.TwoSample;

/// <summary>Vectors computed independently (SciPy 1.10.1, full enumeration of relabellings) before this library existed.</summary>
public sealed class GoldenTwoSampleTests
{
    private static readonly double[] X = [0.1, 0.4, 0.7, 1.1, 1.5, 2.0, 2.2, 3.1];
    private static readonly double[] Y = [0.3, 0.9, 1.4, 1.9, 2.4, 2.5, 2.8, 3.3, 3.6, 4.0];
    private static readonly double[] TiedX = [1, 1, 2, 2, 3];
    private static readonly double[] TiedY = [1, 2, 2, 3, 3, 4];

    [Fact]
    public void Kolmogorov_smirnov()
    {
        Check.Near(0.475, 0.2036656154303213, KolmogorovSmirnov.Test(X, Y), 1e-15, 1e-14);
        Check.Near(0.475, 0.2685148591, KolmogorovSmirnov.Test(X, Y, PValueMethod.Asymptotic), 1e-15, 1e-10);
        Check.Near(0.3, 0.8961039, KolmogorovSmirnov.Test(TiedX, TiedY, PValueMethod.Exact), 1e-15, 1e-7);
        Check.Near(0.3, 0.6103896, KolmogorovSmirnov.Test(TiedX, TiedY, PValueMethod.Permutation, new RandomSource(1)), 1e-15, 1e-7);
        Check.Near(1.358 * Math.Sqrt(0.2), KolmogorovSmirnov.DetectableDistance(10, 10), 1e-3);
    }

    [Fact]
    public void Robust_distance_takes_the_noise_off()
    {
        Assert.Equal(0, KolmogorovSmirnov.RobustDistance(X, Y).Value);
        double[] low = [.. Enumerable.Range(0, 200).Select(i => (double)i)];
        Check.Near(1 - 0.18, KolmogorovSmirnov.RobustDistance(low, [.. low.Select(v => v + 1000)]), 1e-12);
        Check.Insufficient(KolmogorovSmirnov.RobustDistance([], X));
    }

    [Fact]
    public void Cramer_von_mises()
    {
        Check.Near(0.287962962963, 0.15859957, CramerVonMises.Test(X, Y), 1e-12, 1e-8);
        Check.Near(0.287962962963, 0.15158445, CramerVonMises.Test(X, Y, PValueMethod.Asymptotic), 1e-12, 1e-7);
        Check.Near(0.13787879, 0.5, CramerVonMises.Test(TiedX, TiedY), 1e-8, 1e-12);
    }

    [Fact]
    public void Anderson_darling()
    {
        Check.Near(0.765224265111902, 0.15903460, AndersonDarling.Test(X, Y), 1e-12, 1e-8);
        Check.Near(0.0189991, AndersonDarling.Test(TiedX, TiedY).Statistic, 1e-7);
    }

    [Fact]
    public void Epps_singleton() => Check.Near(2.2182804173, 0.6956839419, EppsSingleton.Test(X, Y), 1e-10, 1e-10);

    [Fact]
    public void Wasserstein_and_energy()
    {
        Check.Near(0.9225, SampleDistance.Wasserstein(X, Y), 1e-14);
        Check.Near(0.97451752, SampleDistance.NormalisedWasserstein(X, Y), 1e-8);
        Check.Near(0.7198090024, SampleDistance.Energy(X, Y), 1e-10);
    }

    [Fact]
    public void Maximum_mean_discrepancy()
    {
        Check.Near(0.16539974, MaximumMeanDiscrepancy.Biased(X, Y, 1, 1), 1e-8);
        Check.Near(0.05215005, MaximumMeanDiscrepancy.Unbiased(X, Y, 1, 1), 1e-8);
    }

    [Fact]
    public void Constant_samples()
    {
        Assert.Equal((0.0, 1.0), (KolmogorovSmirnov.Test([2, 2], [2, 2, 2]).Statistic, KolmogorovSmirnov.Test([2, 2], [2, 2, 2]).PValue));
        Assert.Equal(0, SampleDistance.NormalisedWasserstein([2, 2], [2]).Value);
        Check.Undefined(SampleDistance.NormalisedWasserstein([2, 2], [3]));
        Assert.Equal(1, AndersonDarling.Test([2, 2], [2, 2]).PValue);
        Assert.Equal(EstimateStatus.Undefined, EppsSingleton.Test([2, 2, 2, 2, 2], [2, 2, 2, 2, 2]).Status);
        Assert.Equal(1, MeanTests.MannWhitney([1, 1], [1, 1]).PValue);
        Assert.Equal(1, MeanTests.Welch([1, 1], [1, 1]).PValue);
        Assert.Equal(EstimateStatus.Undefined, MeanTests.Welch([1, 1], [2, 2]).Status);
    }

    [Fact]
    public void Empty_samples_are_insufficient_and_nan_is_named()
    {
        Assert.Equal(EstimateStatus.InsufficientData, KolmogorovSmirnov.Test([], [1]).Status);
        Assert.Equal(EstimateStatus.InsufficientData, CramerVonMises.Test([1], [1, 2]).Status);
        Assert.Equal(EstimateStatus.InsufficientData, EppsSingleton.Test([1, 2, 3, 4], [1, 2, 3, 4, 5]).Status);
        Assert.Equal(EstimateStatus.InsufficientData, MeanTests.Welch([1], [1, 2]).Status);
        Check.Insufficient(SampleDistance.Energy([], []));
        Assert.Equal("current", Assert.Throws<ArgumentException>(() => KolmogorovSmirnov.Test([1], [double.NaN])).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.Biased([1, 2, 3], [1, 2], 2, 1)).ParamName);
    }

    [Fact]
    public void Small_p_values_keep_their_digits()
    {
        // Complete separation: both orders of the two blocks, 2 / C(60, 30).
        var x = Enumerable.Range(0, 30).Select(i => (double)i).ToArray();
        var result = KolmogorovSmirnov.Test(x, [.. x.Select(v => v + 100)]);
        Assert.Equal(2 / 118264581564861424.0, result.PValue!.Value, 2 / 118264581564861424.0 * 1e-9);
    }

    [Fact]
    public void Radix_and_comparison_sort_agree()
    {
        var random = new RandomSource(2);
        double[] values =
        [
            .. Enumerable.Range(0, 5000).Select(i => i % 7 == 0 ? 0 : random.NextGaussian() * Math.Pow(10, random.NextInt(40) - 20)),
            -0.0,
            double.MaxValue,
            double.MinValue,
        ];
        var expected = values.Order().ToArray();
        Assert.Equal(expected, Sorting.Ascending(values));
    }
}
