using System.Text;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Events.Spooling;
using Plumbline.Server.Ingestion.Duplicates;
using Plumbline.Server.Models;

namespace Plumbline.Server.Ingestion.Intake;

/// <summary>What became of a batch.</summary>
/// <param name="Outcome">Whether its good rows are durable; when not, nothing of the batch was taken or counted.</param>
/// <param name="Accepted">Rows that are durable now.</param>
/// <param name="Duplicates">Rows that were known.</param>
public readonly record struct IntakeResult(AppendOutcome Outcome, int Accepted, int Duplicates);

/// <summary>
/// From a decoded batch to an acknowledged one: new features get a type, known rows are sorted out, the rest becomes durable. Exactly
/// once: rows are claimed before they are written, so of two requests with the same row the second waits for the first.
/// </summary>
public sealed class BatchIntake(Spool spool, KnownEvents known, StoredIds stored, FeatureInference inference)
{
    /// <summary>Takes a batch. May be called again with the same batch when the spool was full.</summary>
    public async Task<IntakeResult> TakeAsync(ModelDefinition model, EventBatch batch, CancellationToken cancellation)
    {
        if (batch.Kind == EventKind.Prediction && await inference.EnsureAsync(model, batch, cancellation) is { } rejected)
            batch.Remove(rejected);
        if (batch.Kind == EventKind.Signal && !HasIds(batch))
            return await AppendAsync(model.Id, batch);
        var knowledge = await known.OfAsync(model.Id);
        var ids = knowledge.Of(batch.Kind);
        var keys = Keys(batch);
        var claim = new Claim();
        var durable = false;
        try
        {
            var result = await TakeClaimedAsync(model.Id, batch, ids, keys, claim, cancellation);
            durable = result.Outcome == AppendOutcome.Durable;
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

    private async Task<IntakeResult> TakeClaimedAsync(int modelId, EventBatch batch, KnownIds ids, IdHash[] keys, Claim claim, CancellationToken cancellation)
    {
        var claimed = ids.ClaimRows(keys, claim);
        if (claimed.Ask.Count > 0)
            await AskStoreAsync(modelId, batch, ids, keys, claim, claimed, cancellation);
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
        var kept = Keys(batch);
        ids.Remember(kept, claim, pending: false);
        return await AppendAsync(modelId, batch);
    }

    private async Task<IntakeResult> AppendAsync(int modelId, EventBatch batch)
    {
        var (rows, duplicates) = (batch.Rows.Length, batch.KnownRows);
        if (rows + duplicates + batch.RejectedCount == 0)
            return new IntakeResult(AppendOutcome.Durable, 0, 0);
        var outcome = await spool.AppendAsync(new SpoolEntry(modelId, batch.Kind, batch.Seal(), rows, duplicates, batch.RejectedCount));
        return outcome == AppendOutcome.Durable ? new IntakeResult(outcome, rows, duplicates) : new IntakeResult(outcome, 0, 0);
    }

    private async Task AskStoreAsync(int modelId, EventBatch batch, KnownIds ids, IdHash[] keys, Claim claim, ClaimResult claimed, CancellationToken cancellation)
    {
        var sought = Sought(batch, keys, claimed.Ask);
        var found = batch.Kind switch
        {
            EventKind.Prediction => await stored.FindPredictionsAsync(modelId, sought, cancellation),
            EventKind.Signal => await stored.FindSignalsAsync(modelId, sought, cancellation),
            _ => await stored.FindGroundTruthAsync(modelId, sought, cancellation),
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
        for (var i = 0; i < keys.Length; i++)
            keys[i] = batch.Kind == EventKind.GroundTruth ? rows[i].Hash.OfGroundTruth(rows[i].TimestampMs, rows[i].ValueHash) : rows[i].Hash;
        return keys;
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
