using System.Collections.Concurrent;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Ingestion.Duplicates;

/// <summary>What is known of one model's events.</summary>
public sealed class ModelKnowledge(FilterBudget budget)
{
    /// <summary>By id of the prediction; stored, waiting or being posted.</summary>
    public KnownIds Predictions { get; } = new(budget);

    /// <summary>By prediction, time and value.</summary>
    public KnownIds GroundTruths { get; } = new(budget);

    /// <summary>The last values of ground truths that are not stored yet.</summary>
    public WaitingLabels WaitingLabels { get; } = new();

    /// <summary>By the signal's own id, for those that have one.</summary>
    public KnownIds Signals { get; } = new(budget);

    /// <summary>What is known of a kind.</summary>
    public KnownIds Of(EventKind kind) =>
        kind switch
        {
            EventKind.Prediction => Predictions,
            EventKind.Signal => Signals,
            _ => GroundTruths,
        };

    /// <summary>Ids of predictions that have a ground truth; only its filter is used, to match without asking.</summary>
    public KnownIds LabelledIds { get; } = new(budget);
}

/// <summary>
/// Which events are known, for every model. A model is read from the spool and the column store when it is first asked for; the column
/// store stays the only truth about what it has, the filters here only spare the question.
/// </summary>
public sealed class KnownEvents(Spool spool, StoredIds stored, ModelTables tables, FilterBudget budget, IntegrityFindings findings)
{
    private readonly ConcurrentDictionary<int, Lazy<Task<ModelKnowledge>>> _models = new();
    private readonly Lazy<
        ConcurrentDictionary<int, List<(EventKind Kind, IdHash Hash, long TimestampMs, ulong ValueHash)>>
    > _inSpoolAtStart = new(() => ReadSpool(spool, findings));

    /// <summary>Memory of all filters.</summary>
    public long FilterBytes => budget.Used;

    /// <summary>Reads what the spool holds from an earlier run. Once, before anything is appended.</summary>
    public void ReadSpoolAtStart() => _ = _inSpoolAtStart.Value;

    /// <summary>What is known of a model; reads it the first time.</summary>
    public async Task<ModelKnowledge> OfAsync(int modelId)
    {
        var loading = _models.GetOrAdd(modelId, id => new Lazy<Task<ModelKnowledge>>(() => LoadAsync(id)));
        try
        {
            return await loading.Value;
        }
        catch
        {
            // The engine could not be asked: the next caller tries again.
            _models.TryRemove(KeyValuePair.Create(modelId, loading));
            throw;
        }
    }

    /// <summary>What is known of a model that was asked for before, else null.</summary>
    public ModelKnowledge? OfLoaded(int modelId) =>
        _models.TryGetValue(modelId, out var loading) && loading.IsValueCreated && loading.Value.IsCompletedSuccessfully
            ? loading.Value.Result
            : null;

    /// <summary>True when some filter could not grow.</summary>
    public bool AnyOverflowed =>
        _models.Keys.Any(id =>
            OfLoaded(id) is { } known && (known.Predictions.Overflowed || known.GroundTruths.Overflowed || known.Signals.Overflowed)
        );

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId)
    {
        if (OfLoaded(modelId) is { } known)
        {
            known.Predictions.Discard();
            known.GroundTruths.Discard();
            known.Signals.Discard();
            known.LabelledIds.Discard();
        }
        _models.TryRemove(modelId, out _);
    }

    private async Task<ModelKnowledge> LoadAsync(int modelId)
    {
        var known = new ModelKnowledge(budget);
        await tables.EnsureAsync(modelId, [], CancellationToken.None);
        await stored.VisitPredictionsAsync(modelId, known.Predictions.AddStored, CancellationToken.None);
        await stored.VisitSignalsAsync(modelId, known.Signals.AddStored, CancellationToken.None);
        await stored.VisitGroundTruthAsync(modelId, known.GroundTruths.AddStored, known.LabelledIds.AddStored, CancellationToken.None);
        if (_inSpoolAtStart.Value.TryGetValue(modelId, out var waiting))
        {
            var claim = Claim.Durable();
            foreach (var row in waiting)
            {
                if (row.Kind != EventKind.GroundTruth)
                {
                    known.Of(row.Kind).Remember([row.Hash], claim);
                    continue;
                }
                RowSlot[] slot = [new RowSlot(0, 0, 0, row.Hash, row.TimestampMs, 0, 0, false, row.ValueHash)];
                var (keys, changes) = known.WaitingLabels.KeysOf(slot);
                known.WaitingLabels.Add(slot, keys, changes);
                known.GroundTruths.Remember(keys, claim);
                known.LabelledIds.AddStored([row.Hash.Low]);
            }
            _inSpoolAtStart.Value.TryRemove(modelId, out _);
        }
        return known;
    }

    private static ConcurrentDictionary<int, List<(EventKind Kind, IdHash Hash, long TimestampMs, ulong ValueHash)>> ReadSpool(
        Spool spool,
        IntegrityFindings findings
    )
    {
        var models = new ConcurrentDictionary<int, List<(EventKind, IdHash, long, ulong)>>();
        spool.VisitBatches(
            (modelId, payload) =>
            {
                var rows = models.GetOrAdd(modelId, static _ => []);
                try
                {
                    ReadBatch(payload, rows);
                }
                catch (Exception damage) when (damage is InvalidDataException or ArgumentException or IndexOutOfRangeException)
                {
                    // Its block fails when it is written, and is set aside and shown; the others go on.
                    findings.Add(
                        $"A batch of model number {modelId} in spool.db is damaged: {damage.Message} Its events were acknowledged "
                            + "and cannot be stored."
                    );
                }
            }
        );
        return models;
    }

    private static void ReadBatch(ReadOnlyMemory<byte> payload, List<(EventKind Kind, IdHash Hash, long TimestampMs, ulong ValueHash)> rows)
    {
        var reader = new EventBatchReader(payload);
        if (reader.Kind == EventKind.Signal)
        {
            while (reader.TryRead(out Signal signal))
            {
                if (!signal.Id.IsEmpty)
                    rows.Add((EventKind.Signal, signal.Hash, signal.TimestampMs, 0));
            }
            return;
        }
        if (reader.Kind == EventKind.Prediction)
        {
            while (reader.TryReadIdentity(out var hash, out var timestampMs))
                rows.Add((EventKind.Prediction, hash, timestampMs, 0));
            return;
        }
        while (reader.TryRead(out GroundTruth truth))
            rows.Add((EventKind.GroundTruth, truth.Hash, truth.TimestampMs, IdHash.OfValue(truth.Value)));
    }
}
