using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Estimation;

/// <summary>Expected performance of a model with several classes on rows without ground truth.</summary>
/// <param name="ExpectedConfusion">Expected counts of (ground truth, prediction).</param>
/// <param name="Accuracy">Mean calibrated probability of the predicted class.</param>
/// <param name="Precision">Macro average over the classes.</param>
/// <param name="Recall">Macro average over the classes.</param>
/// <param name="F1">Macro average over the classes.</param>
/// <param name="RocAuc">Mean one-versus-rest area; its sampling error takes the classes' errors as fully correlated (conservative).</param>
/// <param name="Warnings">Which assumptions look broken, in words.</param>
public sealed record MulticlassEstimate(
    ConfusionMatrix ExpectedConfusion,
    EstimatedMetric Accuracy,
    EstimatedMetric Precision,
    EstimatedMetric Recall,
    EstimatedMetric F1,
    EstimatedMetric RocAuc,
    IReadOnlyList<string> Warnings
);

/// <summary>
/// Confidence-based performance estimation for several classes: each class's probability is calibrated one-versus-rest, rows are
/// renormalised to sum 1. Assumptions as for <see cref="BinaryPerformanceEstimator"/>. Immutable after fitting.
/// </summary>
public sealed class MulticlassPerformanceEstimator
{
    private const int SpreadRows = 5000;

    private readonly BinaryCalibration[] _calibrations;

    private MulticlassPerformanceEstimator(BinaryCalibration[] calibrations) => _calibrations = calibrations;

    /// <summary>Number of classes.</summary>
    public int Classes => _calibrations.Length;

    /// <summary>Fits on the reference.</summary>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="probabilities">Row-major rows x classes, finite.</param>
    /// <param name="groundTruth">Class index per row.</param>
    /// <param name="options">Null = defaults.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, no rows, a class out of range.</exception>
    public static MulticlassPerformanceEstimator Fit(
        int classes,
        ReadOnlySpan<double> probabilities,
        ReadOnlySpan<int> groundTruth,
        EstimatorOptions? options = null
    )
    {
        options ??= new EstimatorOptions { Refits = 20 };
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Require.SameLength(groundTruth.Length * classes, probabilities.Length, nameof(probabilities));
        Require.Finite(probabilities);
        var calibrations = new BinaryCalibration[classes];
        var scores = new double[groundTruth.Length];
        var truth = new bool[groundTruth.Length];
        for (var k = 0; k < classes; k++)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                if (groundTruth[i] < 0 || groundTruth[i] >= classes)
                    throw new ArgumentOutOfRangeException(nameof(groundTruth), groundTruth[i], $"Classes are numbered 0 .. {classes - 1}.");
                (scores[i], truth[i]) = (probabilities[i * classes + k], groundTruth[i] == k);
            }

            calibrations[k] = BinaryCalibration.Fit(scores, truth, [], options with { Seed = options.Seed + (ulong)k });
        }

        return new MulticlassPerformanceEstimator(calibrations);
    }

    /// <summary>Estimates the performance on rows without ground truth.</summary>
    /// <param name="probabilities">Row-major rows x classes, finite.</param>
    /// <param name="predictions">The model's own decision per row, a class index.</param>
    public MulticlassEstimate Estimate(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> predictions)
    {
        Require.SameLength(predictions.Length * Classes, probabilities.Length, nameof(probabilities));
        Require.Finite(probabilities);
        var confusion = new ConfusionMatrix(Classes);
        if (predictions.IsEmpty)
        {
            var none = EstimatedMetric.None(Statistics.Estimate.Insufficient(0, null, "no rows"));
            return new MulticlassEstimate(confusion, none, none, none, none, none, []);
        }

        var calibrated = Calibrate(probabilities, -1);
        Fill(confusion, calibrated, predictions);
        var orders = OrdersOf(probabilities);
        var area = Area(orders, calibrated, withVariance: true);
        var spread = Spread(probabilities, predictions, orders);
        var expected = ExpectedMacro.Of(confusion, calibrated, predictions);
        var draws = LabelDraws.Of(Classes, calibrated, predictions);
        var n = predictions.Length;
        var warnings = new List<string>();
        foreach (var (calibration, k) in _calibrations.Select((c, k) => (c, k)))
        {
            warnings.AddRange(calibration.Warnings(orders[k].Groups).Select(w => $"class {k}: {w}"));
        }

        return new MulticlassEstimate(
            confusion,
            EstimatedMetric.Of(expected.Accuracy, n, VarianceOfAccuracy(calibrated, predictions), spread[0] * spread[0], 0, 1),
            draws.Metric(0, expected.Precision, n, spread[1]),
            draws.Metric(1, expected.Recall, n, spread[2]),
            draws.Metric(2, expected.F1, n, spread[3]),
            double.IsNaN(area.Area)
                ? EstimatedMetric.None(Statistics.Estimate.Undefined(n, null, "every row is surely of one class"))
                : EstimatedMetric.Of(area.Area, n, area.Variance, spread[4] * spread[4], 0, 1),
            warnings
        );
    }

    /// <summary>The calibrated probabilities of rows, each row adding up to 1.</summary>
    /// <param name="probabilities">Row-major rows x classes, finite.</param>
    /// <exception cref="ArgumentException">No whole number of rows, or a number that is not finite.</exception>
    public double[] CalibratedProbabilities(ReadOnlySpan<double> probabilities)
    {
        Require.SameLength(probabilities.Length / Classes * Classes, probabilities.Length, nameof(probabilities));
        Require.Finite(probabilities);
        return Calibrate(probabilities, -1);
    }

    private static void Fill(ConfusionMatrix confusion, double[] calibrated, ReadOnlySpan<int> predictions)
    {
        for (var i = 0; i < predictions.Length; i++)
        {
            for (var k = 0; k < confusion.Classes; k++)
                confusion.Add(k, predictions[i], calibrated[i * confusion.Classes + k]);
        }
    }

    // Exact: the number of right decisions is Poisson-binomial.
    private double VarianceOfAccuracy(double[] calibrated, ReadOnlySpan<int> predictions)
    {
        var variance = 0.0;
        for (var i = 0; i < predictions.Length; i++)
        {
            var right = calibrated[i * Classes + predictions[i]];
            variance += right * (1 - right);
        }

        return variance / predictions.Length / predictions.Length;
    }

    private double[] Calibrate(ReadOnlySpan<double> probabilities, int refit)
    {
        var calibrated = new double[probabilities.Length];
        for (var i = 0; i < calibrated.Length; i += Classes)
        {
            var sum = 0.0;
            for (var k = 0; k < Classes; k++)
            {
                var calibration = _calibrations[k];
                var p = refit < 0 ? calibration.Predict(probabilities[i + k]) : calibration.Refits[refit].Predict(probabilities[i + k]);
                sum += calibrated[i + k] = Math.Clamp(p, 0, 1);
            }

            for (var k = 0; k < Classes; k++)
                calibrated[i + k] = sum > 0 ? calibrated[i + k] / sum : 1.0 / Classes;
        }

        return calibrated;
    }

    private ScoreOrder[] OrdersOf(ReadOnlySpan<double> probabilities)
    {
        var orders = new ScoreOrder[Classes];
        for (var k = 0; k < orders.Length; k++)
            orders[k] = ScoreOrder.Of(probabilities, Classes, k);
        return orders;
    }

    private static (double Area, double Variance) Area(ScoreOrder[] orders, double[] calibrated, bool withVariance)
    {
        double area = 0,
            deviation = 0;
        var used = 0;
        foreach (var order in orders)
        {
            var ranking = ExpectedRanking.Of(order.Groups, order.Means(calibrated), withVariance);
            if (double.IsNaN(ranking.Area))
                continue;
            area += ranking.Area;
            deviation += Math.Sqrt(ranking.Variance);
            used++;
        }

        return used == 0 ? (double.NaN, double.NaN) : (area / used, deviation / used * (deviation / used));
    }

    private double[] Spread(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> predictions, ScoreOrder[] orders)
    {
        var refits = _calibrations.Min(c => c.Refits.Count);
        if (refits < 2)
            return new double[5];
        // Rows evenly spaced stand for all: the spread of refits needs no more.
        var step = Math.Max(1, predictions.Length / SpreadRows);
        List<double> rows = [];
        List<int> decisions = [];
        for (var i = 0; i < predictions.Length; i += step)
        {
            rows.AddRange(probabilities.Slice(i * Classes, Classes));
            decisions.Add(predictions[i]);
        }

        double[] sample = [.. rows];
        int[] answers = [.. decisions];
        if (step > 1)
            orders = OrdersOf(sample);
        var fit = Values(sample, answers, orders, -1);
        var values = Enumerable.Range(0, refits).Select(r => Values(sample, answers, orders, r)).ToArray();
        // Around the fit, not around the refits' mean: that the refits lie to one side of it is an error, too.
        return [.. Enumerable.Range(0, 5).Select(v => Math.Sqrt(values.Average(row => (row[v] - fit[v]) * (row[v] - fit[v]))))];
    }

    private double[] Values(double[] probabilities, int[] predictions, ScoreOrder[] orders, int refit)
    {
        var calibrated = Calibrate(probabilities, refit);
        var confusion = new ConfusionMatrix(Classes);
        Fill(confusion, calibrated, predictions);
        var (accuracy, precision, recall, f1) = ExpectedMacro.Of(confusion, calibrated, predictions);
        var area = Area(orders, calibrated, withVariance: false).Area;
        return [accuracy, precision, recall, f1, double.IsNaN(area) ? 0.5 : area];
    }
}
