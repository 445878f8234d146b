using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Probability;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.Properties;

/// <summary>What is promised in the long run, over 2,000 simulations each: p-values uniform under the null, intervals at their nominal rate.</summary>
[Trait("Category", "Simulation")]
public sealed class NominalRates
{
    private const int Runs = 2000;

    public static TheoryData<string> Tests => new("ks asymptotic", "cvm", "mann-whitney", "welch", "epps-singleton", "chi-square", "g", "two proportions");

    [Theory]
    [MemberData(nameof(Tests))]
    public void P_values_are_uniform_under_the_null(string name)
    {
        var random = new RandomSource(31);
        var p = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            double[] x = [.. Enumerable.Range(0, 150).Select(_ => random.NextGaussian())];
            double[] y = [.. Enumerable.Range(0, 200).Select(_ => random.NextGaussian())];
            p[run] = PValue(name, x, y).PValue!.Value;
        }

        // One-sample Kolmogorov distance to the uniform law. Tests on counts have steps in their p-values, hence a wider bound than the 1 % point 1.63.
        Array.Sort(p);
        var distance = 0.0;
        for (var i = 0; i < Runs; i++)
            distance = Math.Max(distance, Math.Max((i + 1.0) / Runs - p[i], p[i] - (double)i / Runs));
        var bound = name switch { "ks asymptotic" => 3.2, "two proportions" or "chi-square" or "g" => 2.4, _ => 1.63 };
        Assert.True(distance * Math.Sqrt(Runs) < bound, $"{name}: distance {distance * Math.Sqrt(Runs):F2}, p {Tails.Kolmogorov(distance * Math.Sqrt(Runs)):E1}");
        Assert.InRange(p.Count(v => v <= 0.05) / (double)Runs, 0.035, 0.062);
    }

    [Fact]
    public void Wilson_intervals_cover()
    {
        var random = new RandomSource(32);
        var covered = 0;
        for (var run = 0; run < Runs; run++)
        {
            var rate = 0.05 + 0.9 * random.NextDouble();
            var hits = Enumerable.Range(0, 80).Count(_ => random.NextDouble() < rate);
            covered += Wilson.Of(hits, 80)!.Value.Contains(rate) ? 1 : 0;
        }

        Assert.InRange((double)covered / Runs, 0.94, 0.96);
    }

    [Fact]
    public void Delong_and_f1_intervals_cover()
    {
        // Scores 0.5 + 0.2 (z + y): area Phi(1 / sqrt 2).
        var truth = 1 - Tails.Normal(1 / Math.Sqrt(2));
        var random = new RandomSource(33);
        int areas = 0, f1s = 0;
        // Decision score > 0.6: with y balanced, precision and recall follow from the normal law.
        var recall = Tails.Normal(0.5 - 1);
        var alarm = Tails.Normal(0.5);
        var f1 = 2 * recall / (1 + recall + alarm);
        for (var run = 0; run < Runs; run++)
        {
            var rows = new BinaryOutcome[300];
            for (var i = 0; i < rows.Length; i++)
            {
                var y = random.NextDouble() < 0.5;
                var z = random.NextGaussian() + (y ? 1 : 0);
                rows[i] = new BinaryOutcome(y, z > 0.5, 0.5 + 0.01 * z);
            }

            var area = Roc.Area(ScoreCounts.From(rows));
            areas += truth >= area.Lower && truth <= area.Upper ? 1 : 0;
            var confusion = default(BinaryConfusion);
            foreach (var row in rows)
                confusion = confusion.With(row.GroundTruth, row.Prediction, 1);
            f1s += f1 >= confusion.F1().Lower && f1 <= confusion.F1().Upper ? 1 : 0;
        }

        Assert.InRange((double)areas / Runs, 0.94, 0.96);
        Assert.InRange((double)f1s / Runs, 0.94, 0.97);
    }

    [Fact]
    public void Mean_rmse_and_r2_intervals_cover()
    {
        var random = new RandomSource(34);
        int mae = 0, rmse = 0, r2 = 0;
        for (var run = 0; run < Runs; run++)
        {
            var rows = new RegressionOutcome[300];
            for (var i = 0; i < rows.Length; i++)
            {
                var y = 2 * random.NextGaussian();
                rows[i] = new RegressionOutcome(y, y + random.NextGaussian());
            }

            var performance = RegressionPerformance.Of(rows);
            mae += Holds(performance.MeanAbsoluteError, Math.Sqrt(2 / Math.PI));
            rmse += Holds(performance.RootMeanSquaredError, 1);
            r2 += Holds(performance.R2, 0.75);
        }

        Assert.InRange((double)mae / Runs, 0.94, 0.96);
        Assert.InRange((double)rmse / Runs, 0.935, 0.96);
        Assert.InRange((double)r2 / Runs, 0.935, 0.96);

        static int Holds(Estimate estimate, double truth) => truth >= estimate.Lower && truth <= estimate.Upper ? 1 : 0;
    }

    [Fact]
    public void Psi_without_drift_follows_its_null_law()
    {
        // Yurdakul and Naranjo: PSI / (1/n + 1/m) is about chi-square with B - 1 degrees of freedom.
        var random = new RandomSource(35);
        var above = 0;
        for (var run = 0; run < Runs; run++)
        {
            var (r, c) = (new ulong[10], new ulong[10]);
            for (var i = 0; i < 1000; i++)
            {
                r[random.NextInt(10)]++;
                c[random.NextInt(10)]++;
            }

            above += BinnedDistance.PopulationStability(r, c).Value > 0.03384 ? 1 : 0;
        }

        Assert.InRange((double)above / Runs, 0.04, 0.06);
    }

    private static TestResult PValue(string name, double[] x, double[] y) => name switch
    {
        "ks asymptotic" => KolmogorovSmirnov.Test(x, y, PValueMethod.Asymptotic),
        "cvm" => CramerVonMises.Test(x, y),
        "mann-whitney" => MeanTests.MannWhitney(x, y),
        "welch" => MeanTests.Welch(x, y),
        "epps-singleton" => EppsSingleton.Test(x, y),
        "chi-square" => Homogeneity.ChiSquare(Bins(x), Bins(y)),
        "g" => Homogeneity.GTest(Bins(x), Bins(y)),
        _ => MeanTests.TwoProportions(x.Count(v => v > 0), x.Length, y.Count(v => v > 0), y.Length),
    };

    private static ulong[] Bins(double[] values)
    {
        var bins = new ulong[5];
        Plumbline.Statistics.Binning.BinCounts.Add([-0.84, -0.25, 0.25, 0.84], values, bins);
        return bins;
    }
}
