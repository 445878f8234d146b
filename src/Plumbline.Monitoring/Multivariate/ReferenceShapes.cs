using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>
/// The shape of every model's reference: made once per reference when a window first needs it, and again after a restart.
/// </summary>
public sealed class ReferenceShapes(RowSamples samples, BaselineCatalog baselines)
{
    /// <summary>Rows of a reference that can be compared; half of them are held out.</summary>
    public const int LeastRows = 200;

    /// <summary>Rows of each half at most.</summary>
    public const int MostRows = 2_000;

    private const int MostShapes = 64;

    private readonly FittedOnce<(int Generation, string Features), ReferenceShape> _shapes = new(MostShapes);

    /// <summary>The shape of a model's reference; null without a reference, with too few rows or no usable feature.</summary>
    public async Task<ReferenceShape?> FindAsync(ModelDefinition model, CancellationToken cancellation)
    {
        if (baselines.Find(model) is not { } baseline || baseline.Rows < LeastRows)
            return null;
        var features = FeatureSelection.Of(model, baseline);
        if (features.Features.IsEmpty)
            return null;
        return await _shapes.GetAsync(
            model.Id,
            (baseline.Generation, features.Key),
            () => MakeAsync(model, baseline, features),
            cancellation
        );
    }

    /// <summary>Forgets a deleted model's shape.</summary>
    public void Remove(ModelDefinition model) => _shapes.Forget(model.Id);

    private async Task<ReferenceShape> MakeAsync(ModelDefinition model, Baseline baseline, FeatureSelection features)
    {
        var sample = await samples.ReferenceAsync(
            model,
            baseline,
            features.Features,
            2 * MostRows,
            onlyLabelled: false,
            CancellationToken.None
        );
        // The rows come in random order: the first half is as good as any.
        var half = sample.Rows / 2;
        return new ReferenceShape(
            features,
            sample.Select([.. Enumerable.Range(0, half)]).ToTable(),
            sample.Select([.. Enumerable.Range(half, sample.Rows - half)]).ToTable()
        );
    }
}
