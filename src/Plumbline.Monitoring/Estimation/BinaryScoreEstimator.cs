using Plumbline.Monitoring.Performance;
using Plumbline.Statistics;
using Plumbline.Statistics.Estimation;
using Plumbline.Statistics.Performance;

namespace Plumbline.Monitoring.Estimation;

/// <summary>A binary model: its score, calibrated on the reference (CBPE).</summary>
public sealed class BinaryScoreEstimator : AnswerEstimator
{
    private readonly BinaryPerformanceEstimator _estimator;
    private readonly string _positive;
    private readonly string _negative;
    private readonly double _low;
    private readonly double _high;

    /// <param name="scores">P(positive) of the reference's rows; finite.</param>
    /// <param name="groundTruths">Their ground truth.</param>
    /// <param name="positive">The positive class.</param>
    public BinaryScoreEstimator(double[] scores, IReadOnlyList<string> groundTruths, string positive)
    {
        _positive = positive;
        _negative = groundTruths.FirstOrDefault(truth => truth != positive) ?? "";
        (_low, _high) = (scores.Min(), scores.Max());
        _estimator = BinaryPerformanceEstimator.Fit(scores, [.. groundTruths.Select(truth => truth == positive)]);
    }

    public override IReadOnlyList<string> Metrics { get; } = ["accuracy", "precision", "recall", "f1", "roc_auc"];

    public override bool Takes(LabelledGroup group) => double.IsFinite(group.Score);

    public override bool IsOutside(LabelledGroup group) => group.Score < _low || group.Score > _high;

    public override IReadOnlyList<NamedEstimate> Estimate(IReadOnlyList<LabelledGroup> groups)
    {
        var estimate = _estimator.Estimate(
            [.. groups.Select(group => group.Score)],
            [.. groups.Select(group => group.Prediction == _positive)],
            [.. groups.Select(group => (double)group.Count)]
        );
        return Named(estimate.Accuracy, estimate.Precision, estimate.Recall, estimate.F1, estimate.RocAuc);
    }

    public override IReadOnlyList<KeyValuePair<string, double>> GroundTruths(LabelledGroup group)
    {
        var positive = _estimator.Calibrate(group.Score);
        return [new(_positive, positive), new(_negative, 1 - positive)];
    }

    public override IReadOnlyList<NamedEstimate> Realised(IReadOnlyList<LabelledGroup> labelled) =>
        [
            RealisedAccuracy(labelled),
            new(
                "roc_auc",
                Roc.Area(
                    ScoreCounts.From(
                        [.. labelled.Select(group => group.Score)],
                        [.. labelled.Select(group => group.GroundTruth == _positive)],
                        [.. labelled.Select(group => (double)group.Count)]
                    )
                )
            ),
        ];
}
