using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Sampling;

namespace Plumbline.Statistics.Tests.Sampling;

public sealed class SampledMeanTests
{
    private const int Runs = 1000;

    /// <summary>
    /// 1 with probability 1/2 and 0 with 1/4: weights 2 and 4, mean 2 / 6. Residuals 2/3 and -1/3. The design's variance is
    /// (1/2 x 4/9 x 4 + 3/4 x 1/9 x 16) / 36; without any relation to weights it is 2/9 x (1/2 x 4 + 3/4 x 16) / 36. Of the rows,
    /// (5/9)^2 / (17/81) carry it, against four.
    /// </summary>
    [Fact]
    public void Two_rows_by_hand()
    {
        var mean = SampledMean.Of([new(1, 0.5), new(0, 0.25)]);
        Check.Near(1 / 3.0, mean, 1e-15);
        var (design, unrelated, carriers) = ((8 / 9.0 + 4 / 3.0) / 36, 2 / 9.0 * 14 / 36, 25 / 17.0);
        var variance = (carriers * design + 4 * unrelated) / (carriers + 4);
        Check.Near(Math.Sqrt(variance), mean.StandardError, 1e-14);
        // 36 / 20 rows of one weight: one degree of freedom at least.
        Check.Near(1 / 3.0 + 12.706204736174698 * Math.Sqrt(variance), mean.Upper, 1e-9);
        Assert.Equal((2, null), (mean.N, mean.M));
    }

    [Fact]
    public void Equal_probabilities_give_the_plain_mean_with_its_usual_interval()
    {
        var random = new RandomSource(2);
        double[] values = [.. Enumerable.Range(0, 5000).Select(_ => random.NextGaussian())];
        var mean = SampledMean.Of([.. values.Select(value => new SampledRow(value, 1e-6))]);
        var usual = Confidence.Mean(values.Length, values.Average(), values.Sum(v => Math.Pow(v - values.Average(), 2)))!.Value;
        Check.Near(values.Average(), mean, 1e-12);
        Check.Near(usual.Lower, mean.Lower, 1e-4);
        Check.Near(usual.Upper, mean.Upper, 1e-4);
        var share = SampledMean.Of([.. Enumerable.Range(0, 2000).Select(i => new SampledRow(i < 60 ? 0 : 1, 1e-6))], areShares: true);
        var wilson = Wilson.Of(1940, 2000)!.Value;
        Check.Near(wilson.Lower, share.Lower, 1e-4);
        Check.Near(wilson.Upper, share.Upper, 1e-4);
    }

    [Fact]
    public void Who_looked_at_everything_knows_it_and_who_saw_no_error_does_not_know_that_there_is_none()
    {
        var all = SampledMean.Of([.. Enumerable.Range(0, 50).Select(i => new SampledRow(i % 5 == 0 ? 0 : 1, 1))], areShares: true);
        Assert.Equal((0.8, 0.8, 0.8), (all.Value, all.Lower, all.Upper));
        var perfect = SampledMean.Of([.. Enumerable.Range(0, 40).Select(_ => new SampledRow(1, 0.1))], areShares: true);
        Assert.Equal(1, perfect.Value);
        Assert.Equal(1, perfect.Upper);
        // As of 40 / 0.9 rows with replacement.
        Assert.InRange(perfect.Lower!.Value, 0.90, 0.93);
        Check.Insufficient(SampledMean.Of([new(1, 0.5)]));
        Check.Insufficient(SampledMean.Of([]));
        Assert.Throws<ArgumentException>("rows", () => SampledMean.Of([new(1, 0), new(1, 0.5)]));
        Assert.Throws<ArgumentException>(() => SampledMean.Of([new(1, 1.5), new(1, 0.5)]));
        Assert.Throws<ArgumentException>(() => SampledMean.Of([new(double.NaN, 0.5), new(1, 0.5)]));
        Assert.Throws<ArgumentException>(() => SampledMean.Of([new(2, 0.5), new(1, 0.5)], areShares: true));
        // Squares beyond what a number holds: a mean without an interval.
        Assert.Null(SampledMean.Of([new(1e200, 0.5), new(-1e200, 0.5)]).Lower);
    }

    // What 1.96 standard errors of the design's variance cover in brackets: accuracy 0.8 96 % (96 %), 0.9 94 % (94 %), 0.97 96 % (91 %);
    // the mean of a number 94 % (94 %).
    [Theory]
    [Trait("Category", "Simulation")]
    [InlineData(0.8, 1)]
    [InlineData(0.9, 2)]
    [InlineData(0.97, 3)]
    public void Intervals_of_accuracy_cover(double accuracy, int seed)
    {
        var (covered, plain) = Simulate((ulong)seed, (population, random) => population.Answers(random, accuracy), areShares: true);
        Assert.InRange(covered, 0.93, 0.97);
        if (accuracy == 0.97)
            Assert.True(plain < 0.93, $"plain {plain}");
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void Intervals_of_a_mean_cover()
    {
        var (covered, _) = Simulate(
            4,
            (population, random) => [.. population.Sizes.Select(size => 10 + Math.Log(size) + 2 * random.NextGaussian())],
            areShares: false
        );
        Assert.InRange(covered, 0.93, 0.97);
    }

    /// <summary>Shares of intervals that hold: ours, and 1.96 standard errors of the design's variance.</summary>
    private static (double Covered, double Plain) Simulate(
        ulong seed,
        Func<SkewedPopulation, RandomSource, double[]> measure,
        bool areShares
    )
    {
        var made = new RandomSource(seed);
        var population = new SkewedPopulation(made);
        Assert.InRange(population.Probabilities.Min(), 0.01, 0.012);
        Assert.InRange(population.Probabilities.Max(), 0.8, 1);
        var values = measure(population, made);
        var truth = values.Average();
        var errors = new double[Runs];
        int covered = 0,
            plain = 0;
        Simulations.Run(
            seed,
            (random, run) =>
            {
                SampledRow[] rows = [.. population.Draw(random).Select(i => new SampledRow(values[i], population.Probabilities[i]))];
                var mean = SampledMean.Of(rows, areShares);
                errors[run] = mean.Value!.Value - truth;
                if (mean.Lower <= truth && truth <= mean.Upper)
                    Interlocked.Increment(ref covered);
                var weights = rows.Sum(row => 1 / row.Probability);
                var variance = rows.Sum(row => (1 - row.Probability) * Math.Pow((row.Value - mean.Value.Value) / row.Probability, 2));
                if (Math.Abs(errors[run]) <= 1.96 * Math.Sqrt(variance) / weights)
                    Interlocked.Increment(ref plain);
            },
            Runs
        );
        TestContext.Current.SendDiagnosticMessage("covered {0}, plain {1}, mean error {2}", covered, plain, errors.Average());
        var noise = Math.Sqrt(errors.Sum(error => error * error)) / Runs;
        Assert.InRange(errors.Average(), -3 * noise, 3 * noise);
        return ((double)covered / Runs, (double)plain / Runs);
    }
}
