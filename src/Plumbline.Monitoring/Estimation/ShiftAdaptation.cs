using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Estimation;

namespace Plumbline.Monitoring.Estimation;

/// <summary>Estimates adapted to the shift of the inputs, and what the same rows are estimated at without.</summary>
/// <param name="Rows">Rows of the stretch that were used.</param>
/// <param name="Adapted">By metric.</param>
/// <param name="Plain">By metric, from the same rows and the same reference sample.</param>
/// <param name="Warnings">Which assumptions look broken, in words.</param>
public sealed record AdaptedEstimates(
    int Rows,
    IReadOnlyList<NamedEstimate> Adapted,
    IReadOnlyList<NamedEstimate> Plain,
    IReadOnlyList<string> Warnings
);

/// <summary>
/// Performance estimation under covariate shift (PAPE), on demand: the reference's labelled rows are weighted so that they look like the
/// current ones before their scores are calibrated. It fits trees each time, so it is computed when somebody asks and not per window.
/// </summary>
public sealed class ShiftAdaptation(RowSamples samples, BaselineCatalog baselines)
{
    /// <summary>Rows of the stretch at most; more are sampled.</summary>
    public const int CurrentRows = 2_000;

    /// <summary>Labelled rows of the reference at most; more are sampled.</summary>
    public const int ReferenceRows = 4_000;

    /// <summary>Rows that both sides need.</summary>
    public const int LeastRows = 100;

    /// <summary>
    /// The estimates of a stretch and scope; null where they cannot be had: not binary, no labelled reference with scores and features, too
    /// few rows.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="version">Version, or empty for all.</param>
    /// <param name="segment"><c>key=value</c>, or empty for all rows.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<AdaptedEstimates?> EstimateAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        string version,
        string segment,
        CancellationToken cancellation
    )
    {
        if (
            model.Task != ModelTask.Binary
            || to <= from
            || model.EffectivePositiveClass is not { } positive
            || baselines.Find(model) is not { } baseline
        )
        {
            return null;
        }

        var features = FeatureSelection.Of(model, baseline).Features;
        if (features.IsEmpty)
            return null;
        var reference = Scored(
            await samples.ReferenceAsync(model, baseline, features, ReferenceRows, onlyLabelled: true, cancellation),
            _ => true
        );
        var windows = await samples.WindowsAsync(model, from, to, to - from, features, CurrentRows, cancellation);
        if (!windows.TryGetValue(0, out var sample))
            return null;
        var current = Scored(
            sample,
            row =>
                ScopeOutcomes
                    .ScopesOf(model, sample.Versions[row], sample.Segments[row])
                    .Any(scope => scope.Version == version && scope.Segment == segment)
        );
        bool[] truth = [.. reference.GroundTruths.Select(value => value == positive)];
        if (reference.Rows < LeastRows || current.Rows < LeastRows || truth.Distinct().Count() < 2)
            return null;
        double[] scores = [.. current.Scores];
        bool[] decisions = [.. current.Predictions.Select(answer => answer == positive)];
        var adapted = new ShiftAdaptedEstimator(reference.ToTable(), [.. reference.Scores], truth).Estimate(
            current.ToTable(),
            scores,
            decisions
        );
        var plain = BinaryPerformanceEstimator.Fit([.. reference.Scores], truth).Estimate(scores, decisions);
        return new AdaptedEstimates(current.Rows, Named(adapted), Named(plain), adapted.Warnings);
    }

    private static RowSample Scored(RowSample sample, Func<int, bool> isInScope) =>
        sample.Select([.. Enumerable.Range(0, sample.Rows).Where(row => double.IsFinite(sample.Scores[row]) && isInScope(row))]);

    private static IReadOnlyList<NamedEstimate> Named(BinaryEstimate estimate) =>
        [
            new("accuracy", estimate.Accuracy.Estimate),
            new("roc_auc", estimate.RocAuc.Estimate),
            new("f1", estimate.F1.Estimate),
            new("precision", estimate.Precision.Estimate),
            new("recall", estimate.Recall.Estimate),
        ];
}
