using System.Text;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;

namespace Plumbline.Ingestion.Intake;

/// <summary>What became of a batch.</summary>
/// <param name="Outcome">Whether its good rows are durable; when not, nothing of the batch was taken or counted.</param>
/// <param name="Accepted">Rows that are durable now.</param>
/// <param name="Duplicates">Rows that were known.</param>
public readonly record struct IntakeResult(AppendOutcome Outcome, int Accepted, int Duplicates);

/// <summary>
/// From a decoded batch to an acknowledged one: new features get a type, known rows are sorted out, the rest becomes durable. Exactly
/// once: rows are claimed before they are written, so of two requests with the same row the second waits for the first.
/// </summary>
public sealed class EventIntake(
    Spool spool,
    KnownEvents known,
    StoredIds stored,
    FeatureInference inference,
    ModelCatalog catalog,
    TimeProvider time
)
{
    private static readonly TimeSpan PauseWithFullSpool = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Takes a batch, and waits while the spool is full: the way in for whatever is no request that could be sent away. Still full after
    /// the patience, nothing of it is taken.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="patience">How long to wait for room at most, zero or more.</param>
    /// <param name="cancellation">Stops before anything is durable.</param>
    /// <param name="isReread">See <see cref="TakeAsync"/>.</param>
    public async Task<IntakeResult> AppendAsync(
        ModelDefinition model,
        EventBatch batch,
        TimeSpan patience,
        CancellationToken cancellation,
        bool isReread = false
    )
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var result = await TakeAsync(model, batch, cancellation, isReread);
            if (result.Outcome != AppendOutcome.Full || time.GetElapsedTime(began) >= patience)
                return result;
            await Task.Delay(PauseWithFullSpool, time, cancellation);
        }
    }

    /// <summary>Takes a batch. May be called again with the same batch when the spool was full.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="cancellation">Stops before anything is durable.</param>
    /// <param name="isReread">True where the sender reads the same rows again and again: then a value that is known is no withdrawal of a
    /// later one.</param>
    public async Task<IntakeResult> TakeAsync(
        ModelDefinition model,
        EventBatch batch,
        CancellationToken cancellation,
        bool isReread = false
    )
    {
        if (batch.TellingClass is { } telling)
            await catalog.EnsureClassesAsync(model.Id, [telling], cancellation);
        if (batch.Kind == EventKind.Prediction && await inference.EnsureAsync(model, batch, cancellation) is { } rejected)
            batch.Remove(rejected);
        if (batch.Kind == EventKind.Signal && !HasIds(batch))
            return await AppendAsync(model.Id, batch);
        var knowledge = await known.OfAsync(model.Id);
        var ids = knowledge.Of(batch.Kind);
        var (keys, changes) =
            batch.Kind == EventKind.GroundTruth ? knowledge.WaitingLabels.KeysOf(batch.Rows, isReread) : (Keys(batch), []);
        var claim = new Claim();
        var durable = false;
        try
        {
            var result = await TakeClaimedAsync(model.Id, batch, knowledge, (keys, changes, isReread), claim, cancellation);
            durable = result.Outcome == AppendOutcome.Durable;
            if (durable && batch.Kind == EventKind.Prediction)
                knowledge.Predictions.AddStored(Parts(batch));
            if (durable && batch.Kind == EventKind.GroundTruth)
                knowledge.LabelledIds.AddStored([.. batch.Rows.ToArray().Select(row => row.Hash.Low)]);
            return result;
        }
        finally
        {
            if (!durable)
                ids.Release(keys, claim);
            claim.End(durable);
        }
    }

    private async Task<IntakeResult> TakeClaimedAsync(
        int modelId,
        EventBatch batch,
        ModelKnowledge knowledge,
        (IdHash[] Keys, int[] Changes, bool AreReread) rows,
        Claim claim,
        CancellationToken cancellation
    )
    {
        var (ids, keys) = (knowledge.Of(batch.Kind), rows.Keys);
        var claimed = ids.ClaimRows(keys, claim);
        if (claimed.Ask.Count > 0)
            await AskStoreAsync(modelId, batch, ids, rows, claim, claimed, cancellation);
        foreach (var (row, other) in claimed.WaitFor)
        {
            // The other claimed first and never waits for us, so nobody waits in a circle.
            if (!await other.Ended.WaitAsync(cancellation))
                return new IntakeResult(AppendOutcome.Full, 0, 0);
            claimed.IsDuplicate[row] = true;
        }
        if (claimed.IsDuplicate.AsSpan().Contains(true))
            batch.RemoveKnown(claimed.IsDuplicate);
        // The filter first: once the append returns, the writer may store and settle the rows at any moment.
        IdHash[] kept = [.. keys.Where((_, row) => !claimed.IsDuplicate[row])];
        ids.Remember(kept, claim, pending: false);
        if (batch.Kind != EventKind.GroundTruth)
            return await AppendAsync(modelId, batch);
        knowledge.WaitingLabels.Add(batch.Rows, kept, [.. rows.Changes.Where((_, row) => !claimed.IsDuplicate[row])]);
        var times = Array.ConvertAll(batch.Rows.ToArray(), row => WaitingLabels.OfTime(row.Hash, row.TimestampMs));
        var durable = false;
        try
        {
            var result = await AppendAsync(modelId, batch);
            durable = result.Outcome == AppendOutcome.Durable;
            return result;
        }
        finally
        {
            if (!durable)
                knowledge.WaitingLabels.Settle(times);
        }
    }

    private async Task<IntakeResult> AppendAsync(int modelId, EventBatch batch)
    {
        var (rows, duplicates) = (batch.Rows.Length, batch.KnownRows);
        if (rows + duplicates + batch.RejectedCount == 0)
            return new IntakeResult(AppendOutcome.Durable, 0, 0);
        var outcome = await spool.AppendAsync(new SpoolEntry(modelId, batch.Kind, batch.Seal(), rows, duplicates, batch.RejectedCount));
        return outcome == AppendOutcome.Durable ? new IntakeResult(outcome, rows, duplicates) : new IntakeResult(outcome, 0, 0);
    }

    private async Task AskStoreAsync(
        int modelId,
        EventBatch batch,
        KnownIds ids,
        (IdHash[] Keys, int[] Changes, bool AreReread) rows,
        Claim claim,
        ClaimResult claimed,
        CancellationToken cancellation
    )
    {
        var keys = rows.Keys;
        var sought = Sought(batch, keys, claimed.Ask);
        var found = batch.Kind switch
        {
            EventKind.Prediction => await stored.FindPredictionsAsync(modelId, sought, cancellation),
            EventKind.Signal => await stored.FindSignalsAsync(modelId, sought, cancellation),
            _ => await stored.FindGroundTruthAsync(modelId, sought, lastOnly: !rows.AreReread, cancellation),
        };
        foreach (var row in claimed.Ask)
            claimed.IsDuplicate[row] = found.Contains(keys[row]);
        ids.Release(claimed.Ask.Where(row => claimed.IsDuplicate[row]).Select(row => keys[row]), claim);
    }

    private static List<StoredIds.Sought> Sought(EventBatch batch, IdHash[] keys, List<int> asked)
    {
        var rows = batch.Rows;
        var sought = new List<StoredIds.Sought>(asked.Count);
        foreach (var row in asked)
            sought.Add(new(Encoding.UTF8.GetString(batch.IdOf(rows[row])), rows[row].Hash.Low, rows[row].TimestampMs, keys[row]));
        return sought;
    }

    private static IdHash[] Keys(EventBatch batch)
    {
        var rows = batch.Rows;
        var keys = new IdHash[rows.Length];
        // A part is no duplicate of the other parts, nor of itself: merged twice it is what it was.
        for (var i = 0; i < keys.Length; i++)
            keys[i] = rows[i].IsPart ? default : rows[i].Hash;
        return keys;
    }

    private static ulong[] Parts(EventBatch batch)
    {
        var parts = new List<ulong>();
        foreach (ref readonly var row in batch.Rows)
        {
            if (row.IsPart)
                parts.Add(row.Hash.Low);
        }
        return [.. parts];
    }

    private static bool HasIds(EventBatch batch)
    {
        foreach (ref readonly var row in batch.Rows)
        {
            if (row.IdSize > 0)
                return true;
        }
        return false;
    }
}
