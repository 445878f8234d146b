using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.Properties;

/// <summary>
/// P-values of each two-sample test are uniform under the null: Kolmogorov's one-sample test over 2,000 simulations, and the share at or
/// below 5 %. Tests of counts get enough rows for the steps of their p-values to be small.
/// </summary>
[Trait("Category", "Simulation")]
public sealed class PValueRates
{
    private const int Draws = 199;

    public static TheoryData<string> Tests =>
        [
            "ks exact",
            "ks asymptotic",
            "ks permutation",
            "cvm",
            "cvm permutation",
            "anderson-darling permutation",
            "epps-singleton",
            "mann-whitney",
            "welch",
            "wasserstein permutation",
            "energy permutation",
            "mmd permutation",
            "chi-square",
            "g",
            "two proportions",
        ];

    [Theory]
    [MemberData(nameof(Tests))]
    public void P_values_are_uniform_under_the_null(string name)
    {
        var p = new double[Simulations.Runs];
        Simulations.Run(31, (random, run) => p[run] = PValue(name, random).PValue!.Value);
        var distance = Simulations.DistanceToUniform(p);
        // 1.63 is the 1 % point. A permutation's p-value is one of 1 / (draws + 1), .., 1, which alone is a step away from uniform.
        var step = name.Contains("permutation", StringComparison.Ordinal) ? Math.Sqrt(p.Length) / (Draws + 1) : 0;
        Assert.True(distance < 1.63 + step, $"{name}: distance {distance:F2}");
        Assert.InRange(p.Count(v => v <= 0.05) / (double)p.Length, 0.036, 0.064);
    }

    [Fact]
    public void The_table_of_anderson_and_darling_is_right_inside_its_range()
    {
        var p = new double[Simulations.Runs];
        Simulations.Run(37, (random, run) => p[run] = AndersonDarling.Test(Normal(random, 60), Normal(random, 80)).PValue!.Value);
        foreach (var level in new[] { 0.01, 0.05, 0.1, 0.2 })
        {
            Assert.InRange(
                p.Count(v => v <= level) / (double)p.Length,
                level - 3 * Math.Sqrt(level / p.Length),
                level + 3 * Math.Sqrt(level / p.Length)
            );
        }
    }

    private static TestResult PValue(string name, RandomSource random) =>
        name switch
        {
            "ks exact" => KolmogorovSmirnov.Test(Normal(random, 150), Normal(random, 203), PValueMethod.Exact),
            // The limit law is approached slowly, like one over the root of the rows.
            "ks asymptotic" => KolmogorovSmirnov.Test(Normal(random, 4000), Normal(random, 5003), PValueMethod.Asymptotic),
            "ks permutation" => KolmogorovSmirnov.Test(Normal(random, 25), Normal(random, 31), PValueMethod.Permutation, random, Draws),
            "cvm" => CramerVonMises.Test(Normal(random, 150), Normal(random, 200)),
            "cvm permutation" => CramerVonMises.Test(Normal(random, 25), Normal(random, 30), PValueMethod.Permutation, random, Draws),
            "anderson-darling permutation" => AndersonDarling.Test(
                Normal(random, 25),
                Normal(random, 30),
                PValueMethod.Permutation,
                random,
                Draws
            ),
            "epps-singleton" => EppsSingleton.Test(Normal(random, 150), Normal(random, 200)),
            "mann-whitney" => MeanTests.MannWhitney(Normal(random, 150), Normal(random, 200)),
            "welch" => MeanTests.Welch(Normal(random, 150), Normal(random, 200)),
            "wasserstein permutation" => SampleDistance.WassersteinTest(Normal(random, 25), Normal(random, 30), random, Draws),
            "energy permutation" => SampleDistance.EnergyTest(Normal(random, 25), Normal(random, 30), random, Draws),
            "mmd permutation" => MaximumMeanDiscrepancy.Test(
                Normal(random, 40),
                Normal(random, 50),
                2,
                random,
                new DiscrepancyOptions { Draws = Draws }
            ),
            "chi-square" => Homogeneity.ChiSquare(Bins(random, 600), Bins(random, 803)),
            "g" => Homogeneity.GTest(Bins(random, 600), Bins(random, 803)),
            _ => MeanTests.TwoProportions(Bins(random, 4000)[0], 4000, Bins(random, 5003)[0], 5003),
        };

    private static double[] Normal(RandomSource random, int rows) => [.. Enumerable.Range(0, rows).Select(_ => random.NextGaussian())];

    private static long[] Bins(RandomSource random, int rows)
    {
        var bins = new ulong[5];
        BinCounts.Add([-0.84, -0.25, 0.25, 0.84], Normal(random, rows), bins);
        return Array.ConvertAll(bins, b => (long)b);
    }
}
