using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Tests.Oracles;

namespace Plumbline.Statistics.Tests.Calibration;

public sealed class CalibrationTests
{
    private static readonly double[] P = [.1, .1, .3, .3, .6, .6, .8, .8, .8, .8];
    private static readonly bool[] Y = [false, false, false, true, true, false, true, true, true, false];

    [Fact]
    public void Golden_decompositions()
    {
        var brier = ScoreDecomposition.Brier(ScoreCounts.From(P, Y))!.Value;
        Check.Near(0.188, brier.Score, 1e-12);
        Check.Near(0.013, brier.Reliability, 1e-12);
        Check.Near(0.075, brier.Resolution, 1e-12);
        Check.Near(0.25, brier.Uncertainty, 1e-12);
        Check.Near(0, brier.Within, 1e-12);
        var log = ScoreDecomposition.LogLoss(ScoreCounts.From(P, Y))!.Value;
        Check.Near(0.5477353702, log.Score, 1e-10);
        Check.Near(0.04554244, log.Reliability, 1e-8);
        Check.Near(0.19095425, log.Resolution, 1e-8);
        Check.Near(0.69314718, log.Uncertainty, 1e-8);
        Check.Near(0, log.Within, 1e-12);
    }

    [Fact]
    public void Golden_temperature()
    {
        double[] logits = [2, 0, 3, 0, -1, 1, 4, 0, 0, 2, 1, 0];
        int[] truth = [0, 0, 1, 1, 1, 1];
        var fit = TemperatureScaling.Fit(logits, 2, truth);
        Check.Near(4.568568, fit.Temperature, 1e-6);
        Check.Near(0.657376, fit.NegativeLogLikelihood, 1e-6);
        Check.Near(0.960131, TemperatureScaling.Loss(logits, 2, truth, 1), 1e-6);
        Assert.Equal(0.01, TemperatureScaling.Fit([1, 0, 0, 1], 2, [0, 1]).Temperature, 6);
    }

    [Fact]
    public void Isotonic_pools_violators()
    {
        var fit = IsotonicRegression.Fit([1, 2, 3, 4], [1, 3, 2, 4]);
        Assert.Equal([1.0, 2.5, 2.5, 4.0], fit.Y.ToArray());
        Check.Near(1.75, fit.Predict(1.5));
        Check.Near(1, fit.Predict(-5));
        Check.Near(4, fit.Predict(50));
        Check.Near(2, IsotonicRegression.Fit([1, 1], [1, 4], [2, 1]).Predict(1));
        Assert.Throws<ArgumentException>(() => IsotonicRegression.Fit([], []));
        Assert.Throws<ArgumentException>(() => IsotonicRegression.Fit([1], [double.NaN]));
    }

    [Fact]
    public void Isotonic_predicts_many_ascending_positions_as_it_does_each()
    {
        var random = new RandomSource(9);
        double[] x = [.. Enumerable.Range(0, 200).Select(_ => Math.Round(random.NextDouble(), 2))];
        var fit = IsotonicRegression.Fit(x, [.. x.Select(value => value + 0.3 * random.NextGaussian())]);
        double[] positions = [-1, .. x.Order(), 0.5, 0.505, 2];
        Array.Sort(positions);
        var values = new double[positions.Length];
        fit.PredictAscending(positions, values);
        Assert.Equal(positions.Select(fit.Predict), values);
    }

    [Fact]
    public void The_interval_of_the_calibration_error_is_that_of_its_seed()
    {
        foreach (var count in new[] { 1, 3, 10, 25 })
        {
            var random = new RandomSource((ulong)count);
            var bins = new CalibrationBins(count);
            for (var i = 0; i < 300; i++)
            {
                var score = random.NextDouble();
                bins.Add(score, random.NextDouble() < score * score);
            }

            Assert.Equal(bins.ExpectedCalibrationError(new RandomSource(20_240_601)), bins.ExpectedCalibrationError());
        }
    }

    [Fact]
    public void Isotonic_matches_scikit_learn()
    {
        var binary = DataSets.Oracle("special.json")["small_binary"]!;
        var node = binary["isotonic"]!;
        double[] Numbers(System.Text.Json.Nodes.JsonNode n) => [.. n.AsArray().Select(v => (double)v!)];
        var fit = IsotonicRegression.Fit(Numbers(binary["p"]!), Numbers(binary["y"]!));
        foreach (var (at, expected) in Numbers(node["predict_at"]!).Zip(Numbers(node["pred"]!)))
            Check.Near(expected, fit.Predict(at), 1e-12);
    }

    [Fact]
    public void Platt_has_no_fit_where_the_likelihood_has_no_maximum()
    {
        Assert.Null(PlattScaling.Fit([0.1, 0.9], [false, true]));
        Assert.Null(PlattScaling.Fit([0.2, 0.2, 0.2], [false, true, true]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PlattScaling.Fit([1.5], [true]));
    }

    [Theory]
    [InlineData("hotel_booking")]
    [InlineData("car_loan")]
    public void Recalibration_fitted_on_the_reference_matches_scikit_learn(string set)
    {
        var oracle = DataSets.Oracle($"perf_{set}.json")["result"]!["recalibration_fit_on_reference"]!;
        var (scores, truth) = Rows(set, DataSets.Read(set, "reference.csv.gz"));
        var (currentScores, currentTruth) = Rows(set, DataSets.ReadCurrent(set));
        var isotonic = IsotonicRegression.Fit(ScoreCounts.From(scores, truth));
        Check.Near((double)oracle["isotonic"]!["current_brier"]!, Brier(isotonic.Predict, currentScores, currentTruth), 1e-9);
        var platt = PlattScaling.Fit(scores, truth)!;
        // scikit-learn's solver stops at a tolerance of its own.
        Check.Near((double)oracle["platt_on_logit"]!["current_brier"]!, Brier(platt.Predict, currentScores, currentTruth), 2e-4);
    }

    [Theory]
    [InlineData("car_loan")]
    [InlineData("elec2")]
    public void Decomposition_and_maximum_error_match_the_oracle(string set)
    {
        var oracle = DataSets.Oracle($"perf_{set}.json")["result"]!["current"]!["calibration"]!;
        var (scores, truth) = Rows(set, DataSets.ReadCurrent(set));
        var counts = ScoreCounts.From(scores, truth);
        var brier = ScoreDecomposition.Brier(counts)!.Value;
        Check.Near((double)oracle["murphy10"]!["reliability"]!, brier.Reliability);
        Check.Near((double)oracle["murphy10"]!["resolution"]!, brier.Resolution);
        Check.Near((double)oracle["murphy10"]!["uncertainty"]!, brier.Uncertainty);
        var bins = new CalibrationBins();
        bins.Add(counts);
        Check.Near((double)oracle["left_closed10"]!["mce"]!, bins.MaximumCalibrationError());
    }

    [Fact]
    public void Equal_mass_bins_hold_equal_mass_and_merge_ties()
    {
        var scores = Enumerable.Range(0, 100).Select(i => i / 100.0).ToArray();
        var truth = scores.Select(s => s > 0.5).ToArray();
        var curve = EqualMassCalibration.Curve(ScoreCounts.From(scores, truth));
        Assert.Equal(10, curve.Count);
        Assert.All(curve, bin => Assert.Equal(10, bin.Count));
        var tied = EqualMassCalibration.Curve(
            ScoreCounts.From([.. Enumerable.Repeat(0.5, 50)], [.. Enumerable.Range(0, 50).Select(i => i % 2 == 0)])
        );
        Assert.Single(tied);
        Check.Near(0, EqualMassCalibration.Errors(ScoreCounts.From([0.5, 0.5], [true, false])).Expected);
    }

    private static double Brier(Func<double, double> map, double[] scores, bool[] truth) =>
        scores.Zip(truth, (s, y) => (map(s) - (y ? 1 : 0)) * (map(s) - (y ? 1 : 0))).Average();

    private static (double[] Scores, bool[] Truth) Rows(string set, Table table)
    {
        var roles = DataSets.Roles(set);
        var positive = roles["positive"]!.ToString();
        return (
            table.Numbers((string)roles["proba"]!),
            [.. table.Text((string)roles["target"]!).Select(v => v == positive || v == positive + ".0")]
        );
    }
}
