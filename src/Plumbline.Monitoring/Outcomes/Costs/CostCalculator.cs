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
    private const string AsCurrency = "as the declared currency";
    private const string Priced = "Prices are the declared ones: the costs of the two errors or the matrix, times the row's value feature if there is one; of a regression, the price of a unit of absolute error.";

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("cost.realized", MetricLayer.Outcomes, AsCurrency, "(-∞, ∞)", MetricDirection.LowerIsBetter, $"Sum of the costs of the window's predictions that have ground truth by now. {Priced}", "normal, of the mean"),
        new("cost.realized_per_1000", MetricLayer.Outcomes, AsCurrency, "(-∞, ∞)", MetricDirection.LowerIsBetter, $"Mean cost of predictions with ground truth, times 1,000: what compares windows of unequal traffic or label coverage. {Priced}", "normal"),
        new("cost.estimated", MetricLayer.Outcomes, AsCurrency, "(-∞, ∞)", MetricDirection.LowerIsBetter,
            $"Expected cost of all predictions with a calibrated score: the sum over rows and classes of P(class) x cost(class, decision). Classifiers with a labelled reference; inputs must mean what they meant in it. {Priced}", "normal, of the unknown ground truth; the calibration is taken for true"),
        new("cost.estimated_per_1000", MetricLayer.Outcomes, AsCurrency, "(-∞, ∞)", MetricDirection.LowerIsBetter, $"Mean expected cost, times 1,000. {Priced}", "normal, of the unknown ground truth; the calibration is taken for true"),
    ];

    public DirtyReason FollowsFrom => DirtyReason.Predictions | DirtyReason.GroundTruth | DirtyReason.Reference;

    public async Task CalculateAsync(ModelDefinition model, IReadOnlyList<MetricWindow> windows, List<MetricPoint> points, CancellationToken cancellation)
    {
        if (model.Cost is not { } cost) return;
        var estimator = model.Task == ModelTask.Regression ? null : (await estimators.FindAsync(model, cancellation)).Answers;
        var value = cost.ValueFeature is { } name ? model.FindFeature(name) : null;
        foreach (var run in ConsecutiveWindows.Split(windows, maximum: 64))
        {
            var groups = await labelled.ReadAsync(model, run[0].Start, run[^1].End, run[0].Length, cancellation, allAnswers: true, estimator is { NeedsProbabilities: true }, value);
            foreach (var window in groups.GroupBy(group => group.Window))
            {
                if (window.Key < 0 || window.Key >= run.Count) continue;
                foreach (var (scope, sums) in ByScope(new RowPrices(model, cost, estimator), window)) AddPoints(sums, new MetricSink(points, run[window.Key], scope));
            }
        }
    }

    private static Dictionary<ProfileScope, CostSums> ByScope(RowPrices prices, IEnumerable<LabelledGroup> groups)
    {
        var scopes = new Dictionary<ProfileScope, CostSums>();
        foreach (var group in groups)
        {
            var (realised, expected) = (prices.Realised(group), prices.Expected(group));
            if (realised is null && expected is null) continue;
            foreach (var scope in ScopeOutcomes.ScopesOf(prices.Model, group))
            {
                if (!scopes.TryGetValue(scope, out var sums)) scopes[scope] = sums = new CostSums();
                if (realised is { } turnedOut) sums.AddRealised(turnedOut, group.Count);
                if (expected is { } likely) sums.AddExpected(likely.Mean, likely.Variance, group.Count);
            }
        }

        return scopes;
    }

    private static void AddPoints(CostSums sums, MetricSink sink)
    {
        if (sums.Labelled > 0)
        {
            sink.Add("cost.realized", sums.Realised(sums.Labelled));
            sink.Add("cost.realized_per_1000", sums.Realised(Thousand));
        }

        if (sums.Estimated == 0) return;
        sink.Add("cost.estimated", sums.Expected(sums.Estimated));
        sink.Add("cost.estimated_per_1000", sums.Expected(Thousand));
    }
}
