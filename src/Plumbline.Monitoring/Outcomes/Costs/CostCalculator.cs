using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>
/// What decisions cost, for models that declare a cost: as it turned out where ground truth is there, and as it is to be expected before
/// (the expected confusion matrix of the calibrated scores, priced row by row).
/// </summary>
public sealed class CostCalculator(LabelledGroups labelled, EstimatorCatalog estimators) : IEventCalculator
{
    private const double Thousand = 1000;
    public IReadOnlyList<MetricDefinition> Metrics => CostMetrics.All;

    public bool SharesRows => true;

    public DirtyReason FollowsFrom => DirtyReason.Predictions | DirtyReason.GroundTruth | DirtyReason.Reference;

    public async Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        if (model.Cost is not { } cost)
            return;
        var estimator = model.Task == ModelTask.Regression ? null : (await estimators.FindAsync(model, cancellation)).Answers;
        var value = cost.ValueFeature is { } name ? model.FindFeature(name) : null;
        foreach (var run in ConsecutiveWindows.Split(windows))
        {
            var groups = await labelled.ReadAsync(
                model,
                run[0].Start,
                run[^1].End,
                run[0].Length,
                cancellation,
                allAnswers: true,
                estimator is { NeedsProbabilities: true },
                value,
                shared: true
            );
            foreach (var window in groups.GroupBy(group => group.Window))
            {
                if (window.Key < 0 || window.Key >= run.Count)
                    continue;
                var scopes = ByScope(new RowPrices(model, cost, estimator), window);
                foreach (var (scope, sums, also) in VersionScopes.Apart(scopes, sums => sums.Labelled + sums.Estimated))
                    AddPoints(sums, new MetricSink(points, run[window.Key], scope, also));
            }
        }
    }

    private static Dictionary<ProfileScope, CostSums> ByScope(RowPrices prices, IEnumerable<LabelledGroup> groups)
    {
        var scopes = new Dictionary<ProfileScope, CostSums>();
        foreach (var group in groups)
        {
            var (realised, expected) = (prices.Realised(group), prices.Expected(group));
            if (realised is null && expected is null)
                continue;
            foreach (var scope in ScopeOutcomes.ScopesOf(prices.Model, group))
            {
                if (!scopes.TryGetValue(scope, out var sums))
                    scopes[scope] = sums = new CostSums();
                if (realised is { } turnedOut)
                    sums.AddRealised(turnedOut, group.Count);
                if (expected is { } likely)
                    sums.AddExpected(likely.Mean, likely.Variance, group.Count);
            }
        }

        return scopes;
    }

    private static void AddPoints(CostSums sums, MetricSink sink)
    {
        if (sums.Labelled > 0)
        {
            sink.Add(CostMetrics.Realized, sums.Realised(sums.Labelled));
            sink.Add(CostMetrics.RealizedPer1000, sums.Realised(Thousand));
        }

        if (sums.Estimated == 0)
            return;
        sink.Add(CostMetrics.Estimated, sums.Expected(sums.Estimated));
        sink.Add(CostMetrics.EstimatedPer1000, sums.Expected(Thousand));
    }
}
