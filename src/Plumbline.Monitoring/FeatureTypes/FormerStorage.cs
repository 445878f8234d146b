using System.Threading.Channels;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>
/// Drops what former definitions were stored in: columns of features that were dropped or have another type, and the rows of references that were
/// replaced. Some time afterwards: who began to read before still asks for them.
/// </summary>
public sealed class FormerStorage(
    ModelCatalog catalog, ModelTables tables, BaselineCatalog baselines, PredictionWriteGate gate, TimeProvider time, ILogger<FormerStorage> log)
    : BackgroundService
{
    /// <summary>How long it is kept for those who read it; a window or a page is computed in seconds, on a machine with too much to do in minutes.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly Channel<(int ModelId, DateTimeOffset Due)> _expected = Channel.CreateUnbounded<(int, DateTimeOffset)>();

    /// <summary>Says that something of a model is not used any more.</summary>
    public void Expect(int modelId) => _expected.Writer.TryWrite((modelId, time.GetUtcNow() + Grace));

    /// <summary>Drops what is not used of a model now; gives the number of columns and tables.</summary>
    public async Task<int> DropAsync(int modelId, CancellationToken cancellation)
    {
        // Nothing is converted meanwhile.
        using var turn = await gate.EnterAsync(modelId, cancellation);
        if (catalog.Find(modelId) is not { } model) return 0;
        var inUse = model.Features.SelectMany(feature => new[] { feature.Ordinal, feature.Former?.Ordinal ?? feature.Ordinal }).ToHashSet();
        var dropped = await tables.DropUnusedAsync(modelId, inUse, model.NextOrdinal, cancellation);
        if (baselines.Find(modelId) is { } baseline) dropped += await tables.DropReferencesBeforeAsync(modelId, baseline.Generation, cancellation);
        // A model that was deleted meanwhile may have got an empty table back.
        if (catalog.Find(modelId) is null) await tables.DropAsync(modelId, cancellation);
        return dropped;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        baselines.Changed -= ExpectReplaced;
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        baselines.Changed += ExpectReplaced;
        // Of an earlier run: only models that were changed may have something.
        foreach (var model in catalog.All)
        {
            if (model.NextOrdinal > model.Features.Length) Expect(model.Id);
            else ExpectReplaced(model.Id);
        }

        await foreach (var (modelId, due) in _expected.Reader.ReadAllAsync(stoppingToken))
        {
            if (due - time.GetUtcNow() is { Ticks: > 0 } rest) await Task.Delay(rest, time, stoppingToken);
            try
            {
                await DropAsync(modelId, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.LogWarning(error, "What is not used any more of model {ModelId} was not dropped; the next start tries again", modelId);
            }
        }
    }

    // A model's first reference replaces none.
    private void ExpectReplaced(int modelId)
    {
        if (baselines.Find(modelId) is { Generation: > 1 }) Expect(modelId);
    }
}
