using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Tests.Properties;

/// <summary>What is promised in the long run, over 2,000 simulations each: intervals cover at their nominal rate.</summary>
[Trait("Category", "Simulation")]
public sealed class NominalRates
{
    private const int Runs = Simulations.Runs;

    [Fact]
    public void Wilson_intervals_cover()
    {
        var covered = Simulations.Count(
            32,
            random =>
            {
                var rate = 0.05 + 0.9 * random.NextDouble();
                var hits = Enumerable.Range(0, 80).Count(_ => random.NextDouble() < rate);
                return Wilson.Of(hits, 80)!.Value.Contains(rate);
            }
        );
        Assert.InRange((double)covered / Runs, 0.94, 0.96);
    }

    [Fact]
    public void Bootstrap_intervals_cover()
    {
        // The mean and the mean absolute value of 200 rows.
        int means = 0,
            spreads = 0;
        Simulations.Run(
            36,
            (random, _) =>
            {
                double[] rows = [.. Enumerable.Range(0, 200).Select(_ => random.NextGaussian())];
                if (Bootstrap.Percentile(rows.Length, drawn => Mean(drawn, rows, v => v), random, 400)!.Value.Contains(0))
                    Interlocked.Increment(ref means);
                if (
                    Bootstrap
                        .Percentile(rows.Length, drawn => Mean(drawn, rows, Math.Abs), random, 400)!
                        .Value.Contains(Math.Sqrt(2 / Math.PI))
                )
                {
                    Interlocked.Increment(ref spreads);
                }
            }
        );
        Assert.InRange((double)means / Runs, 0.94, 0.96);
        Assert.InRange((double)spreads / Runs, 0.94, 0.96);

        static double Mean(ReadOnlySpan<int> drawn, double[] rows, Func<double, double> of)
        {
            var sum = 0.0;
            foreach (var row in drawn)
                sum += of(rows[row]);
            return sum / drawn.Length;
        }
    }

    [Fact]
    public void Delong_and_f1_intervals_cover()
    {
        // Scores 0.5 + 0.2 (z + y): area Phi(1 / sqrt 2).
        var truth = 1 - Tails.Normal(1 / Math.Sqrt(2));
        int areas = 0,
            f1s = 0;
        // Decision score > 0.6: with y balanced, precision and recall follow from the normal law.
        var recall = Tails.Normal(0.5 - 1);
        var alarm = Tails.Normal(0.5);
        var f1 = 2 * recall / (1 + recall + alarm);
        Simulations.Run(
            33,
            (random, _) =>
            {
                var rows = new BinaryOutcome[300];
                for (var i = 0; i < rows.Length; i++)
                {
                    var y = random.NextDouble() < 0.5;
                    var z = random.NextGaussian() + (y ? 1 : 0);
                    rows[i] = new BinaryOutcome(y, z > 0.5, 0.5 + 0.01 * z);
                }

                var area = Roc.Area(ScoreCounts.From(rows));
                if (truth >= area.Lower && truth <= area.Upper)
                    Interlocked.Increment(ref areas);
                var confusion = default(BinaryConfusion);
                foreach (var row in rows)
                    confusion = confusion.With(row.GroundTruth, row.Prediction, 1);
                if (f1 >= confusion.F1().Lower && f1 <= confusion.F1().Upper)
                    Interlocked.Increment(ref f1s);
            }
        );

        Assert.InRange((double)areas / Runs, 0.94, 0.96);
        Assert.InRange((double)f1s / Runs, 0.94, 0.97);
    }

    [Fact]
    public void Mean_rmse_and_r2_intervals_cover()
    {
        var random = new RandomSource(34);
        int mae = 0,
            rmse = 0,
            r2 = 0;
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
}
