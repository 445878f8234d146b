using Plumbline.Events;

namespace Plumbline.Registry.Spooling;

/// <summary>What the operations of one transaction count, summed, so that a hundred small appends change their counters once.</summary>
internal sealed class CounterChanges
{
    private readonly Dictionary<(int ModelId, EventKind Kind), SpoolCounters> _changes = [];

    public void Add(int modelId, EventKind kind, SpoolCounters change) =>
        _changes[(modelId, kind)] = _changes.GetValueOrDefault((modelId, kind)) + change;

    /// <summary>Drops what was counted for a model that is deleted in the same transaction.</summary>
    public void Forget(int modelId)
    {
        foreach (var key in _changes.Keys.Where(key => key.ModelId == modelId).ToList())
            _changes.Remove(key);
    }

    public void WriteTo(SpoolDatabase database)
    {
        foreach (var ((modelId, kind), change) in _changes)
        {
            // A block of a deleted model may still complete: it must not bring the model's counters back.
            if (change.Received == 0)
            {
                database.Run("UPDATE counters SET stored = stored + ?3 WHERE model = ?1 AND kind = ?2", modelId, (long)kind, change.Stored);
                continue;
            }
            database.Run(
                """
                INSERT INTO counters(model, kind, received, duplicate, rejected, stored) VALUES(?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT(model, kind) DO UPDATE SET received = received + excluded.received, duplicate = duplicate + excluded.duplicate,
                rejected = rejected + excluded.rejected, stored = stored + excluded.stored
                """,
                modelId,
                (long)kind,
                change.Received,
                change.Duplicate,
                change.Rejected,
                change.Stored
            );
        }
    }

    public void Clear() => _changes.Clear();
}
