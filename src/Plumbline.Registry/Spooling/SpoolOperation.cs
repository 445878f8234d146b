using Plumbline.Events;

namespace Plumbline.Registry.Spooling;

/// <summary>Something that the committer does inside a transaction shared with others, and what follows once it is durable.</summary>
internal abstract class SpoolOperation(int modelId)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int ModelId { get; } = modelId;

    public Task Done => _done.Task;

    /// <summary>Bytes that the operation writes, for the limit of a transaction.</summary>
    public virtual int Bytes => 0;

    /// <summary>Writes, in the committer's thread; what it counts is written once for the whole transaction.</summary>
    public abstract void Write(SpoolDatabase database, CounterChanges counted);

    /// <summary>Brings the state in memory up to date. Runs under the state's lock after the commit.</summary>
    public abstract void Publish(SpoolState state);

    /// <summary>Takes back what was reserved. Runs under the state's lock when the commit failed.</summary>
    public virtual void Withdraw(SpoolState state) { }

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception error) => _done.TrySetException(error);
}

internal sealed class AppendOperation(SpoolEntry entry, DateTimeOffset at) : SpoolOperation(entry.ModelId)
{
    private long _sequence;

    public override int Bytes => entry.Payload.Length;

    public override void Write(SpoolDatabase database, CounterChanges counted)
    {
        if (entry.Rows > 0)
        {
            database.RunWithBlob(
                "INSERT INTO batches(model, kind, rows, appended_at, payload) VALUES(?1, ?2, ?3, ?4, ?5)",
                entry.Payload.Span,
                entry.ModelId,
                (long)entry.Kind,
                entry.Rows,
                at.ToUnixTimeMilliseconds()
            );
            _sequence = database.LastInsertRowId;
        }
        counted.Add(
            entry.ModelId,
            entry.Kind,
            new SpoolCounters(entry.Rows + entry.Duplicates + entry.Rejected, entry.Duplicates, entry.Rejected, 0, 0)
        );
    }

    public override void Publish(SpoolState state)
    {
        state.Count(
            entry.ModelId,
            entry.Kind,
            new SpoolCounters(entry.Rows + entry.Duplicates + entry.Rejected, entry.Duplicates, entry.Rejected, 0, entry.Rows)
        );
        if (entry.Rows > 0)
            state.Wait(entry.ModelId, entry.Kind, new WaitingBatch(_sequence, entry.Rows, entry.Payload.Length, at));
    }

    public override void Withdraw(SpoolState state) => state.Release(entry.Payload.Length);
}

internal sealed class PlanOperation(int modelId, EventKind kind, IReadOnlyList<WaitingBatch> batches, string spoolId, DateTimeOffset at)
    : SpoolOperation(modelId)
{
    public SpoolBlock? Block { get; private set; }

    public override void Write(SpoolDatabase database, CounterChanges counted)
    {
        var rows = batches.Sum(static b => (long)b.Rows);
        database.Run(
            "INSERT INTO blocks(model, kind, first_sequence, last_sequence, planned_at) VALUES(?1, ?2, ?3, ?4, ?5)",
            ModelId,
            (long)kind,
            batches[0].Sequence,
            batches[^1].Sequence,
            at.ToUnixTimeMilliseconds()
        );
        var number = database.LastInsertRowId;
        Block = new SpoolBlock(
            number,
            ModelId,
            kind,
            [.. batches.Select(static b => b.Sequence)],
            rows,
            batches.Sum(static b => (long)b.Bytes),
            SpoolState.Token(spoolId, number),
            null
        );
    }

    public override void Publish(SpoolState state) => state.Plan(Block!);

    public override void Withdraw(SpoolState state) => state.PutBack(ModelId, kind, batches);
}

internal sealed class CompleteOperation(SpoolBlock block) : SpoolOperation(block.ModelId)
{
    public override void Write(SpoolDatabase database, CounterChanges counted)
    {
        database.Run(
            "DELETE FROM batches WHERE model = ?1 AND kind = ?2 AND sequence BETWEEN ?3 AND ?4",
            block.ModelId,
            (long)block.Kind,
            block.Sequences[0],
            block.Sequences[^1]
        );
        database.Run("DELETE FROM blocks WHERE number = ?1", block.Number);
        counted.Add(block.ModelId, block.Kind, new SpoolCounters(0, 0, 0, block.Rows, 0));
    }

    public override void Publish(SpoolState state) => state.Complete(block);
}

internal sealed class FailOperation(SpoolBlock block, string reason) : SpoolOperation(block.ModelId)
{
    public override void Write(SpoolDatabase database, CounterChanges counted) =>
        database.RunWithText("UPDATE blocks SET attempts = attempts + 1, failure = ?2 WHERE number = ?1", reason, block.Number);

    public override void Publish(SpoolState state) => state.Plan(block with { Failure = reason });
}

internal sealed class CorrectOperation(int modelId, EventKind kind, long difference) : SpoolOperation(modelId)
{
    private readonly SpoolCounters _change = new(difference, 0, 0, difference, 0);

    public override void Write(SpoolDatabase database, CounterChanges counted) => counted.Add(ModelId, kind, _change);

    public override void Publish(SpoolState state) => state.Count(ModelId, kind, _change);
}

internal sealed class DropOperation(int modelId) : SpoolOperation(modelId)
{
    public override void Write(SpoolDatabase database, CounterChanges counted)
    {
        counted.Forget(ModelId);
        database.Run("DELETE FROM batches WHERE model = ?1", ModelId);
        database.Run("DELETE FROM blocks WHERE model = ?1", ModelId);
        database.Run("DELETE FROM counters WHERE model = ?1", ModelId);
    }

    public override void Publish(SpoolState state) => state.Drop(ModelId);
}
