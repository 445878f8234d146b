using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>What one decision of a model cost, and what it is expected to cost. Pure.</summary>
internal sealed class RowPrices(ModelDefinition model, DecisionCost cost, AnswerEstimator? estimator)
{
    private readonly string? _positive = model.EffectivePositiveClass;

    public ModelDefinition Model => model;

    /// <summary>The cost of a row whose ground truth is known; null when it is not, or when the matrix does not price it.</summary>
    public double? Realised(LabelledGroup group)
    {
        if (!group.HasGroundTruth)
            return null;
        if (model.Task == ModelTask.Regression)
            return cost.PerUnitOfError * Math.Abs(group.PredictionValue - group.GroundTruthValue) * group.Value;
        return cost.Of(group.GroundTruth, group.Prediction, _positive) * group.Value;
    }

    /// <summary>
    /// Mean and variance of the cost of a row over what may be true of it; null without a calibrated score or a price for each possibility.
    /// </summary>
    public (double Mean, double Variance)? Expected(LabelledGroup group)
    {
        if (estimator is null || !estimator.Takes(group) || estimator.GroundTruths(group) is not { } truths)
            return null;
        double mean = 0,
            square = 0;
        foreach (var (truth, probability) in truths)
        {
            if (probability == 0)
                continue;
            if (cost.Of(truth, group.Prediction, _positive) * group.Value is not { } price)
                return null;
            (mean, square) = (mean + (probability * price), square + (probability * price * price));
        }

        return (mean, Math.Max(0, square - (mean * mean)));
    }
}
