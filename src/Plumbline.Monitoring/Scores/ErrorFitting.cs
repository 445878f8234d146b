using System.Collections.Immutable;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Calibration;

namespace Plumbline.Monitoring.Scores;

/// <summary>What the labelled reference says of wrong classes: a calibration of scores.</summary>
internal static class ErrorFitting
{
    /// <summary>Stretches of scores with about as many rows each, whose frequencies are then made to rise or fall.</summary>
    private const int Stretches = 50;

    /// <summary>Rows of a stretch at least: a frequency of fewer says little.</summary>
    private const int RowsPerStretch = 20;

    private const double Clip = 1e-9;

    /// <summary>The curve of <see cref="ScoreFit.Error"/>; null without enough ground truth.</summary>
    public static Curve? Of(ModelDefinition model, RowSample labelled)
    {
        List<(double At, double Value)> points = model.Task switch
        {
            ModelTask.Binary when model.EffectivePositiveClass is { } positive => Points(
                labelled,
                row => labelled.Scores[row],
                row => labelled.GroundTruths[row] == positive ? 1 : 0
            ),
            ModelTask.Multiclass => Points(
                labelled,
                row => labelled.Scores[row],
                row => labelled.GroundTruths[row] == labelled.Predictions[row] ? 0 : 1
            ),
            _ => [],
        };
        if (points.Count < EstimatorCatalog.LeastRows)
            return null;
        var (x, y, weights) = Stretched(points);
        // More confident answers of several classes are wrong less often: the same fit, turned over.
        var sign = model.Task == ModelTask.Multiclass ? -1 : 1;
        var fit = IsotonicRegression.Fit(x, [.. y.Select(value => sign * value)], weights);
        return new Curve([.. x], [.. x.Select(at => Math.Clamp(sign * fit.Predict(at), 0, 1))]);
    }

    /// <summary>The temperature of a binary model's scores; 1 without enough ground truth.</summary>
    public static double Temperature(ModelDefinition model, RowSample labelled)
    {
        if (model.EffectivePositiveClass is not { } positive)
            return 1;
        var probabilities = new List<double>();
        var truths = new List<int>();
        for (var row = 0; row < labelled.Rows; row++)
        {
            if (labelled.Scores[row] is not (>= 0 and <= 1))
                continue;
            probabilities.AddRange([1 - labelled.Scores[row], labelled.Scores[row]]);
            truths.Add(labelled.GroundTruths[row] == positive ? 1 : 0);
        }

        return Fit(probabilities, 2, truths);
    }

    /// <summary>The temperature of class probabilities, row by row; 1 without enough ground truth.</summary>
    public static double Temperature(ImmutableArray<string> classes, IReadOnlyList<double> probabilities, IReadOnlyList<string> truths) =>
        Fit(probabilities, classes.Length, [.. truths.Select(truth => classes.IndexOf(truth))]);

    private static double Fit(IReadOnlyList<double> probabilities, int classes, List<int> truths) =>
        truths.Count < EstimatorCatalog.LeastRows
            ? 1
            : TemperatureScaling
                .Fit([.. probabilities.Select(probability => Math.Log(Math.Clamp(probability, Clip, 1)))], classes, [.. truths])
                .Temperature;

    private static List<(double At, double Value)> Points(RowSample sample, Func<int, double> at, Func<int, double> value) =>
        [
            .. Enumerable
                .Range(0, sample.Rows)
                .Select(row => (at(row), value(row)))
                .Where(point => double.IsFinite(point.Item1) && double.IsFinite(point.Item2))
                .OrderBy(point => point.Item1),
        ];

    private static (double[] X, double[] Y, double[] Weights) Stretched(List<(double At, double Value)> points)
    {
        List<double> x = [],
            y = [],
            weights = [];
        var size = Math.Max(RowsPerStretch, (int)Math.Ceiling(points.Count / (double)Stretches));
        for (var first = 0; first < points.Count; )
        {
            var end = Math.Min(points.Count, first + size);
            // Equal scores are one stretch, and a remainder goes to the last.
            while (end < points.Count && (points[end].At <= points[end - 1].At || points.Count - end < RowsPerStretch))
                end++;
            var part = points[first..end];
            x.Add(part.Average(point => point.At));
            y.Add(part.Average(point => point.Value));
            weights.Add(part.Count);
            first = end;
        }

        return ([.. x], [.. y], [.. weights]);
    }
}
