using Plumbline.Statistics.Sampling;

namespace Plumbline.Statistics.Tests.Sampling;

/// <summary>Few labels of people and what several cheap sources say of all rows.</summary>
public sealed class CombinedPredictionsTests
{
    private const int Runs = 1000;

    /// <summary>
    /// A model's expected error that is right on average, a judge who errs in one of ten, and a rule that says nothing: of accuracy the
    /// interval holds in 93 to 97 of a hundred samples, and all together say more than the first alone.
    /// </summary>
    [Theory]
    [Trait("Category", "Simulation")]
    [InlineData(21UL)]
    [InlineData(22UL)]
    public void Intervals_hold_and_several_sources_say_more_than_one(ulong seed)
    {
        var made = new RandomSource(seed);
        var population = new SkewedPopulation(made);
        double[] values = population.Answers(made, 0.8);
        double[][] sources =
        [
            [.. values.Select(value => 0.6 + 0.3 * value + 0.15 * made.NextGaussian())],
            [.. values.Select(value => made.NextDouble() < 0.9 ? value : 1 - value)],
            [.. values.Select(_ => made.NextDouble() < 0.3 ? 1.0 : 0)],
        ];
        double[] means = [.. sources.Select(source => source.Average())];
        var truth = values.Average();
        var (all, first) = (new PoweredMean[Runs], new PoweredMean[Runs]);
        Simulations.Run(
            seed,
            (random, run) =>
            {
                CombinedRow[] rows =
                [
                    .. population
                        .Draw(random)
                        .Select(i => new CombinedRow(values[i], [.. sources.Select(source => source[i])], population.Probabilities[i])),
                ];
                all[run] = CombinedPredictions.Mean(rows, means, SkewedPopulation.Rows, areShares: true);
                first[run] = PredictionPoweredMean.Of(
                    [.. rows.Select(row => new PoweredRow(row.Value, row.Predictions[0], row.Probability))],
                    means[0],
                    SkewedPopulation.Rows,
                    areShares: true
                );
            },
            Runs
        );
        var covered = all.Count(result => result.Estimate.Lower <= truth && truth <= result.Estimate.Upper) / (double)Runs;
        var (combined, alone) = (all.Average(result => result.WidthRatio), first.Average(result => result.WidthRatio));
        Assert.InRange(covered, 0.93, 0.97);
        Assert.True(combined < 0.9 * alone, $"{combined} of the width of the labels alone, {alone} by the first source.");
        Assert.True(all.Max(result => result.WidthRatio) <= 1);
    }

    [Fact]
    public void One_source_or_few_rows_are_what_one_source_says()
    {
        var random = new RandomSource(5);
        CombinedRow[] rows =
        [
            .. Enumerable
                .Range(0, 39)
                .Select(_ => (Value: random.NextGaussian(), Noise: random.NextGaussian()))
                .Select(row => new CombinedRow(row.Value, [row.Value + 0.3 * row.Noise, row.Noise], 0.1)),
        ];
        PoweredRow[] one = [.. rows.Select(row => new PoweredRow(row.Value, row.Predictions[0], row.Probability))];
        var expected = PredictionPoweredMean.Of(one, 0.1, 400);
        Assert.Equal(expected, CombinedPredictions.Mean(rows, [0.1, 0], 400));
        Assert.Equal(
            expected,
            CombinedPredictions.Mean([.. rows.Select(row => row with { Predictions = [row.Predictions[0]] })], [0.1], 400)
        );
    }

    /// <summary>
    /// Labels that are an exact sum of two sources: each fold finds that sum, and the mean of all rows is what the sources' means make of
    /// it, but for the ridge and the four rows of doubt.
    /// </summary>
    [Fact]
    public void A_sum_of_sources_is_found()
    {
        var random = new RandomSource(6);
        CombinedRow[] rows =
        [
            .. Enumerable
                .Range(0, 2_000)
                .Select(_ => (A: random.NextGaussian(), B: random.NextGaussian()))
                .Select(row => new CombinedRow(1 + 2 * row.A - 3 * row.B, [row.A, row.B], 0.01)),
        ];
        var powered = CombinedPredictions.Mean(rows, [0.5, 0.1], 200_000);
        Assert.Equal(1.7, powered.Estimate.Value!.Value, 0.02);
        Assert.True(powered.LabelsSaved > 0.95);
    }

    [Fact]
    public void Sources_that_say_the_same_or_nothing_have_an_answer()
    {
        CombinedRow[] rows =
        [
            .. Enumerable.Range(0, 100).Select(i => new CombinedRow(i % 3 == 0 ? 0 : 1, [i % 3 == 0 ? 0 : 1, i % 3 == 0 ? 0 : 1, 7], 0.1)),
        ];
        var powered = CombinedPredictions.Mean(rows, [0.66, 0.66, 7], 1_000, areShares: true);
        Assert.InRange(powered.Estimate.Value!.Value, 0.6, 0.7);
        Assert.True(powered.LabelsSaved > 0.5);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        CombinedRow[] rows = [new(1, [1, 2], 0.5), new(0, [1], 0.5)];
        Assert.Throws<ArgumentException>(() => CombinedPredictions.Mean(rows, [1, 2], 10));
        Assert.Throws<ArgumentException>(() => CombinedPredictions.Mean(rows, [], 10));
    }
}
