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
    public const int MostContributors = 20;

    /// <summary>A base window has the classifier when it ended at most this long before it is computed.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromHours(6);

    /// <summary>Shorter base windows have the classifier by day only.</summary>
    public static readonly TimeSpan ShortestToClassify = TimeSpan.FromHours(1);

    // Two folds: every row is judged once by trees that did not see it, at the least work. More folds did not narrow the interval's error.
    private const int Folds = 2;

    public IReadOnlyList<MetricDefinition> Metrics => MultivariateMetrics.All;

    /// <inheritdoc/>
    public DirtyReason FollowsFrom => DirtyReason.Predictions | DirtyReason.Reference;

    /// <inheritdoc/>
    public bool IncludesOpenWindows => false;

    public async Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        if (windows.Count == 0 || await shapes.FindAsync(model, cancellation) is not { } shape)
            return;
        foreach (var run in ConsecutiveWindows.Split(windows))
        {
            var byWindow = await samples.WindowsAsync(
                model,
                run[0].Start,
                run[^1].End,
                run[0].Length,
                shape.Features.Features,
                MostRows,
                cancellation
            );
            foreach (var (window, sample) in byWindow)
            {
                if (window < 0 || window >= run.Count)
                    continue;
                AddWindow(shape, sample, IsClassified(model, run[window]), new MetricSink(points, run[window], ProfileScope.All));
            }
        }
    }

    private bool IsClassified(ModelDefinition model, MetricWindow window) =>
        window.Length > model.Window
        || window.Length >= CoarseWindows.Day
        || (window.Length >= ShortestToClassify && time.GetUtcNow() - window.End <= Recent + model.AllowedLateness);

    private static void AddWindow(ReferenceShape shape, RowSample sample, bool isClassified, MetricSink sink)
    {
        var table = sample.ToTable();
        sink.Add(MultivariateMetrics.Pca, shape.Reconstruct(table));
        if (sample.Rows >= MetricSink.MinimumRows)
            sink.Add(MultivariateMetrics.PcaReference, shape.Band(sample.Rows));
        if (!isClassified)
            return;
        if (sample.Rows < LeastRowsToClassify)
        {
            sink.Add(
                MultivariateMetrics.DomainClassifier,
                Estimate.Insufficient(shape.Rows.Rows, sample.Rows, $"{LeastRowsToClassify} rows are needed")
            );
            return;
        }

        var drift = DomainClassifier.Measure(shape.Rows, table, folds: Folds, maximumRows: MostRows);
        sink.Add(MultivariateMetrics.DomainClassifier, drift.RocAuc);
        if (!drift.RocAuc.IsOk)
            return;
        foreach (var contributor in drift.Contributors.Where(contributor => contributor.Share > 0).Take(MostContributors))
            sink.Add(MultivariateMetrics.Importance, Estimate.Of(contributor.Share, shape.Rows.Rows, sample.Rows), contributor.Feature);
    }
}
