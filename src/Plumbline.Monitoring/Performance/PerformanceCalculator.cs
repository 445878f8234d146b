using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Performance;

/// <summary>Realised performance: the model's answers against ground truth, per window and scope.</summary>
public sealed class PerformanceCalculator(LabelledGroups labelled) : IEventCalculator
{
    public IReadOnlyList<MetricDefinition> Metrics => PerformanceMetrics.All;

    public bool SharesRows => true;

    public async Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        foreach (var run in ConsecutiveWindows.Split(windows))
        {
            var groups = await labelled.ReadAsync(model, run[0].Start, run[^1].End, run[0].Length, cancellation, shared: true);
            var classes = ScopeOutcomes.ClassesOf(model, groups);
            foreach (var window in groups.GroupBy(group => group.Window))
            {
                if (window.Key < 0 || window.Key >= run.Count)
                    continue;
                var scopes = ByScope(model, classes, window);
                foreach (var (scope, outcomes, also) in VersionScopes.Apart(scopes, outcomes => outcomes.Predictions))
                    AddPoints(outcomes, new MetricSink(points, run[window.Key], scope, also));
            }
        }
    }

    /// <summary>Distributes groups of rows to their scopes.</summary>
    internal static Dictionary<ProfileScope, ScopeOutcomes> ByScope(
        ModelDefinition model,
        IReadOnlyList<string> classes,
        IEnumerable<LabelledGroup> groups
    )
    {
        var scopes = new Dictionary<ProfileScope, ScopeOutcomes>();
        foreach (var group in groups)
        {
            foreach (var scope in ScopeOutcomes.ScopesOf(model, group))
            {
                if (!scopes.TryGetValue(scope, out var outcomes))
                    scopes[scope] = outcomes = new ScopeOutcomes(model, classes);
                outcomes.Add(group);
            }
        }

        return scopes;
    }

    /// <summary>Adds the points of the labelled rows of one window and scope.</summary>
    internal static void AddPoints(ScopeOutcomes outcomes, MetricSink sink)
    {
        AddLabels(outcomes, sink);
        if (outcomes.Labelled == 0)
            return;
        if (outcomes.GroundTruthMean() is { } mean)
            sink.Add(PerformanceMetrics.TruthMean, mean);
        if (outcomes.Binary() is { } binary)
        {
            AddClassification(
                sink,
                binary.Accuracy,
                binary.Precision,
                binary.Recall,
                binary.F1,
                binary.RocAuc,
                binary.LogLoss,
                binary.Brier,
                binary.ExpectedCalibrationError
            );
        }

        if (outcomes.Multiclass() is { } multiclass)
        {
            AddClassification(
                sink,
                multiclass.Accuracy,
                multiclass.Precision,
                multiclass.Recall,
                multiclass.F1,
                multiclass.RocAuc,
                multiclass.LogLoss,
                multiclass.Brier,
                multiclass.ExpectedCalibrationError
            );
            sink.Add(PerformanceMetrics.PrecisionAllClasses, multiclass.PrecisionOfKnown);
            sink.Add(PerformanceMetrics.RecallAllClasses, multiclass.RecallOfKnown);
            sink.Add(PerformanceMetrics.F1AllClasses, multiclass.F1OfKnown);
        }

        if (outcomes.Regression() is not { } regression)
            return;
        sink.Add(PerformanceMetrics.Mae, regression.MeanAbsoluteError);
        sink.Add(PerformanceMetrics.Rmse, regression.RootMeanSquaredError);
        sink.Add(PerformanceMetrics.Mape, regression.MeanAbsolutePercentageError);
        sink.Add(PerformanceMetrics.Wmape, regression.WeightedAbsolutePercentageError);
        sink.Add(PerformanceMetrics.Smape, regression.SymmetricAbsolutePercentageError);
        sink.Add(PerformanceMetrics.R2, regression.R2);
    }

    private static void AddLabels(ScopeOutcomes outcomes, MetricSink sink)
    {
        sink.Add(PerformanceMetrics.LabelCoverage, Wilson.Proportion(outcomes.Labelled, outcomes.Predictions));
        if (outcomes.InTime is { } inTime)
            sink.Add(PerformanceMetrics.LabelledInTime, Wilson.Proportion(inTime, outcomes.Predictions));
        if (outcomes.Labelled == 0)
            return;
        if (outcomes.Classes.Count > 0)
            sink.Add(PerformanceMetrics.LabelsOutside, Wilson.Proportion(outcomes.Outside, outcomes.Labelled));
        foreach (var truth in outcomes.Classes.Take(PerformanceMetrics.MostTruths))
        {
            sink.Add(
                PerformanceMetrics.TruthShare,
                Wilson.Proportion(outcomes.GroundTruths.GetValueOrDefault(truth), outcomes.Labelled),
                @class: truth
            );
        }
    }

    private static void AddClassification(
        MetricSink sink,
        Estimate accuracy,
        Estimate precision,
        Estimate recall,
        Estimate f1,
        Estimate rocAuc,
        Estimate logLoss,
        Estimate brier,
        Estimate ece
    )
    {
        sink.Add(PerformanceMetrics.Accuracy, accuracy);
        sink.Add(PerformanceMetrics.Precision, precision);
        sink.Add(PerformanceMetrics.Recall, recall);
        sink.Add(PerformanceMetrics.F1, f1);
        sink.Add(PerformanceMetrics.RocAuc, rocAuc);
        sink.Add(PerformanceMetrics.LogLoss, logLoss);
        sink.Add(PerformanceMetrics.Brier, brier);
        sink.Add(PerformanceMetrics.Ece, ece);
    }
}
