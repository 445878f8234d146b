using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Statistics;
using Plumbline.Statistics.Multivariate;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>
/// Drift that no single feature shows: all features of a window's rows beside the reference's. The work per window is bounded by samples of
/// rows and features. The domain classifier, the dearer of the two, runs for days and weeks, and for hours and longer base windows that
/// ended a short while ago: history that is filled in later has it by day.
/// </summary>
public sealed class MultivariateCalculator(ReferenceShapes shapes, RowSamples samples, TimeProvider time) : IEventCalculator
{
    /// <summary>Rows of a window at most; more are sampled.</summary>
    public const int MostRows = ReferenceShapes.MostRows;

    /// <summary>Rows of a window that the classifier needs.</summary>
    public const int LeastRowsToClassify = 100;

    /// <summary>Features that get a point for their share; the others' shares are smaller.</summary>
    public const int MostCulprits = 20;

    /// <summary>A base window has the classifier when it ended at most this long before it is computed.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromHours(6);

    /// <summary>Shorter base windows have the classifier by day only.</summary>
    public static readonly TimeSpan ShortestToClassify = TimeSpan.FromHours(1);

    // Two folds: every row is judged once by trees that did not see it, at the least work. More folds did not narrow the interval's error.
    private const int Folds = 2;

    private static readonly string Sampling = $"Up to {MostRows} sampled rows on each side and the first {FeatureSelection.Most} numeric, categorical and boolean features that the reference has; text and near-ids are left out.";

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("drift.multivariate.domain_classifier", MetricLayer.Inputs, "", "[0, 1]", MetricDirection.LowerIsBetter,
            $"Out-of-fold ROC AUC of boosted trees that tell the window's rows from the reference's by all features together: 0.5 cannot be told apart, 1 completely. {Sampling} Days, weeks, and base windows of an hour or more that are computed within 6 hours of their end.", "DeLong, widened for the correlation of the folds"),
        new("drift.multivariate.importance", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.Neutral,
            $"A feature's share of what the domain classifier used: where to look first. The {MostCulprits} largest; without drift they share the noise."),
        new("drift.multivariate.pca", MetricLayer.Inputs, "", "[0, ∞)", MetricDirection.Neutral,
            $"Mean distance between standardised rows and their reconstruction from the reference's principal components (65 % of its variance): larger when the features' linear relations break, smaller when variance vanishes. {Sampling}", "normal"),
        new("drift.multivariate.pca_reference", MetricLayer.Inputs, "", "[0, ∞)", MetricDirection.Neutral,
            "Reconstruction error of rows of the reference that the components were not fitted to: what drift.multivariate.pca is without drift.", "the range in which the mean of as many reference rows as the window has lies in 95 % of cases"),
    ];

    /// <inheritdoc/>
    public DirtyReason FollowsFrom => DirtyReason.Predictions | DirtyReason.Reference;

    /// <inheritdoc/>
    public bool IncludesOpenWindows => false;

    public async Task CalculateAsync(ModelDefinition model, IReadOnlyList<MetricWindow> windows, List<MetricPoint> points, CancellationToken cancellation)
    {
        if (windows.Count == 0 || await shapes.FindAsync(model, cancellation) is not { } shape) return;
        foreach (var run in ConsecutiveWindows.Split(windows, maximum: 64))
        {
            var byWindow = await samples.WindowsAsync(model, run[0].Start, run[^1].End, run[0].Length, shape.Features.Features, MostRows, cancellation);
            foreach (var (window, sample) in byWindow)
            {
                if (window < 0 || window >= run.Count) continue;
                AddWindow(shape, sample, IsClassified(model, run[window]), new MetricSink(points, run[window], ProfileScope.All));
            }
        }
    }

    private bool IsClassified(ModelDefinition model, MetricWindow window) =>
        window.Length > model.Window || window.Length >= CoarseWindows.Day || (window.Length >= ShortestToClassify && time.GetUtcNow() - window.End <= Recent + model.AllowedLateness);

    private static void AddWindow(ReferenceShape shape, RowSample sample, bool isClassified, MetricSink sink)
    {
        var table = sample.ToTable();
        sink.Add("drift.multivariate.pca", shape.Reconstruct(table));
        if (sample.Rows >= MetricSink.MinimumRows) sink.Add("drift.multivariate.pca_reference", shape.Band(sample.Rows));
        if (!isClassified) return;
        if (sample.Rows < LeastRowsToClassify)
        {
            sink.Add("drift.multivariate.domain_classifier", Estimate.Insufficient(shape.Rows.Rows, sample.Rows, $"{LeastRowsToClassify} rows are needed"));
            return;
        }

        var drift = DomainClassifier.Measure(shape.Rows, table, folds: Folds, maximumRows: MostRows);
        sink.Add("drift.multivariate.domain_classifier", drift.RocAuc);
        if (!drift.RocAuc.IsOk) return;
        foreach (var culprit in drift.Culprits.Where(culprit => culprit.Share > 0).Take(MostCulprits))
            sink.Add("drift.multivariate.importance", Estimate.Of(culprit.Share, shape.Rows.Rows, sample.Rows), culprit.Feature);
    }
}
