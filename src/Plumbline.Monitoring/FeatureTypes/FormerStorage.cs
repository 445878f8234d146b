using System.Threading.Channels;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>
/// Drops what former definitions were stored in: columns of features that were dropped or have another type, and the rows of references
/// that were replaced. Some time afterwards: who began to read before still asks for them.
/// </summary>
public sealed class FormerStorage(
    ModelCatalog catalog,
    ModelTables tables,
    BaselineCatalog baselines,
    PredictionWriteGate gate,
    TimeProvider time,
    ILogger<FormerStorage> log
) : BackgroundService
{
    /// <summary>
    /// How long it is kept for those who read it; a window or a page is computed in seconds, on a machine with too much to do in minutes.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly Channel<(InUse Since, DateTimeOffset Due)> _expected = Channel.CreateUnbounded<(InUse, DateTimeOffset)>();

    /// <summary>
    /// What a model uses at one moment; numbers of columns and of references are never given again, so what it does not use then is not
    /// used later either.
    /// </summary>
    /// <param name="ModelId">The model.</param>
    /// <param name="Ordinals">Of the columns that hold features, or values that are still converted.</param>
    /// <param name="NextOrdinal">Columns from this one on did not exist.</param>
    /// <param name="Generation">Of its baseline; 0 for none.</param>
    // Numbers only: thousands of these may wait, and a definition each would be kept alive by them.
    internal sealed record InUse(int ModelId, IReadOnlyList<int> Ordinals, int NextOrdinal, int Generation);

    /// <summary>Says that something of a model is not used any more.</summary>
    public void Expect(int modelId)
    {
        if (Now(modelId) is { } since)
            _expected.Writer.TryWrite((since, time.GetUtcNow() + Grace));
    }

    /// <summary>Drops what is not used of a model now; gives the number of columns and tables.</summary>
    public async Task<int> DropAsync(int modelId, CancellationToken cancellation) =>
        Now(modelId) is { } now ? await DropAsync(now, cancellation) : 0;

    /// <summary>What a model uses now; null when there is none.</summary>
    internal InUse? Now(int modelId)
    {
        if (catalog.Find(modelId) is not { } model)
            return null;
        IEnumerable<int> ordinals = model
            .Features.Select(feature => feature.Ordinal)
            .Concat(model.Features.Select(feature => feature.Former?.Ordinal).OfType<int>());
        return new InUse(modelId, [.. ordinals], model.NextOrdinal, baselines.Find(modelId)?.Generation ?? 0);
    }

    /// <summary>
    /// Drops what was not used at a moment. What has fallen out of use since then may still be read, and waits for its own turn.
    /// </summary>
    internal async Task<int> DropAsync(InUse since, CancellationToken cancellation)
    {
        var modelId = since.ModelId;
        // Nothing is converted meanwhile.
        using var turn = await gate.EnterAsync(modelId, cancellation);
        if (Now(modelId) is not { } now)
            return 0;
        var dropped = await tables.DropUnusedAsync(
            modelId,
            since.Ordinals.Concat(now.Ordinals).ToHashSet(),
            since.NextOrdinal,
            cancellation
        );
        if (since.Generation > 0)
            dropped += await tables.DropReferencesBeforeAsync(modelId, since.Generation, cancellation);
        // A model that was deleted meanwhile may have got an empty table back.
        if (catalog.Find(modelId) is null)
            await tables.DropAsync(modelId, cancellation);
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
            if (model.NextOrdinal > model.Features.Length)
                Expect(model.Id);
            else
                ExpectReplaced(model.Id);
        }

        await foreach (var (since, due) in _expected.Reader.ReadAllAsync(stoppingToken))
        {
            if (due - time.GetUtcNow() is { Ticks: > 0 } rest)
                await Task.Delay(rest, time, stoppingToken);
            try
            {
                await DropAsync(since, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.FormerNotDropped(error, since.ModelId);
            }
        }
    }

    // A model's first reference replaces none.
    private void ExpectReplaced(int modelId)
    {
        if (baselines.Find(modelId) is { Generation: > 1 })
            Expect(modelId);
    }
}
