using Plumbline.Statistics.Distances;

namespace Plumbline.Statistics.Tests.Distances;

/// <summary>Vectors that were computed independently (SciPy 1.10.1) before this library existed.</summary>
public sealed class GoldenDistancesTests
{
    private static readonly ulong[] Reference = [50, 30, 20];
    private static readonly ulong[] Current = [30, 40, 30];

    [Fact]
    public void Population_stability_and_its_two_halves()
    {
        Check.Near(0.17147984280919268, BinnedDistance.PopulationStability(Reference, Current, Smoothing.None), 1e-12);
        Check.Near(0.08801516852582818, BinnedDistance.KullbackLeibler(Reference, Current, Smoothing.None), 1e-12);
        Check.Near(0.17147984280919268 - 0.08801516852582818, BinnedDistance.KullbackLeibler(Current, Reference, Smoothing.None), 1e-12);
    }

    [Fact]
    public void Empty_bins_decide_the_value_under_a_floor()
    {
        double[] reference = [0.5, 0.3, 0.2, 0];
        double[] current = [0.4, 0.3, 0.2, 0.1];
        Check.Near(0.71240, BinnedDistance.PopulationStability(reference, current, Smoothing.Floor(1e-4)), 1e-5);
        Check.Near(1.17360, BinnedDistance.PopulationStability(reference, current, Smoothing.Floor(1e-6)), 1e-5);
        Check.Undefined(BinnedDistance.PopulationStability(reference, current, Smoothing.None));
    }

    [Fact]
    public void Default_smoothing_is_half_a_count_on_both_sides()
    {
        double[] p = [50.5 / 101.5, 30.5 / 101.5, 20.5 / 101.5];
        double[] q = [30.5 / 101.5, 40.5 / 101.5, 30.5 / 101.5];
        var expected = p.Zip(q, (a, b) => (b - a) * Math.Log(b / a)).Sum();
        Check.Near(expected, BinnedDistance.PopulationStability(Reference, Current), 1e-14);
        Assert.Equal(
            BinnedDistance.PopulationStability(Reference, Current, Smoothing.HalfCount),
            BinnedDistance.PopulationStability(Reference, Current)
        );
    }

    [Fact]
    public void Jensen_shannon_in_both_bases()
    {
        Check.Near(0.021251131899, BinnedDistance.JensenShannonDivergence(Reference, Current, LogarithmBase.E), 1e-11);
        Check.Near(0.030658902604, BinnedDistance.JensenShannonDivergence(Reference, Current), 1e-11);
        Check.Near(0.145777679702, BinnedDistance.JensenShannonDistance(Reference, Current, LogarithmBase.E), 1e-11);
        Check.Near(0.175096837791, BinnedDistance.JensenShannonDistance(Reference, Current), 1e-11);
    }

    [Fact]
    public void Hellinger_total_variation_and_largest_difference()
    {
        Check.Near(0.146090826499, BinnedDistance.Hellinger(Reference, Current), 1e-11);
        Check.Near(0.2, BinnedDistance.TotalVariation(Reference, Current), 1e-15);
        Check.Near(0.2, BinnedDistance.LInfinity(Reference, Current), 1e-15);
    }

    [Fact]
    public void Homogeneity_tests()
    {
        var chi = Homogeneity.ChiSquare(Reference, Current);
        Check.Near(8.428571428571429, 0.01478287719, chi, 1e-13, 1e-10);
        Assert.Equal(2, chi.DegreesOfFreedom);
        Check.Near(8.500452759709315, 0.01426100514, Homogeneity.GTest(Reference, Current), 1e-13, 1e-10);
    }

    [Fact]
    public void Yates_only_for_two_by_two()
    {
        int[] reference = [12, 5];
        int[] current = [7, 11];
        Check.Near(2.37797504, 0.12305697, Homogeneity.ChiSquare(reference, current), 1e-8, 1e-8);
        Check.Near(3.54010793, 0.05990156, Homogeneity.ChiSquare(reference, current, YatesCorrection.Never), 1e-8, 1e-8);
        // Zero columns do not hide a 2 x 2 table.
        Check.Near(2.37797504, 0.12305697, Homogeneity.ChiSquare([12, 0, 5], [7, 0, 11]), 1e-8, 1e-8);
    }

    [Fact]
    public void Cramers_v_plain_and_corrected()
    {
        Check.Near(0.205287255, Homogeneity.CramersV(Reference, Current), 1e-9);
        Check.Near(0.179595906843, Homogeneity.CramersVBiasCorrected(Reference, Current), 1e-11);
    }

    [Fact]
    public void One_constant_value_on_both_sides_is_no_drift()
    {
        var chi = Homogeneity.ChiSquare([7, 0], [9, 0]);
        Assert.Equal(0, chi.Statistic);
        Assert.Equal(1, chi.PValue);
        Assert.Equal(0, BinnedDistance.JensenShannonDistance([7, 0], [9, 0]).Value);
    }

    [Fact]
    public void An_empty_side_is_insufficient_never_zero()
    {
        Check.Insufficient(BinnedDistance.PopulationStability([1, 2], [0, 0]));
        Check.Insufficient(BinnedDistance.Hellinger([0.0, 0], [1, 1]));
        Assert.Equal(EstimateStatus.InsufficientData, Homogeneity.ChiSquare([0, 0], [1, 1]).Status);
        Check.Insufficient(BinnedDistance.TotalVariation([10, 10], [10, 9]).RequireAtLeast(30));
    }

    [Fact]
    public void Broken_arguments_are_named()
    {
        Assert.Equal("current", Assert.Throws<ArgumentException>(() => BinnedDistance.Hellinger([1, 2], [1])).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => BinnedDistance.Hellinger<ulong>([], [])).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => BinnedDistance.Hellinger([double.NaN, 2], [1, 1])).ParamName);
        Assert.Equal("current", Assert.Throws<ArgumentException>(() => BinnedDistance.Hellinger([1, 2], [1, -1])).ParamName);
    }
}
