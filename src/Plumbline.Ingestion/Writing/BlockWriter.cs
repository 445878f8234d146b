using System.Runtime.InteropServices;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// Brings one block from the spool into the column store. Every step may be repeated: predictions are looked for before a block is
/// inserted again, other inserts have the block's token, matching and marking are idempotent, and only the last step takes the block
/// out of the spool.
/// </summary>
public sealed class BlockWriter(
    Spool spool,
    IColumnStore store,
    ModelTables tables,
    ModelCatalog catalog,
    WindowLedger ledger,
    KnownEvents known,
    GroundTruthMatching matching,
    SignalMatching signals,
    PredictionWriteGate gate,
    PartMerging parts,
    FeatureTypeReview review
)
{
    /// <summary>Stores a block and completes it; a block of a model that is deleted goes with the model's other events.</summary>
    /// <param name="block">The block.</param>
    /// <param name="isRepeated">Whether it may have been stored before, wholly or in part: it was planned by an earlier try or an earlier
    /// process.</param>
    /// <param name="cancellation">Stops between steps.</param>
    public async Task StoreAsync(SpoolBlock block, bool isRepeated, CancellationToken cancellation)
    {
        if (catalog.Find(block.ModelId) is not { } model)
        {
            await spool.DropModelAsync(block.ModelId);
            return;
        }
        var knowledge = await known.OfAsync(model.Id);
        using var payloads = spool.Read(block);
        switch (block.Kind)
        {
            case EventKind.Prediction:
                await StorePredictionsAsync(model, block, isRepeated, payloads, knowledge, cancellation);
                break;
            case EventKind.GroundTruth:
                await StoreGroundTruthAsync(model, block, payloads, knowledge, cancellation);
                break;
            default:
                await StoreSignalsAsync(model, block, payloads, knowledge, cancellation);
                break;
        }
    }

    private async Task StorePredictionsAsync(
        ModelDefinition model,
        SpoolBlock block,
        bool isRepeated,
        SpoolPayloads payloads,
        ModelKnowledge knowledge,
        CancellationToken cancellation
    )
    {
        var provisional = await InsertPredictionsAsync(model, block, isRepeated, payloads, knowledge, cancellation);
        if (provisional.Count > 0)
            await review.ReviewAsync(model.Id, provisional, cancellation);
    }

    /// <summary>Stores a block of predictions; gives the features whose type is a guess that it tells something about.</summary>
    private async Task<IReadOnlyList<(FeatureDefinition Feature, long Values, bool HasDoubtful)>> InsertPredictionsAsync(
        ModelDefinition model,
        SpoolBlock block,
        bool isRepeated,
        SpoolPayloads payloads,
        ModelKnowledge knowledge,
        CancellationToken cancellation
    )
    {
        // The columns stay what they are from here to the end of the block.
        using var turn = await gate.EnterAsync(model.Id, cancellation);
        model = catalog.Find(model.Id) ?? model;
        if (model.Task == ModelTask.Binary && model.PositiveClass is null)
            model = await EnsurePositiveClassAsync(model, payloads, cancellation);
        var isStored = isRepeated && await IsStoredAsync(model.Id, block, payloads, cancellation);
        using var rows = PredictionRows.Open(model, block, payloads);
        await tables.EnsureAsync(model.Id, rows.FeatureColumns, cancellation);
        while (rows.FillNextPart())
        {
            // Before the rows are there: who computes their window knows which versions are told apart.
            await catalog.EnsureVersionsAsync(model.Id, rows.Versions.ByFrequency, cancellation);
            if (isStored)
                continue;
            await store.InsertAsync(
                ModelTables.Predictions(model.Id),
                rows.ColumnNames,
                rows.Buffer.Written,
                deduplicationToken: null,
                cancellation
            );
        }
        await catalog.EnsureClassesAsync(model.Id, rows.Classes.InOrder, cancellation);
        if (
            rows.Parts.Count > 0
            && await parts.MergeAsync(model, rows.Parts, rows.FirstMs, rows.LastMs, cancellation) is { Rows: > 0 } merged
        )
        {
            await MatchAsync(model, rows, knowledge, (merged.Block, merged.FirstMs, merged.LastMs), cancellation);
            await ledger.MarkRewrittenAsync(model, Times(merged.Windows), cancellation);
        }
        // Before what ground truth marks: a window that is computed for its labels alone would not know yet which segments are told apart.
        await ledger.MarkDirtyAsync(model.Id, Times(rows.WindowStarts), DirtyReason.Predictions, cancellation);
        await MatchAsync(model, rows, knowledge, (block.Number, rows.FirstMs, rows.LastMs), cancellation);
        await spool.CompleteBlockAsync(block);
        knowledge.Predictions.Settle(rows.Ids);
        return [.. rows.ProvisionalFeatures];
    }

    // What came before its prediction: ground truth and signals.
    private async Task MatchAsync(
        ModelDefinition model,
        PredictionRows rows,
        ModelKnowledge knowledge,
        (long Number, long FirstMs, long LastMs) block,
        CancellationToken cancellation
    )
    {
        var lows = rows.Ids.ConvertAll(static id => id.Low);
        if (knowledge.LabelledIds.MayContainAny(CollectionsMarshal.AsSpan(lows)))
        {
            var labelled = await matching.MatchPredictionsAsync(model, block.Number, block.FirstMs, block.LastMs, cancellation);
            await ledger.MarkDirtyAsync(model.Id, Times(labelled), DirtyReason.GroundTruth, cancellation);
        }
        if (!model.Signals.IsEmpty)
        {
            var signalled = await signals.MatchPredictionsAsync(model, block.Number, block.FirstMs, block.LastMs, cancellation);
            await ledger.MarkDirtyAsync(model.Id, Times(signalled), DirtyReason.Signals, cancellation);
        }
    }

    /// <summary>
    /// Whether a block of predictions is in the engine as a whole. What an earlier try left of one that is not is deleted: which rows those
    /// are cannot be said by their ids, because parts of one prediction may be in one block.
    /// </summary>
    /// <remarks>
    /// A table that remembers its blocks takes a file handle and a mebibyte each; asking costs nothing but after a failure or a crash.
    /// </remarks>
    private async Task<bool> IsStoredAsync(int modelId, SpoolBlock block, SpoolPayloads payloads, CancellationToken cancellation)
    {
        var (firstMs, lastMs) = PredictionRows.TimesOf(payloads);
        await tables.EnsureAsync(modelId, [], cancellation);
        var table = ModelTables.Predictions(modelId);
        var ofBlock =
            $"FROM {table} "
            + """
                WHERE block = {block:UInt64} AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp <= {to:DateTime64(3, 'UTC')}
                """;
        SqlParameter[] values =
        [
            new("block", (ulong)block.Number),
            new("from", DateTimeOffset.FromUnixTimeMilliseconds(firstMs)),
            new("to", DateTimeOffset.FromUnixTimeMilliseconds(lastMs)),
        ];
        ulong stored;
        using (var answer = await store.QueryAsync(new SqlStatement($"SELECT count() {ofBlock}", values), cancellation))
        {
            answer.Read();
            stored = answer.ReadUInt64();
        }
        if (stored == (ulong)block.Rows)
            return true;
        if (stored > 0)
            await Mutation.RunAsync(store, table, new SqlStatement($"DELETE {ofBlock}", values), cancellation);
        return false;
    }

    private async Task StoreGroundTruthAsync(
        ModelDefinition model,
        SpoolBlock block,
        SpoolPayloads payloads,
        ModelKnowledge knowledge,
        CancellationToken cancellation
    )
    {
        var (keys, times, ids) = (new List<IdHash>(), new List<IdHash>(), new List<ulong>());
        using var rows = GroundTruthRows.Encode(block, payloads, keys, times, ids);
        await tables.EnsureAsync(model.Id, [], cancellation);
        await store.InsertAsync(ModelTables.GroundTruthTable, GroundTruthRows.Columns, rows.Written, block.Token, cancellation);
        if (knowledge.Predictions.MayContainAny(CollectionsMarshal.AsSpan(ids)))
        {
            // Not while predictions are stored: a part that is not merged yet would be matched beside its prediction, and count twice.
            using var turn = await gate.EnterAsync(model.Id, cancellation);
            var windows = await matching.MatchGroundTruthAsync(model, block.Number, cancellation);
            await ledger.MarkDirtyAsync(model.Id, Times(windows), DirtyReason.GroundTruth, cancellation);
        }
        await spool.CompleteBlockAsync(block);
        knowledge.GroundTruths.Settle(keys.Concat(knowledge.WaitingLabels.Settle(times)));
    }

    private async Task StoreSignalsAsync(
        ModelDefinition model,
        SpoolBlock block,
        SpoolPayloads payloads,
        ModelKnowledge knowledge,
        CancellationToken cancellation
    )
    {
        using var rows = new SignalRows(block, payloads, (long)model.Window.TotalMilliseconds);
        await tables.EnsureAsync(model.Id, [], cancellation);
        await store.InsertAsync(ModelTables.SignalsTable, SignalRows.Columns, rows.Buffer.Written, block.Token, cancellation);
        model = await catalog.EnsureSignalsAsync(model.Id, rows.Names.InOrder, cancellation);
        if (rows.HasPredictions)
        {
            using var turn = await gate.EnterAsync(model.Id, cancellation);
            rows.Windows.UnionWith(await signals.MatchSignalsAsync(model, block.Number, rows.FirstMs, rows.LastMs, cancellation));
        }
        await ledger.MarkDirtyAsync(model.Id, Times(rows.Windows), DirtyReason.Signals, cancellation);
        await spool.CompleteBlockAsync(block);
        knowledge.Signals.Settle(rows.Ids);
    }

    // Before the rows are encoded, because their score depends on it.
    private async Task<ModelDefinition> EnsurePositiveClassAsync(
        ModelDefinition model,
        SpoolPayloads payloads,
        CancellationToken cancellation
    )
    {
        model = await catalog.EnsureClassesAsync(model.Id, PredictionRows.ClassesOf(payloads), cancellation);
        return model.EffectivePositiveClass is { } positive
            ? await catalog.EnsurePositiveClassAsync(model.Id, positive, cancellation)
            : model;
    }

    private static DateTimeOffset[] Times(IReadOnlyCollection<long> epochMs) =>
        [.. epochMs.Select(DateTimeOffset.FromUnixTimeMilliseconds)];
}
