using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>
/// Gives a feature another type, or drops it, with everything that is stored: its values are converted, those of the reference too, and
/// every window is computed again. The definition is changed first and says what is left to do, so that a process that ends in between goes
/// on where it was.
/// </summary>
public sealed class FeatureRetyping(
    ModelCatalog catalog,
    IColumnStore store,
    ModelTables tables,
    BaselineCatalog baselines,
    HistoryWindows history,
    PredictionWriteGate gate,
    FormerStorage former,
    ILogger<FeatureRetyping> log
) : IFeatureRetyping
{
    /// <summary>Columns that a model may have used up by changes of types and drops; documented in docs/http-api.md.</summary>
    public const int MaxFormerColumns = 5_000;

    /// <inheritdoc/>
    public async Task RetypeAsync(int modelId, string name, FeatureType type, bool provisional, CancellationToken cancellation)
    {
        using var turn = await gate.EnterAsync(modelId, cancellation);
        await FinishAsync(modelId, name, cancellation);
        if (catalog.Find(modelId) is not { } model || model.FindFeature(name) is not { } feature || feature.Type == type)
            return;
        if (model.NextOrdinal - model.Features.Length >= MaxFormerColumns)
        {
            throw new FeatureChangeException(
                $"Features of this model were given other types or dropped {MaxFormerColumns} times, which is the most."
            );
        }

        var changed = feature with
        {
            // Reserved before there is a column: features that come with events at the same time take the next ones.
            Ordinal = await catalog.ReserveOrdinalAsync(modelId, cancellation),
            Type = type,
            Former = new FormerColumn(feature.Ordinal, feature.Type),
            Provisional = provisional,
            Declared = feature.Declared || !provisional,
        };
        await tables.BeginConversionAsync(modelId, ModelColumns.ConversionOf(changed)!, cancellation);
        await catalog.ChangeFeatureAsync(modelId, name, _ => changed, cancellation);
        log.FeatureRetyped(name, model.Name, feature.Type, type);
        await FinishAsync(modelId, name, CancellationToken.None);
    }

    /// <summary>
    /// Takes a feature out of the model and drops its values; what comes under its name from now on is not stored. False when there is
    /// none.
    /// </summary>
    public async Task<bool> DropAsync(int modelId, string name, CancellationToken cancellation)
    {
        using var turn = await gate.EnterAsync(modelId, cancellation);
        await FinishAsync(modelId, name, cancellation);
        if (catalog.Find(modelId)?.FindFeature(name) is null)
            return false;
        var model = await catalog.ChangeFeatureAsync(modelId, name, _ => null, cancellation);
        log.FeatureDropped(name, model.Name);
        await ForgetNumbersAsync(modelId, name);
        await baselines.RenewAsync(model, CancellationToken.None);
        former.Expect(modelId);
        return true;
    }

    /// <summary>Goes on with what an earlier process left unfinished.</summary>
    internal async Task ResumeAsync(CancellationToken cancellation)
    {
        foreach (var model in catalog.All)
        {
            foreach (var feature in model.Features.Where(feature => feature.Former is not null))
            {
                using var turn = await gate.EnterAsync(model.Id, cancellation);
                await FinishAsync(model.Id, feature.Name, cancellation);
            }

            // A drop ends with the reference's own new baseline.
            if (
                baselines.Find(model.Id) is { } baseline
                && baseline.Features.Keys.Any(name => name[0] != '@' && model.DroppedFeatures.Contains(name))
            )
            {
                await baselines.RenewAsync(model, cancellation);
            }
        }
    }

    private async Task FinishAsync(int modelId, string name, CancellationToken cancellation)
    {
        if (
            catalog.Find(modelId) is not { } model
            || model.FindFeature(name) is not { } feature
            || ModelColumns.ConversionOf(feature) is not { } conversion
        )
        {
            return;
        }

        await tables.FinishConversionAsync(modelId, conversion, cancellation);
        await ForgetNumbersAsync(modelId, name);
        // Every window is put on the list, so what was computed in between is computed again; segments by the feature have other values
        // now.
        await baselines.RenewAsync(model, cancellation);
        await history.MarkAsync(model, DirtyReason.Rewritten, cancellation);
        await catalog.ChangeFeatureAsync(modelId, name, found => found with { Former = null }, cancellation);
        former.Expect(modelId);
    }

    // What was computed of the feature as another type would stand beside what is computed of it now.
    private async Task ForgetNumbersAsync(int modelId, string name)
    {
        foreach (var table in ModelTables.ComputedTables)
        {
            await SharedRows.DeleteAsync(
                store,
                table,
                modelId,
                "feature = {feature:String}",
                [new SqlParameter("feature", name)],
                CancellationToken.None
            );
        }
    }
}
