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

    public IReadOnlyList<MetricDefinition> Metrics => EstimatedMetrics.All;

    public bool SharesRows => true;

    public async Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        var estimator = await estimators.FindAsync(model, cancellation);
        if (estimator.Answers is null && estimator.Losses is null)
            return;
        foreach (var run in ConsecutiveWindows.Split(windows))
        {
            if (estimator.Answers is { } answers)
                await AddAnswersAsync(model, answers, run, points, cancellation);
            if (estimator.Losses is { } losses)
                await AddLossesAsync(model, losses, run, points, cancellation);
        }
    }

    private async Task AddAnswersAsync(
        ModelDefinition model,
        AnswerEstimator estimator,
        IReadOnlyList<MetricWindow> run,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        var groups = await labelled.ReadAsync(
            model,
            run[0].Start,
            run[^1].End,
            run[0].Length,
            cancellation,
            allAnswers: true,
            estimator.NeedsProbabilities,
            shared: true
        );
        foreach (var window in groups.Where(estimator.Takes).GroupBy(group => group.Window))
        {
            if (window.Key < 0 || window.Key >= run.Count)
                continue;
            var scopes = ByScope(window, group => ScopeOutcomes.ScopesOf(model, group));
            foreach (var (scope, rows, also) in VersionScopes.Apart(scopes, CountOf))
                AddScope(estimator, rows, new MetricSink(points, run[window.Key], scope, also));
        }
    }

    private static long CountOf(List<LabelledGroup> rows) => rows.Sum(group => group.Count);

    private static void AddScope(AnswerEstimator estimator, List<LabelledGroup> rows, MetricSink sink)
    {
        var count = CountOf(rows);
        if (count < MetricSink.MinimumRows)
        {
            AddInsufficient(estimator.Metrics, count, sink);
            return;
        }

        var estimates = estimator.Estimate(rows);
        foreach (var (name, value) in estimates)
            sink.Add(EstimatedMetrics.Of(name), value);
        sink.Add(EstimatedMetrics.OutsideSupport, Wilson.Proportion(rows.Where(estimator.IsOutside).Sum(group => group.Count), count));
        var known = rows.Where(group => group.HasGroundTruth).ToList();
        if (known.Sum(group => group.Count) < MetricSink.MinimumRows)
            return;
        // Like is compared with like: the rows that wait for ground truth may be other ones.
        AddErrors(known.Count == rows.Count ? estimates : estimator.Estimate(known), estimator.Realised(known), sink);
    }

    private async Task AddLossesAsync(
        ModelDefinition model,
        LossEstimator estimator,
        IReadOnlyList<MetricWindow> run,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        var byWindow = await samples.WindowsAsync(
            model,
            run[0].Start,
            run[^1].End,
            run[0].Length,
            estimator.Features.Features,
            LossRowsPerWindow,
            cancellation
        );
        foreach (var (window, sample) in byWindow)
        {
            if (window < 0 || window >= run.Count)
                continue;
            var losses = estimator.Predict(sample);
            var scopes = ByScope(
                Enumerable.Range(0, sample.Rows),
                row => ScopeOutcomes.ScopesOf(model, sample.Versions[row], sample.Segments[row])
            );
            foreach (var (scope, rows, also) in VersionScopes.Apart(scopes, rows => rows.Count))
            {
                var sink = new MetricSink(points, run[window], scope, also);
                if (rows.Count < MetricSink.MinimumRows)
                {
                    AddInsufficient(["mae", "rmse"], rows.Count, sink);
                    continue;
                }

                foreach (var (name, value) in estimator.Estimate(losses, CollectionsMarshal.AsSpan(rows)))
                    sink.Add(EstimatedMetrics.Of(name), value);
                sink.Add(
                    EstimatedMetrics.OutsideSupport,
                    Wilson.Proportion(rows.Count(row => estimator.IsOutside(sample, row)), rows.Count)
                );
                var known = rows.Where(row => sample.HasGroundTruth[row]).ToList();
                if (known.Count >= MetricSink.MinimumRows)
                    AddErrors(estimator.Estimate(losses, CollectionsMarshal.AsSpan(known)), Realised(sample, known), sink);
            }
        }
    }

    private static NamedEstimate[] Realised(RowSample sample, List<int> rows)
    {
        var realised = RegressionPerformance.Of([
            .. rows.Select(row => new RegressionOutcome(sample.GroundTruthValues[row], sample.PredictionValues[row])),
        ]);
        return [new("mae", realised.MeanAbsoluteError), new("rmse", realised.RootMeanSquaredError)];
    }

    private static void AddErrors(IReadOnlyList<NamedEstimate> estimated, IReadOnlyList<NamedEstimate> realised, MetricSink sink)
    {
        foreach (var (name, truth) in realised)
        {
            var guess = estimated.FirstOrDefault(candidate => candidate.Name == name).Value;
            if (guess.Value is not { } value || truth.Value is not { } turnedOut)
                continue;
            var error = Estimate.Of(turnedOut - value, truth.N);
            sink.Add(
                EstimatedMetrics.Error,
                guess.Lower is { } lower && guess.Upper is { } upper
                    ? error.With(new Interval(turnedOut - upper, turnedOut - lower))
                    : error,
                @class: name
            );
        }
    }

    private static void AddInsufficient(IReadOnlyList<string> metrics, long count, MetricSink sink)
    {
        foreach (var name in metrics)
            sink.Add(EstimatedMetrics.Of(name), Estimate.Insufficient(count, null, "too few rows"));
    }

    private static Dictionary<ProfileScope, List<T>> ByScope<T>(IEnumerable<T> rows, Func<T, IEnumerable<ProfileScope>> scopesOf)
    {
        var scopes = new Dictionary<ProfileScope, List<T>>();
        foreach (var row in rows)
        {
            foreach (var scope in scopesOf(row))
            {
                if (!scopes.TryGetValue(scope, out var members))
                    scopes[scope] = members = [];
                members.Add(row);
            }
        }

        return scopes;
    }
}
