using System.Runtime.InteropServices;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Performance;

namespace Plumbline.Monitoring.Estimation;

/// <summary>Performance before ground truth comes, per window and scope; and, when it has come, how far the estimate was off.</summary>
public sealed class EstimationCalculator(EstimatorCatalog estimators, LabelledGroups labelled, RowSamples samples) : IEventCalculator
{
    /// <summary>Rows per window whose losses are predicted for a regression model; more are sampled.</summary>
    public const int LossRowsPerWindow = 2_000;

    private const string Assumes = "Assumes that inputs mean what they meant in the reference; concept drift does not show in it. Needs ground truth in the reference.";
    private const string HowSure = "normal: sampling of the outcomes and refits of the calibration together; where the realised value of these rows is expected";
    private const string HowSureMacro = $"{HowSure}; macro averages: percentiles of simulated labels, since a rare class is there or not";
    private const string HowSureLoss = "percentiles of simulated losses: those of reference rows that the trees had not seen, and how far the level may be off; where the realised value of these rows is expected";
    private const string Macro = "macro average for several classes, over those that are likely to occur or are predicted";

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("estimated.accuracy", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Mean calibrated probability that the model's own decision is right (CBPE). {Assumes}", HowSure),
        new("estimated.precision", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Expected true positives divided by predicted positives; {Macro}. {Assumes}", HowSureMacro),
        new("estimated.recall", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Expected true positives divided by expected positives; {Macro}. {Assumes}", HowSureMacro),
        new("estimated.f1", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"2 TP / (2 TP + FP + FN) of the expected counts; {Macro}. {Assumes}", HowSureMacro),
        new("estimated.roc_auc", MetricLayer.Outcomes, "", "[0, 1]", MetricDirection.HigherIsBetter, $"Expected ROC AUC: ordered by the raw score, weighted by the calibrated probability; one-versus-rest average for several classes. {Assumes}", HowSure),
        new("estimated.mae", MetricLayer.Outcomes, "as the ground truth", "[0, ∞)", MetricDirection.LowerIsBetter, $"Mean of the absolute error that boosted trees, fitted on the reference, predict for each row from its features and prediction (DLE). {Assumes}", HowSureLoss),
        new("estimated.rmse", MetricLayer.Outcomes, "as the ground truth", "[0, ∞)", MetricDirection.LowerIsBetter, $"Root of the mean predicted squared error (DLE). {Assumes}", HowSureLoss),
        new("estimated.error", MetricLayer.Outcomes, "as the metric", "(-∞, ∞)", MetricDirection.Neutral,
            "Realised minus estimated, over the rows that have ground truth by now; the class names the metric (accuracy, roc_auc, mae, rmse). Below 0 an accuracy was flattered. How far estimates can be trusted.",
            "realised minus the estimate's interval: it holds 0 when the estimate kept its promise"),
        new("estimated.outside_support", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.LowerIsBetter,
            "Rows beyond what the labelled reference had, divided by rows: the score outside its range (classes); the prediction or any feature outside its range or categories (regression). There the estimate is a guess.", "Wilson"),
    ];

    public async Task CalculateAsync(ModelDefinition model, IReadOnlyList<MetricWindow> windows, List<MetricPoint> points, CancellationToken cancellation)
    {
        var estimator = await estimators.FindAsync(model, cancellation);
        if (estimator.Answers is null && estimator.Losses is null) return;
        foreach (var run in ConsecutiveWindows.Split(windows, maximum: 64))
        {
            if (estimator.Answers is { } answers) await AddAnswersAsync(model, answers, run, points, cancellation);
            if (estimator.Losses is { } losses) await AddLossesAsync(model, losses, run, points, cancellation);
        }
    }

    private async Task AddAnswersAsync(ModelDefinition model, AnswerEstimator estimator, IReadOnlyList<MetricWindow> run, List<MetricPoint> points, CancellationToken cancellation)
    {
        var groups = await labelled.ReadAsync(model, run[0].Start, run[^1].End, run[0].Length, cancellation, allAnswers: true, estimator.NeedsProbabilities);
        foreach (var window in groups.Where(estimator.Takes).GroupBy(group => group.Window))
        {
            if (window.Key < 0 || window.Key >= run.Count) continue;
            foreach (var (scope, rows) in ByScope(window, group => ScopeOutcomes.ScopesOf(model, group)))
                AddScope(estimator, rows, new MetricSink(points, run[window.Key], scope));
        }
    }

    private static void AddScope(AnswerEstimator estimator, List<LabelledGroup> rows, MetricSink sink)
    {
        var count = rows.Sum(group => group.Count);
        if (count < MetricSink.MinimumRows)
        {
            AddInsufficient(estimator.Metrics, count, sink);
            return;
        }

        var estimates = estimator.Estimate(rows);
        foreach (var (name, value) in estimates) sink.Add($"estimated.{name}", value);
        sink.Add("estimated.outside_support", Wilson.Proportion(rows.Where(estimator.IsOutside).Sum(group => group.Count), count));
        var known = rows.Where(group => group.HasGroundTruth).ToList();
        if (known.Sum(group => group.Count) < MetricSink.MinimumRows) return;
        // Like is compared with like: the rows that wait for ground truth may be other ones.
        AddErrors(known.Count == rows.Count ? estimates : estimator.Estimate(known), estimator.Realised(known), sink);
    }

    private async Task AddLossesAsync(ModelDefinition model, LossEstimator estimator, IReadOnlyList<MetricWindow> run, List<MetricPoint> points, CancellationToken cancellation)
    {
        var byWindow = await samples.WindowsAsync(model, run[0].Start, run[^1].End, run[0].Length, estimator.Features.Features, LossRowsPerWindow, cancellation);
        foreach (var (window, sample) in byWindow)
        {
            if (window < 0 || window >= run.Count) continue;
            var losses = estimator.Predict(sample);
            foreach (var (scope, rows) in ByScope(Enumerable.Range(0, sample.Rows), row => ScopeOutcomes.ScopesOf(model, sample.Versions[row], sample.Segments[row])))
            {
                var sink = new MetricSink(points, run[window], scope);
                if (rows.Count < MetricSink.MinimumRows)
                {
                    AddInsufficient(["mae", "rmse"], rows.Count, sink);
                    continue;
                }

                foreach (var (name, value) in estimator.Estimate(losses, CollectionsMarshal.AsSpan(rows))) sink.Add($"estimated.{name}", value);
                sink.Add("estimated.outside_support", Wilson.Proportion(rows.Count(row => estimator.IsOutside(sample, row)), rows.Count));
                var known = rows.Where(row => sample.HasGroundTruth[row]).ToList();
                if (known.Count >= MetricSink.MinimumRows)
                    AddErrors(estimator.Estimate(losses, CollectionsMarshal.AsSpan(known)), Realised(sample, known), sink);
            }
        }
    }

    private static NamedEstimate[] Realised(RowSample sample, List<int> rows)
    {
        var realised = RegressionPerformance.Of([.. rows.Select(row => new RegressionOutcome(sample.GroundTruthValues[row], sample.PredictionValues[row]))]);
        return [new("mae", realised.MeanAbsoluteError), new("rmse", realised.RootMeanSquaredError)];
    }

    private static void AddErrors(IReadOnlyList<NamedEstimate> estimated, IReadOnlyList<NamedEstimate> realised, MetricSink sink)
    {
        foreach (var (name, truth) in realised)
        {
            var guess = estimated.FirstOrDefault(candidate => candidate.Name == name).Value;
            if (guess.Value is not { } value || truth.Value is not { } turnedOut) continue;
            var error = Estimate.Of(turnedOut - value, truth.N);
            sink.Add("estimated.error", guess.Lower is { } lower && guess.Upper is { } upper ? error.With(new Interval(turnedOut - upper, turnedOut - lower)) : error, @class: name);
        }
    }

    private static void AddInsufficient(IReadOnlyList<string> metrics, long count, MetricSink sink)
    {
        foreach (var name in metrics) sink.Add($"estimated.{name}", Estimate.Insufficient(count, null, "too few rows"));
    }

    private static Dictionary<ProfileScope, List<T>> ByScope<T>(IEnumerable<T> rows, Func<T, IEnumerable<ProfileScope>> scopesOf)
    {
        var scopes = new Dictionary<ProfileScope, List<T>>();
        foreach (var row in rows)
        {
            foreach (var scope in scopesOf(row))
            {
                if (!scopes.TryGetValue(scope, out var members)) scopes[scope] = members = [];
                members.Add(row);
            }
        }

        return scopes;
    }
}
