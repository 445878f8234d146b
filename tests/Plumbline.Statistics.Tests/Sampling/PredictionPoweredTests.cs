using Plumbline.Statistics.Sampling;

namespace Plumbline.Statistics.Tests.Sampling;

public sealed class PredictionPoweredTests
{
    private const int Runs = 1000;

    /// <summary>Cheap predictions by kind, and what their intervals have to do.</summary>
    public static TheoryData<string> Kinds => ["good", "judge", "useless", "opposite", "biased"];

    [Theory]
    [Trait("Category", "Simulation")]
    [MemberData(nameof(Kinds))]
    public void Intervals_of_a_mean_cover_however_bad_the_predictions_are(string kind)
    {
        var (covered, ratio, widest, lambda) = Simulate(
            11,
            (population, random) => [.. population.Sizes.Select(size => 10 + Math.Log(size) + 2 * random.NextGaussian())],
            (value, probability, random) =>
                kind switch
                {
                    "good" => value + 0.6 * random.NextGaussian(),
                    "judge" => random.NextDouble() < 0.8 ? value : value + 2 * random.NextGaussian(),
                    "useless" => random.NextGaussian(),
                    "opposite" => 20 - value + random.NextGaussian(),
                    _ => 0.7 * value + 5 * probability + random.NextGaussian(),
                },
            areShares: false
        );
        Assert.InRange(covered, 0.93, 0.97);
        Assert.True(widest <= 1);
        Expect(kind, ratio, lambda);
    }

    [Theory]
    [Trait("Category", "Simulation")]
    [MemberData(nameof(Kinds))]
    public void Intervals_of_accuracy_cover_however_bad_the_predictions_are(string kind)
    {
        var (covered, ratio, widest, lambda) = Simulate(
            12,
            (population, random) => population.Answers(random, 0.8),
            (value, probability, random) =>
                kind switch
                {
                    "good" => value + 0.15 * random.NextGaussian(),
                    // A judge of 0 and 1 who errs in one of twenty rows.
                    "judge" => random.NextDouble() < 0.95 ? value : 1 - value,
                    "useless" => random.NextDouble() < 0.8 ? 1 : 0,
                    "opposite" => 1 - value,
                    // Thinks well of everything, of what is seldom sampled most.
                    _ => value == 1 || random.NextDouble() < 0.6 * (1 - probability) ? 1 : 0,
                },
            areShares: true
        );
        Assert.InRange(covered, 0.93, 0.97);
        Assert.True(widest <= 1);
        Expect(kind, ratio, lambda);
    }

    [Fact]
    public void Four_rows_by_hand()
    {
        // All of weight 4, f = y + 1 in all rows: what is reported moves with the predictions by λ, 1 but for the four rows of doubt.
        PoweredRow[] rows = [new(1, 2, 0.25), new(2, 3, 0.25), new(3, 4, 0.25), new(6, 7, 0.25)];
        var powered = PredictionPoweredMean.Of(rows, 5, 16);
        Check.Near(3, powered.LabelsAlone, 1e-12);
        // 16^2 / (4 x 0.75 x 16) rows, of which 16/3 / (16/3 + 4) are told by.
        var lambda = (16 / 3.0) / (16 / 3.0 + 4);
        Check.Near(lambda, powered.Lambda, 1e-12);
        Check.Near(3 + lambda * (5 - 4), powered.Estimate, 1e-12);
        // Followed fully, predictions leave no row to carry a variance: what remains is the doubt.
        var alone = 14 / 4.0 / (16 / 3.0);
        var variance = alone * (1 - lambda * lambda);
        Check.Near(Math.Sqrt(variance), powered.Estimate.StandardError, 1e-12);
        Check.Near(Math.Sqrt(alone), powered.LabelsAlone.StandardError, 1e-12);
        Check.Near(Math.Sqrt(variance / alone), powered.WidthRatio, 1e-12);
        Check.Near(1 - variance / alone, powered.LabelsSaved, 1e-12);
    }

    [Fact]
    public void Constant_predictions_say_nothing_and_a_census_needs_none()
    {
        var random = new RandomSource(3);
        PoweredRow[] rows = [.. Enumerable.Range(0, 100).Select(_ => new PoweredRow(random.NextGaussian(), 7, 0.1))];
        var constant = PredictionPoweredMean.Of(rows, 7, 1000);
        Assert.Equal((0, 1, 0), (constant.Lambda, constant.WidthRatio, constant.LabelsSaved));
        Assert.Equal(constant.LabelsAlone, constant.Estimate);
        Assert.Equal(SampledMean.Of([.. rows.Select(row => new SampledRow(row.Value, row.Probability))]), constant.LabelsAlone);
        var census = PredictionPoweredMean.Of([new(1, 1, 1), new(0, 1, 1)], 1, 2, areShares: true);
        Assert.Equal((0.5, 0.5, 0.5), (census.Estimate.Value, census.Estimate.Lower, census.Estimate.Upper));
        Assert.Equal(0, census.LabelsSaved);
        Check.Insufficient(PredictionPoweredMean.Of([new(1, 1, 0.5)], 1, 10).Estimate);
    }

    /// <summary>Two hundred labels that the predictions all agree with are no proof that they always do.</summary>
    [Fact]
    public void A_sample_without_a_wrong_prediction_leaves_doubt()
    {
        PoweredRow[] rows = [.. Enumerable.Range(0, 200).Select(i => new PoweredRow(i % 4 == 0 ? 0 : 1, i % 4 == 0 ? 0 : 1, 0.02))];
        var powered = PredictionPoweredMean.Of(rows, 0.75, 10_000, areShares: true);
        Assert.InRange(powered.LabelsSaved, 0.8, 0.97);
        // Of 200 rows without any, one in a hundred may be wrong.
        Assert.True(powered.Estimate.Upper - powered.Estimate.Lower > 0.02);
    }

    [Fact]
    public void What_is_no_sample_of_the_population_is_refused()
    {
        PoweredRow[] rows = [new(1, 1, 0.5), new(0, 1, 0.5)];
        Assert.Throws<ArgumentException>(() => PredictionPoweredMean.Of(rows, 1, 1));
        Assert.Throws<ArgumentException>(() => PredictionPoweredMean.Of(rows, double.NaN, 5));
        Assert.Throws<ArgumentException>(() => PredictionPoweredMean.Of([new(1, double.NaN, 0.5), rows[1]], 1, 5));
        Assert.Throws<ArgumentException>(() => PredictionPoweredMean.Of([new(1, 1, 0), rows[1]], 1, 5));
        Assert.Throws<ArgumentException>(() => PredictionPoweredMean.Of([new(3, 1, 0.5), rows[1]], 1, 5, areShares: true));
    }

    private static void Expect(string kind, double ratio, double lambda)
    {
        if (kind == "good")
            Assert.True(ratio <= 0.5, $"ratio {ratio}");
        if (kind is "useless" or "opposite")
        {
            Assert.InRange(lambda, 0, 0.1);
            Assert.True(ratio > 0.97, $"ratio {ratio}");
        }
    }

    private static (double Covered, double Ratio, double Widest, double Lambda) Simulate(
        ulong seed,
        Func<SkewedPopulation, RandomSource, double[]> measure,
        Func<double, double, RandomSource, double> predict,
        bool areShares
    )
    {
        var made = new RandomSource(seed);
        var population = new SkewedPopulation(made);
        var values = measure(population, made);
        double[] predictions = [.. values.Zip(population.Probabilities, (value, probability) => predict(value, probability, made))];
        var (truth, meanPrediction) = (values.Average(), predictions.Average());
        var results = new PoweredMean[Runs];
        Simulations.Run(
            seed,
            (random, run) =>
            {
                PoweredRow[] rows =
                [
                    .. population.Draw(random).Select(i => new PoweredRow(values[i], predictions[i], population.Probabilities[i])),
                ];
                results[run] = PredictionPoweredMean.Of(rows, meanPrediction, SkewedPopulation.Rows, areShares);
            },
            Runs
        );
        var covered = results.Count(result => result.Estimate.Lower <= truth && truth <= result.Estimate.Upper) / (double)Runs;
        var (ratio, lambda) = (results.Average(result => result.WidthRatio), results.Average(result => result.Lambda));
        TestContext.Current.SendDiagnosticMessage("covered {0}, width {1:F3}, lambda {2:F3}", covered, ratio, lambda);
        return (covered, ratio, results.Max(result => result.WidthRatio), lambda);
    }
}
