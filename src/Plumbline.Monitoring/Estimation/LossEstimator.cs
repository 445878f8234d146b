using Plumbline.Monitoring.Samples;
using Plumbline.Statistics.Estimation;

namespace Plumbline.Monitoring.Estimation;

/// <summary>
/// What the labelled reference of a regression model says about rows without ground truth: boosted trees that know its losses (DLE).
/// Immutable.
/// </summary>
public sealed class LossEstimator
{
    // Each further fold costs two more models at every prediction; three leave an interval that the tests find honest.
    private const int Folds = 3;

    private readonly RegressionPerformanceEstimator _estimator;
    private readonly (double Low, double High) _predictions;
    private readonly (double Low, double High)?[] _ranges;
    private readonly HashSet<string>?[] _categories;

    /// <param name="reference">Labelled rows of the reference.</param>
    /// <param name="features">The features that <paramref name="reference"/> was read with.</param>
    public LossEstimator(RowSample reference, FeatureSelection features)
    {
        Features = features;
        _predictions = (reference.PredictionValues.Min(), reference.PredictionValues.Max());
        _ranges = [.. features.Features.Select((_, i) => reference.RangeOf(i))];
        _categories = [.. features.Features.Select((_, i) => reference.CategoriesOf(i))];
        _estimator = RegressionPerformanceEstimator.Fit(
            reference.ToTable(),
            [.. reference.PredictionValues],
            [.. reference.GroundTruthValues],
            folds: Folds
        );
    }

    public FeatureSelection Features { get; }

    /// <summary>The losses of the sample's rows, for any number of scopes.</summary>
    public PredictedLosses Predict(RowSample sample) => _estimator.Predict(sample.ToTable(), [.. sample.PredictionValues]);

    /// <summary>Estimates over some of the rows.</summary>
    public IReadOnlyList<NamedEstimate> Estimate(PredictedLosses losses, ReadOnlySpan<int> rows)
    {
        var estimate = _estimator.Estimate(losses, rows);
        return [new("mae", estimate.MeanAbsoluteError.Estimate), new("rmse", estimate.RootMeanSquaredError.Estimate)];
    }

    /// <summary>
    /// True when the prediction or a feature of the row lies beyond everything that the reference had: trees do not extrapolate.
    /// </summary>
    public bool IsOutside(RowSample sample, int row)
    {
        var answer = sample.PredictionValues[row];
        if (answer < _predictions.Low || answer > _predictions.High)
            return true;
        for (var i = 0; i < _ranges.Length; i++)
        {
            if (_ranges[i] is { } range && sample.NumberAt(i, row) is var number && (number < range.Low || number > range.High))
                return true;
            if (_categories[i] is { } known && sample.TextAt(i, row) is { } text && !known.Contains(text))
                return true;
        }

        return false;
    }
}
