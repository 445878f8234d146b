using Plumbline.Monitoring.Performance;
using Plumbline.Statistics.Estimation;

namespace Plumbline.Monitoring.Estimation;

/// <summary>
/// A model of several classes whose reference has the confidence of the answered class only: "is the answer right?" is a question with two
/// outcomes, so its calibrated confidence estimates the accuracy, and nothing else.
/// </summary>
public sealed class ConfidenceEstimator : AnswerEstimator
{
    private readonly BinaryPerformanceEstimator _estimator;
    private readonly double _low;
    private readonly double _high;

    /// <param name="confidences">Probability of the answered class of the reference's rows; finite.</param>
    /// <param name="right">Whether the answer was right.</param>
    public ConfidenceEstimator(double[] confidences, bool[] right)
    {
        (_low, _high) = (confidences.Min(), confidences.Max());
        _estimator = BinaryPerformanceEstimator.Fit(confidences, right);
    }

    public override IReadOnlyList<string> Metrics { get; } = ["accuracy"];

    public override bool Takes(LabelledGroup group) => double.IsFinite(group.Score);

    public override bool IsOutside(LabelledGroup group) => group.Score < _low || group.Score > _high;

    public override IReadOnlyList<NamedEstimate> Estimate(IReadOnlyList<LabelledGroup> groups)
    {
        var decisions = new bool[groups.Count];
        Array.Fill(decisions, true);
        var estimate = _estimator.Estimate(
            [.. groups.Select(group => group.Score)],
            decisions,
            [.. groups.Select(group => (double)group.Count)]
        );
        return [new("accuracy", estimate.Accuracy.Estimate)];
    }

    public override IReadOnlyList<NamedEstimate> Realised(IReadOnlyList<LabelledGroup> labelled) => [RealisedAccuracy(labelled)];
}
