using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Estimation;

/// <summary>Expected performance of a regression model on rows without ground truth.</summary>
/// <param name="MeanAbsoluteError">Mean of the predicted |error|.</param>
/// <param name="RootMeanSquaredError">Root of the mean predicted squared error.</param>
/// <param name="Warnings">Which assumptions look broken, in words.</param>
public sealed record RegressionEstimate(
    EstimatedMetric MeanAbsoluteError,
    EstimatedMetric RootMeanSquaredError,
    IReadOnlyList<string> Warnings
);

/// <summary>Losses that a <see cref="RegressionPerformanceEstimator"/> predicted for some rows. Immutable.</summary>
public sealed class PredictedLosses
{
    internal PredictedLosses(double[] predictions, double[] absolute, double[] square, double[][] absoluteByModel, double[][] squareByModel)
    {
        (Predictions, Absolute, Square, AbsoluteByModel, SquareByModel) = (predictions, absolute, square, absoluteByModel, squareByModel);
    }

    /// <summary>Number of rows.</summary>
    public int Rows => Predictions.Length;

    internal double[] Predictions { get; }

    internal double[] Absolute { get; }

    internal double[] Square { get; }

    internal double[][] AbsoluteByModel { get; }

    internal double[][] SquareByModel { get; }
}

/// <summary>
/// Direct loss estimation (DLE): boosted trees learn the loss of each reference row from its features and prediction; their mean over new
/// rows estimates the performance there, its level set by rows that the trees had not seen (<see cref="LossNoise"/>). R2 cannot be had this
/// way. Assumes that the relation between features and loss holds; trees do not extrapolate. Fit on rows that trained neither model.
/// Immutable.
/// </summary>
public sealed class RegressionPerformanceEstimator
{
    private const string PredictionColumn = "@prediction";
    private static readonly TreeOptions Trees = new()
    {
        Objective = TreeObjective.SquaredError,
        Trees = 100,
        Leaves = 31,
        LearningRate = 0.1,
        L2 = 0,
    };

    private readonly (GradientBoostedTrees Absolute, GradientBoostedTrees Square) _whole;
    private readonly List<(GradientBoostedTrees Absolute, GradientBoostedTrees Square)> _models;
    private readonly LossNoise _noise;
    private readonly double _minimum;
    private readonly double _maximum;
    private readonly FeatureTable _shape;

    private RegressionPerformanceEstimator(
        (GradientBoostedTrees Absolute, GradientBoostedTrees Square) whole,
        List<(GradientBoostedTrees Absolute, GradientBoostedTrees Square)> models,
        LossNoise noise,
        double minimum,
        double maximum,
        FeatureTable shape
    )
    {
        _whole = whole;
        _models = models;
        _noise = noise;
        _minimum = minimum;
        _maximum = maximum;
        _shape = shape;
    }

    /// <summary>Fits on the reference.</summary>
    /// <param name="features">Features of the monitored model.</param>
    /// <param name="predictions">Its predictions, finite.</param>
    /// <param name="groundTruth">The true values, finite.</param>
    /// <param name="seed">Seed of folds and trees.</param>
    /// <param name="folds">Further loss models, each without one fold, 2 .. 20: their spread is the model part of the interval, their
    /// held-out rows the level and the noise of the loss.</param>
    /// <exception cref="ArgumentException">Lengths differ, a value is not finite, fewer than 20 rows per fold.</exception>
    public static RegressionPerformanceEstimator Fit(
        FeatureTable features,
        ReadOnlySpan<double> predictions,
        ReadOnlySpan<double> groundTruth,
        ulong seed = 1,
        int folds = 5
    )
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, 20);
        Require.SameLength(features.Rows, predictions.Length, nameof(predictions));
        Require.SameLength(features.Rows, groundTruth.Length, nameof(groundTruth));
        Require.Finite(predictions);
        Require.Finite(groundTruth);
        if (features.Rows < 20 * folds)
            throw new ArgumentException($"{features.Rows} rows; {20 * folds} are needed for {folds} folds.", nameof(features));
        var table = WithPrediction(features, predictions);
        var absolute = new double[features.Rows];
        var square = new double[features.Rows];
        for (var i = 0; i < absolute.Length; i++)
        {
            absolute[i] = Math.Abs(predictions[i] - groundTruth[i]);
            square[i] = absolute[i] * absolute[i];
        }

        var foldOf = new int[features.Rows];
        Rows.Spread(foldOf, folds, new RandomSource(seed));
        List<(GradientBoostedTrees Absolute, GradientBoostedTrees Square)> models = [];
        var (heldAbsolute, heldSquare) = (new double[features.Rows], new double[features.Rows]);
        for (var fold = 0; fold < folds; fold++)
        {
            var (inside, outside) = Rows.Of(foldOf, fold);
            var train = table.Select(outside);
            var model = (
                GradientBoostedTrees.Fit(train, Rows.Take<double>(absolute, outside), Trees with { Seed = seed + (ulong)fold }),
                GradientBoostedTrees.Fit(train, Rows.Take<double>(square, outside), Trees with { Seed = seed + (ulong)fold })
            );
            models.Add(model);
            var rows = table.Select(inside);
            var (guessAbsolute, guessSquare) = (Losses(model.Item1.Predict(rows)), Losses(model.Item2.Predict(rows)));
            for (var i = 0; i < inside.Length; i++)
                (heldAbsolute[inside[i]], heldSquare[inside[i]]) = (guessAbsolute[i], guessSquare[i]);
        }

        var (low, high) = Range(predictions);
        var whole = (
            GradientBoostedTrees.Fit(table, absolute, Trees with { Seed = seed }),
            GradientBoostedTrees.Fit(table, square, Trees with { Seed = seed })
        );
        return new RegressionPerformanceEstimator(
            whole,
            models,
            LossNoise.Of(absolute, square, heldAbsolute, heldSquare, new RandomSource(seed + (ulong)folds)),
            low,
            high,
            features.Select([])
        );
    }

    /// <summary>Predicts the losses of rows, once, so that any number of subsets of them can be estimated.</summary>
    /// <exception cref="ArgumentException">Columns or lengths differ, or a prediction is not finite.</exception>
    public PredictedLosses Predict(FeatureTable features, ReadOnlySpan<double> predictions)
    {
        ArgumentNullException.ThrowIfNull(features);
        _shape.CheckSameColumns(features, nameof(features));
        Require.SameLength(features.Rows, predictions.Length, nameof(predictions));
        Require.Finite(predictions);
        if (features.Rows == 0)
            return new PredictedLosses([], [], [], [], []);
        var table = WithPrediction(features, predictions);
        return new PredictedLosses(
            predictions.ToArray(),
            Losses(_whole.Absolute.Predict(table)),
            Losses(_whole.Square.Predict(table)),
            [.. _models.Select(m => Losses(m.Absolute.Predict(table)))],
            [.. _models.Select(m => Losses(m.Square.Predict(table)))]
        );
    }

    /// <summary>Estimates the performance on rows without ground truth.</summary>
    /// <exception cref="ArgumentException">Columns or lengths differ, or a prediction is not finite.</exception>
    public RegressionEstimate Estimate(FeatureTable features, ReadOnlySpan<double> predictions)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Estimate(Predict(features, predictions), [.. Enumerable.Range(0, features.Rows)]);
    }

    /// <summary>Estimates the performance on some of the rows whose losses were predicted.</summary>
    /// <param name="losses">From <see cref="Predict"/> of this estimator.</param>
    /// <param name="rows">Positions in <paramref name="losses"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not there.</exception>
    public RegressionEstimate Estimate(PredictedLosses losses, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(losses);
        foreach (var row in rows)
        {
            if (row < 0 || row >= losses.Rows)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"There are {losses.Rows} rows.");
        }

        if (rows.IsEmpty)
        {
            var none = EstimatedMetric.None(Statistics.Estimate.Insufficient(0, null, "no rows"));
            return new RegressionEstimate(none, none, []);
        }

        var (mae, mse) = _noise.Draw(
            [.. Rows.Take<double>(losses.Absolute, rows.ToArray())],
            [.. Rows.Take<double>(losses.Square, rows.ToArray())],
            Jackknife(Means(losses.AbsoluteByModel, rows)),
            Jackknife(Means(losses.SquareByModel, rows))
        );
        return new RegressionEstimate(
            mae.Metric(static value => value),
            mse.Metric(Math.Sqrt),
            Warnings(Rows.Take<double>(losses.Predictions, rows.ToArray()))
        );
    }

    private static double[] Means(double[][] byModel, ReadOnlySpan<int> rows)
    {
        var means = new double[byModel.Length];
        for (var m = 0; m < means.Length; m++)
        {
            foreach (var i in rows)
                means[m] += byModel[m][i] / rows.Length;
        }

        return means;
    }

    private static FeatureTable WithPrediction(FeatureTable features, ReadOnlySpan<double> predictions) =>
        features.WithNumeric(PredictionColumn, predictions.ToArray());

    // A loss is never negative, whatever a tree says.
    private static double[] Losses(double[] predicted)
    {
        for (var i = 0; i < predicted.Length; i++)
            predicted[i] = Math.Max(0, predicted[i]);
        return predicted;
    }

    // Delete-a-group jackknife: each model lacks one fold.
    private static double Jackknife(double[] values)
    {
        var mean = values.Average();
        return (values.Length - 1.0) / values.Length * values.Sum(v => (v - mean) * (v - mean));
    }

    private static (double Low, double High) Range(ReadOnlySpan<double> values)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        foreach (var value in values)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return (low, high);
    }

    private List<string> Warnings(ReadOnlySpan<double> predictions)
    {
        var outside = 0;
        foreach (var value in predictions)
            outside += value < _minimum || value > _maximum ? 1 : 0;
        return outside > 0.01 * predictions.Length
            ?
            [
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{100.0 * outside / predictions.Length:0.#} % of the predictions lie outside the range seen in the reference: "
                        + $"trees do not extrapolate the loss"
                ),
            ]
            : [];
    }
}
