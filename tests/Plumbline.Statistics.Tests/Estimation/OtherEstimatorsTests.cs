using Plumbline.Statistics.Estimation;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Tests.Oracles;
using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Tests.Estimation;

public sealed class OtherEstimatorsTests
{
    [Fact]
    public void Loss_estimates_on_bike_sharing_are_no_worse_than_the_peer()
    {
        var roles = DataSets.Roles("bike_sharing");
        var (reference, current) = (DataSets.Read("bike_sharing", "reference.csv.gz"), DataSets.ReadCurrent("bike_sharing"));
        var estimator = RegressionPerformanceEstimator.Fit(
            Features(reference, roles),
            reference.Numbers("y_pred"),
            reference.Numbers("count")
        );
        var features = Features(current, roles);
        var (predicted, truth) = (current.Numbers("y_pred"), current.Numbers("count"));
        List<Estimate> estimated = [],
            realised = [];
        foreach (var rows in Enumerable.Range(0, current.Rows).Chunk((int)roles["chunk_size"]!))
        {
            estimated.Add(estimator.Estimate(features.Select(rows), [.. rows.Select(i => predicted[i])]).MeanAbsoluteError.Estimate);
            realised.Add(RegressionPerformance.Of([.. rows.Select(i => new RegressionOutcome(truth[i], predicted[i]))]).MeanAbsoluteError);
        }

        var error = EstimationError.Of([.. estimated], [.. realised])!.Value;
        TestContext.Current.SendDiagnosticMessage(
            "bike_sharing: MAE {0:F2} (peer 59.7), bias {1:F2}, coverage {2:P0}",
            error.MeanAbsoluteError,
            error.Bias,
            error.Coverage.Value!
        );
        Assert.True(error.MeanAbsoluteError <= 59.75, $"{error.MeanAbsoluteError}");
    }

    [Fact]
    public void Loss_estimates_follow_where_the_noise_is()
    {
        var (features, predictions, truth) = Noisy(6000, 1, 0, 4);
        var estimator = RegressionPerformanceEstimator.Fit(features, predictions, truth);
        foreach (var (low, high) in new[] { (0.0, 1.0), (3.0, 4.0), (0.0, 4.0) })
        {
            var (window, guesses, labels) = Noisy(2000, 5, low, high);
            var estimate = estimator.Estimate(window, guesses);
            var realised = RegressionPerformance.Of([.. guesses.Select((g, i) => new RegressionOutcome(labels[i], g))]);
            Assert.InRange(estimate.MeanAbsoluteError.Estimate.Value!.Value / realised.MeanAbsoluteError.Value!.Value, 0.9, 1.1);
            Assert.InRange(estimate.RootMeanSquaredError.Estimate.Value!.Value / realised.RootMeanSquaredError.Value!.Value, 0.9, 1.1);
            Assert.True(estimate.MeanAbsoluteError.SamplingError > 0 && estimate.MeanAbsoluteError.CalibrationError > 0);
        }

        Assert.Contains(estimator.Estimate(features.Select([0, 1]), [1000, 1000]).Warnings, w => w.Contains("extrapolate"));
        Check.Insufficient(estimator.Estimate(features.Select([]), []).MeanAbsoluteError.Estimate);
        Assert.Throws<ArgumentException>(() => RegressionPerformanceEstimator.Fit(features.Select([0]), [1], [1]));
    }

    [Fact]
    public void Weighting_helps_where_calibration_depends_on_a_shifted_feature()
    {
        // The score ignores a feature that matters: after a shift of it only the weighted reference knows.
        var (reference, scores, truth) = Shifted(6000, 0.2, 1);
        var (current, currentScores, labels) = Shifted(4000, 0.8, 2);
        var predictions = currentScores.Select(s => s >= 0.5).ToArray();
        var realised = BinaryPerformance
            .Of([.. labels.Select((y, i) => new BinaryOutcome(y, predictions[i], currentScores[i]))])
            .Accuracy.Value!.Value;
        var plain = BinaryPerformanceEstimator.Fit(scores, truth).Estimate(currentScores, predictions).Accuracy.Estimate.Value!.Value;
        var adapted = new ShiftAdaptedEstimator(reference, scores, truth).Estimate(current, currentScores, predictions);
        Assert.True(
            Math.Abs(adapted.Accuracy.Estimate.Value!.Value - realised) < 0.4 * Math.Abs(plain - realised),
            $"realised {realised}, plain {plain}, adapted {adapted.Accuracy.Estimate.Value}"
        );
        Assert.True(adapted.Accuracy.CalibrationError > 0);
    }

    [Fact]
    public void Two_classes_agree_with_the_binary_estimator()
    {
        var random = new RandomSource(5);
        var p = Enumerable.Range(0, 1000).Select(_ => random.NextDouble()).ToArray();
        var truth = p.Select(v => random.NextDouble() < v).ToArray();
        var options = new EstimatorOptions { Calibration = CalibrationUse.Never, Refits = 0 };
        var binary = BinaryPerformanceEstimator.Fit(p, truth, options).Estimate(p, [.. p.Select(v => v >= 0.5)]);
        double[] rows = [.. p.SelectMany(v => new[] { 1 - v, v })];
        var multi = MulticlassPerformanceEstimator
            .Fit(2, rows, [.. truth.Select(t => t ? 1 : 0)], options)
            .Estimate(rows, [.. p.Select(v => v >= 0.5 ? 1 : 0)]);
        Check.Near(binary.Accuracy.Estimate.Value!.Value, multi.Accuracy.Estimate, 1e-9);
        Check.Near(binary.Accuracy.SamplingError, multi.Accuracy.SamplingError, 1e-9);
        Check.Near(binary.RocAuc.Estimate.Value!.Value, multi.RocAuc.Estimate, 1e-9);
        Check.Near(binary.F1.Estimate.Value!.Value, multi.ExpectedConfusion.PerClass()[1].F1, 1e-9);
    }

    [Fact]
    public void Three_classes_are_estimated_near_what_is_realised()
    {
        var estimator = MulticlassPerformanceEstimator.Fit(3, Draw(3000, 1, out var truth), truth);
        var probabilities = Draw(3000, 2, out var labels);
        int[] predictions =
        [
            .. Enumerable
                .Range(0, 3000)
                .Select(i => Array.IndexOf(probabilities, probabilities.AsSpan(3 * i, 3).ToArray().Max(), 3 * i, 3) - 3 * i),
        ];
        var estimate = estimator.Estimate(probabilities, predictions);
        var realised = MulticlassPerformance.Of(3, labels, predictions, probabilities);
        Check.Near(3000, estimate.ExpectedConfusion.Total, 1e-9);
        foreach (
            var (metric, value) in new[]
            {
                (estimate.Accuracy, realised.Accuracy),
                (estimate.Precision, realised.Precision),
                (estimate.Recall, realised.Recall),
                (estimate.F1, realised.F1),
                (estimate.RocAuc, realised.RocAuc),
            }
        )
        {
            Check.Near(value.Value!.Value, metric.Estimate, 0.05);
            Assert.InRange(value.Value.Value, metric.Estimate.Lower!.Value, metric.Estimate.Upper!.Value);
        }

        Check.Insufficient(estimator.Estimate([], []).Accuracy.Estimate);
    }

    [Fact]
    public void Trust_is_withdrawn_in_words()
    {
        var interval = new Interval(0.9, 0.95);
        var estimated = Enumerable.Repeat(Estimate.Of(0.93, 500).With(interval), 12).ToArray();
        var realised = Enumerable.Repeat(Estimate.Of(0.6, 500), 12).ToArray();
        var error = EstimationError.Of(estimated, realised);
        Check.Near(0.33, error!.Value.Bias, 1e-12);
        Assert.Contains("do not rely", Assert.Single(EstimateTrust.Warnings(null, error)));
        Assert.Empty(EstimateTrust.Warnings(null, EstimationError.Of(estimated, estimated)));
        Assert.Contains("not yet", Assert.Single(EstimateTrust.Warnings(null, null)));
        Assert.Null(EstimationError.Of([], []));
        var random = new RandomSource(1);
        var moved = Plumbline.Statistics.Multivariate.DomainClassifier.Measure(
            new FeatureTable(400).WithNumeric("x", [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())]),
            new FeatureTable(400).WithNumeric("x", [.. Enumerable.Range(0, 400).Select(_ => 1 + random.NextDouble())])
        );
        Assert.Contains("'x'", EstimateTrust.Warnings(moved, error)[1]);
    }

    private static FeatureTable Features(Table table, System.Text.Json.Nodes.JsonObject roles)
    {
        var features = new FeatureTable(table.Rows);
        foreach (var name in roles["numeric"]!.AsArray())
            features = features.WithNumeric((string)name!, table.Numbers((string)name!));
        foreach (var name in roles["categorical"]!.AsArray())
            features = features.WithCategorical((string)name!, [.. table.Text((string)name!).Select(v => v.Length == 0 ? null : v)]);
        return features;
    }

    private static (FeatureTable Features, double[] Predictions, double[] Truth) Noisy(int n, ulong seed, double low, double high)
    {
        var random = new RandomSource(seed);
        var (x, prediction, truth) = (new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            x[i] = low + (high - low) * random.NextDouble();
            prediction[i] = 2 * x[i];
            truth[i] = prediction[i] + (0.5 + x[i]) * random.NextGaussian();
        }

        return (new FeatureTable(n).WithNumeric("x", x), prediction, truth);
    }

    private static (FeatureTable Features, double[] Scores, bool[] Truth) Shifted(int n, double share, ulong seed)
    {
        var random = new RandomSource(seed);
        var (hidden, scores, truth) = (new double[n], new double[n], new bool[n]);
        for (var i = 0; i < n; i++)
        {
            hidden[i] = random.NextDouble() < share ? 1 : 0;
            scores[i] = random.NextDouble();
            truth[i] = random.NextDouble() < (hidden[i] > 0 ? 0.5 : scores[i]);
        }

        return (new FeatureTable(n).WithNumeric("hidden", hidden), scores, truth);
    }

    private static double[] Draw(int n, ulong seed, out int[] truth)
    {
        var random = new RandomSource(seed);
        var probabilities = new double[3 * n];
        truth = new int[n];
        for (var i = 0; i < n; i++)
        {
            var row = probabilities.AsSpan(3 * i, 3);
            var sum = 0.0;
            for (var k = 0; k < 3; k++)
                sum += row[k] = Math.Exp(1.5 * random.NextGaussian());
            var u = random.NextDouble();
            for (var k = 0; k < 3; k++)
            {
                row[k] /= sum;
                if (u >= 0 && (u -= row[k]) < 0)
                    truth[i] = k;
            }
        }

        return probabilities;
    }
}
