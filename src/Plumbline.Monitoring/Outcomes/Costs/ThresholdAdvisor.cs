using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

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
                    "The model declares no cost: put \"cost\": {\"false_positive\": .., \"false_negative\": .., \"currency\": "
                    + "\"EUR\"} into PUT /v1/models/{model}.",
            };
        }

        var negative = model.Classes.FirstOrDefault(name => name != positive) ?? "";
        var value = cost.ValueFeature is { } name ? model.FindFeature(name) : null;
        var rows = (await labelled.ReadAsync(model, from, to, to - from, cancellation, valueOf: value))
            .Where(group => group.HasGroundTruth && double.IsFinite(group.Score))
            .ToList();
        var count = rows.Sum(group => group.Count);
        if (count < FewestRows)
            return new() { Gap = $"{count} of {FewestRows} labelled rows with a score: too few to advise.", Rows = count };
        var all = Sweep(rows, (group, called) => (cost.Of(group.GroundTruth, called ? positive : negative, positive) ?? 0) * group.Value);
        return new ThresholdAdvice
        {
            Points = [.. Spread(all).OrderBy(point => point.Threshold)],
            // The cheapest of all thresholds, not only of those that are shown; the highest among equals.
            Cheapest = all.MinBy(point => point.CostPer1000.Value),
            Own = rows.Aggregate(
                new CostSum(),
                (sum, group) => sum.Add((cost.Of(group.GroundTruth, group.Prediction, positive) ?? 0) * group.Value, group.Count),
                sum => sum.PerThousand
            ),
            Rows = count,
        };
    }

    /// <summary>Every threshold from "nothing is positive" down to the lowest score.</summary>
    private static List<ThresholdCost> Sweep(List<LabelledGroup> rows, Func<LabelledGroup, bool, double> price)
    {
        var sum = rows.Aggregate(new CostSum(), (sum, group) => sum.Add(price(group, false), group.Count));
        var points = new List<ThresholdCost> { new(Math.BitIncrement(1), sum.PerThousand, 0) };
        double called = 0;
        foreach (var score in rows.GroupBy(group => group.Score).OrderByDescending(group => group.Key))
        {
            foreach (var group in score)
            {
                sum = sum.Add(price(group, false), -group.Count).Add(price(group, true), group.Count);
                called += group.Count;
            }

            points.Add(new ThresholdCost(score.Key, sum.PerThousand, called / sum.Rows));
        }

        return points;
    }

    /// <summary>As many as a picture needs, evenly spread.</summary>
    private static IEnumerable<ThresholdCost> Spread(List<ThresholdCost> points) =>
        points.Count <= Thresholds
            ? points
            : Enumerable.Range(0, Thresholds).Select(place => points[(int)((long)place * (points.Count - 1) / (Thresholds - 1))]);

    /// <summary>Costs of rows, added up: their mean with its normal interval.</summary>
    private readonly record struct CostSum(double Rows, double Cost, double Squares)
    {
        public Estimate PerThousand
        {
            get
            {
                var mean = Cost / Rows;
                var estimate = Estimate.Of(mean * Thousand, (long)Rows);
                return estimate.With(
                    Confidence.Mean(Rows, mean, Squares - (Rows * mean * mean)) is { } interval
                        ? new Interval(interval.Lower * Thousand, interval.Upper * Thousand)
                        : null
                );
            }
        }

        public CostSum Add(double cost, double rows) => new(Rows + rows, Cost + (rows * cost), Squares + (rows * cost * cost));
    }
}
