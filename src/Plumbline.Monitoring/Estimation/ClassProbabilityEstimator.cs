using System.Collections.Immutable;
using Plumbline.Monitoring.Performance;
using Plumbline.Statistics.Estimation;

namespace Plumbline.Monitoring.Estimation;

/// <summary>
/// A model of several classes that gives all probabilities: each class's is calibrated on the reference (CBPE, one against the rest).
/// </summary>
public sealed class ClassProbabilityEstimator : AnswerEstimator
{
    /// <summary>Classes up to which it is affordable per window and scope; beyond, the confidence alone is used.</summary>
    public const int MostClasses = 30;

    private readonly MulticlassPerformanceEstimator _estimator;
    private readonly Dictionary<string, int> _index;
    private readonly double[] _low;
    private readonly double[] _high;

    /// <param name="probabilities">Row-major rows x classes of the reference; finite.</param>
    /// <param name="groundTruths">Their ground truth; one of the classes each.</param>
    /// <param name="classes">The model's classes in the order of the probabilities.</param>
    public ClassProbabilityEstimator(double[] probabilities, IReadOnlyList<string> groundTruths, ImmutableArray<string> classes)
    {
        _index = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
        (_low, _high) = (
            Enumerable.Repeat(double.PositiveInfinity, classes.Length).ToArray(),
            Enumerable.Repeat(double.NegativeInfinity, classes.Length).ToArray()
        );
        for (var i = 0; i < probabilities.Length; i++)
        {
            var k = i % classes.Length;
            (_low[k], _high[k]) = (Math.Min(_low[k], probabilities[i]), Math.Max(_high[k], probabilities[i]));
        }

        _estimator = MulticlassPerformanceEstimator.Fit(classes.Length, probabilities, [.. groundTruths.Select(truth => _index[truth])]);
    }

    public override IReadOnlyList<string> Metrics { get; } = ["accuracy", "precision", "recall", "f1", "roc_auc"];

    public override bool NeedsProbabilities => true;

    public override bool Takes(LabelledGroup group) =>
        group.Probabilities.Length == _index.Count
        && _index.ContainsKey(group.Prediction)
        && Array.TrueForAll(group.Probabilities, double.IsFinite);

    public override bool IsOutside(LabelledGroup group)
    {
        for (var k = 0; k < _low.Length; k++)
        {
            if (group.Probabilities[k] < _low[k] || group.Probabilities[k] > _high[k])
                return true;
        }

        return false;
    }

    public override IReadOnlyList<NamedEstimate> Estimate(IReadOnlyList<LabelledGroup> groups)
    {
        var probabilities = new List<double>();
        var predictions = new List<int>();
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Count; i++)
            {
                probabilities.AddRange(group.Probabilities);
                predictions.Add(_index[group.Prediction]);
            }
        }

        var estimate = _estimator.Estimate([.. probabilities], [.. predictions]);
        return Named(estimate.Accuracy, estimate.Precision, estimate.Recall, estimate.F1, estimate.RocAuc);
    }

    public override IReadOnlyList<KeyValuePair<string, double>> GroundTruths(LabelledGroup group)
    {
        var calibrated = _estimator.CalibratedProbabilities(group.Probabilities);
        return [.. _index.Select(pair => KeyValuePair.Create(pair.Key, calibrated[pair.Value]))];
    }

    public override IReadOnlyList<NamedEstimate> Realised(IReadOnlyList<LabelledGroup> labelled) => [RealisedAccuracy(labelled)];
}
