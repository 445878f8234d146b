using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Performance;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>What decisions would have cost if scores from a threshold on were called positive.</summary>
/// <param name="Threshold">The least score that is positive; above 1: nothing is.</param>
/// <param name="CostPer1000">With its 95 % interval.</param>
/// <param name="PositiveShare">Rows that are called positive.</param>
public sealed record ThresholdCost(double Threshold, Estimate CostPer1000, double PositiveShare);

/// <summary>The costs of thresholds over the labelled rows of a range.</summary>
public sealed record ThresholdAdvice
{
    /// <summary>Why there is none; null when there is.</summary>
    public string? Gap { get; init; }

    public IReadOnlyList<ThresholdCost> Points { get; init; } = [];

    /// <summary>The cheapest point.</summary>
    public ThresholdCost? Cheapest { get; init; }

    /// <summary>What the model's own decisions cost on the same rows.</summary>
    public Estimate? Own { get; init; }

    /// <summary>Labelled rows with a score.</summary>
    public long Rows { get; init; }

    /// <summary>True when the declared costs are multiplied by a value feature, which this leaves out.</summary>
    public bool LeavesOutValue { get; init; }
}

/// <summary>Says which threshold on a binary model's score would have been cheapest on the rows whose ground truth is known.</summary>
public sealed class ThresholdAdvisor(LabelledGroups labelled)
{
    private const int Thresholds = 50;
    private const long FewestRows = 200;
    private const double Thousand = 1000;

    public async Task<ThresholdAdvice> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        if (model.Task != ModelTask.Binary)
            return new() { Gap = "Only a binary model has a threshold." };
        if (model.Cost is not { } cost || model.EffectivePositiveClass is not { } positive)
        {
            return new()
            {
                Gap =
                    "The model declares no cost: put \"cost\": {\"false_positive\": .., \"false_negative\": .., \"currency\": \"EUR\"} into PUT /v1/models/{model}.",
            };
        }

        var negative = model.Classes.FirstOrDefault(name => name != positive) ?? "";
        var matrix = new CostMatrix(
            FalsePositive: Price(negative, positive),
            FalseNegative: Price(positive, negative),
            TruePositive: Price(positive, positive),
            TrueNegative: Price(negative, negative)
        );
        var rows = (await labelled.ReadAsync(model, from, to, to - from, cancellation))
            .Where(group => group.HasGroundTruth && double.IsFinite(group.Score))
            .ToList();
        var count = rows.Sum(group => group.Count);
        if (count < FewestRows)
            return new() { Gap = $"{count} of {FewestRows} labelled rows with a score: too few to advise.", Rows = count };
        var scores = ScoreCounts.From(
            [.. rows.Select(row => row.Score)],
            [.. rows.Select(row => row.GroundTruth == positive)],
            [.. rows.Select(row => (double)row.Count)]
        );
        var own = ThresholdSweep.RealisedCost(Confusion(rows, positive), matrix);
        var points = ThresholdSweep
            .Of(scores, matrix, Thresholds)
            .Select(point => Point(point, matrix))
            .OrderBy(point => point.Threshold)
            .ToList();
        return new ThresholdAdvice
        {
            Points = points,
            // The cheapest of all thresholds, not only of those that are shown.
            Cheapest = ThresholdSweep.Cheapest(scores, matrix) is { } best ? Point(best, matrix) : null,
            Own = PerThousand(own),
            Rows = count,
            LeavesOutValue = cost.ValueFeature is not null,
        };

        double Price(string truth, string decision) => cost.Of(truth, decision, positive) ?? 0;
    }

    private static ThresholdCost Point(ThresholdPoint point, CostMatrix matrix) =>
        new(
            double.IsInfinity(point.Threshold) ? Math.BitIncrement(1) : point.Threshold,
            PerThousand(ThresholdSweep.RealisedCost(point.Confusion, matrix)),
            (point.Confusion.TruePositive + point.Confusion.FalsePositive) / point.Confusion.Total
        );

    private static Estimate PerThousand(Estimate mean) =>
        mean.Value is not { } value
            ? mean
            : Estimate
                .Of(value * Thousand, mean.N)
                .With(mean is { Lower: { } lower, Upper: { } upper } ? new Interval(lower * Thousand, upper * Thousand) : null);

    private static BinaryConfusion Confusion(List<LabelledGroup> rows, string positive)
    {
        double Count(bool truth, bool called) =>
            rows.Where(row => row.GroundTruth == positive == truth && row.Prediction == positive == called).Sum(row => row.Count);
        return new BinaryConfusion(Count(true, true), Count(false, true), Count(true, false), Count(false, false));
    }
}
