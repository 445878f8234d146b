using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.Properties;

public sealed class DistanceProperties
{
    private static readonly Arbitrary<(ulong[] R, ulong[] C)> TwoRows = (
        from bins in Gen.Choose(1, 8)
        from r in Gen.Choose(0, 200).Select(v => (ulong)v).ArrayOf(bins)
        from c in Gen.Choose(0, 200).Select(v => (ulong)v).ArrayOf(bins)
        where r.Any(v => v > 0) && c.Any(v => v > 0)
        select (r, c)
    ).ToArbitrary();

    private static readonly Arbitrary<(double[] X, double[] Y)> TwoSamples = (
        from n in Gen.Choose(2, 25)
        from m in Gen.Choose(2, 25)
        from x in Gen.Choose(-50, 50).Select(v => v / 4.0).ArrayOf(n)
        from y in Gen.Choose(-50, 50).Select(v => v / 4.0).ArrayOf(m)
        select (x, y)
    ).ToArbitrary();

    [Fact]
    public void Symmetric_distances_do_not_care_which_side_is_the_reference() =>
        Prop.ForAll(
                TwoRows,
                t =>
                    Close(BinnedDistance.PopulationStability(t.R, t.C), BinnedDistance.PopulationStability(t.C, t.R))
                    && Close(BinnedDistance.JensenShannonDistance(t.R, t.C), BinnedDistance.JensenShannonDistance(t.C, t.R))
                    && Close(BinnedDistance.Hellinger(t.R, t.C), BinnedDistance.Hellinger(t.C, t.R))
                    && Close(BinnedDistance.TotalVariation(t.R, t.C), BinnedDistance.TotalVariation(t.C, t.R))
                    && Close(Homogeneity.ChiSquare(t.R, t.C).ToEstimate(), Homogeneity.ChiSquare(t.C, t.R).ToEstimate())
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Bounds_and_their_order() =>
        Prop.ForAll(
                TwoRows,
                t =>
                {
                    var js = BinnedDistance.JensenShannonDistance(t.R, t.C).Value!.Value;
                    var hellinger = BinnedDistance.Hellinger(t.R, t.C).Value!.Value;
                    var variation = BinnedDistance.TotalVariation(t.R, t.C).Value!.Value;
                    var largest = BinnedDistance.LInfinity(t.R, t.C).Value!.Value;
                    // Le Cam: H^2 <= TV <= H sqrt(2 - H^2); and JS divergence (base 2) <= TV.
                    return js is >= 0 and <= 1
                        && hellinger is >= 0 and <= 1
                        && variation is >= 0 and <= 1
                        && largest <= variation + 1e-12
                        && hellinger * hellinger <= variation + 1e-12
                        && variation <= hellinger * Math.Sqrt(2 - hellinger * hellinger) + 1e-12
                        && js * js <= variation + 1e-12
                        && BinnedDistance.PopulationStability(t.R, t.C).Value >= 0;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_counts_have_no_distance_and_relabelling_changes_nothing() =>
        Prop.ForAll(
                TwoRows,
                t =>
                {
                    var order = Enumerable.Range(0, t.R.Length).Reverse().ToArray();
                    ulong[] r = [.. order.Select(i => t.R[i])];
                    ulong[] c = [.. order.Select(i => t.C[i])];
                    return BinnedDistance.JensenShannonDistance(t.R, t.R).Value < 1e-7
                        && BinnedDistance.PopulationStability(t.R, t.R).Value == 0
                        && Close(BinnedDistance.PopulationStability(t.R, t.C), BinnedDistance.PopulationStability(r, c))
                        && Close(Homogeneity.GTest(t.R, t.C).ToEstimate(), Homogeneity.GTest(r, c).ToEstimate());
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Ranks_survive_monotone_maps_and_distances_scale() =>
        Prop.ForAll(
                TwoSamples,
                t =>
                {
                    double[] x = [.. t.X.Select(v => v * v * v)];
                    double[] y = [.. t.Y.Select(v => v * v * v)];
                    double[] scaledX = [.. t.X.Select(v => 3 * v + 1)];
                    double[] scaledY = [.. t.Y.Select(v => 3 * v + 1)];
                    return KolmogorovSmirnov.Test(t.X, t.Y).Equals(KolmogorovSmirnov.Test(x, y))
                        && CramerVonMises.Test(t.X, t.Y, PValueMethod.Asymptotic).Equals(CramerVonMises.Test(x, y, PValueMethod.Asymptotic))
                        && MeanTests.MannWhitney(t.X, t.Y).Equals(MeanTests.MannWhitney(x, y))
                        && Math.Abs(
                            3 * SampleDistance.Wasserstein(t.X, t.Y).Value!.Value
                                - SampleDistance.Wasserstein(scaledX, scaledY).Value!.Value
                        ) < 1e-9
                        && KolmogorovSmirnov.Distance(t.X, t.Y).Value == KolmogorovSmirnov.Distance(t.Y, t.X).Value;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_comes_in_no_nan_comes_out()
    {
        var hostile = Gen.Elements(0.0, -0.0, 1, -1, 1e308, -1e308, double.Epsilon, 3.5, 3.5);
        Prop.ForAll(
                hostile.ListOf().ToArbitrary(),
                hostile.ListOf().ToArbitrary(),
                (a, b) =>
                {
                    double[] x = [.. a];
                    double[] y = [.. b];
                    TestResult[] results =
                    [
                        KolmogorovSmirnov.Test(x, y),
                        CramerVonMises.Test(x, y),
                        AndersonDarling.Test(x, y),
                        EppsSingleton.Test(x, y),
                        MeanTests.Welch(x, y),
                        MeanTests.MannWhitney(x, y),
                    ];
                    Estimate[] estimates =
                    [
                        SampleDistance.Wasserstein(x, y),
                        SampleDistance.NormalisedWasserstein(x, y),
                        SampleDistance.Energy(x, y),
                    ];
                    return results.All(r =>
                            r.IsOk ? double.IsFinite(r.Statistic!.Value) && r.PValue is null or (>= 0 and <= 1) : r.Reason is not null
                        ) && estimates.All(e => e.IsOk ? double.IsFinite(e.Value!.Value) : e.Reason is not null);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static bool Close(Estimate a, Estimate b) =>
        Math.Abs(a.Value!.Value - b.Value!.Value) <= 1e-9 * Math.Max(1, Math.Abs(a.Value.Value));
}
