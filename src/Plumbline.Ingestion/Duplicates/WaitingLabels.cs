using Plumbline.Events.Batches;

namespace Plumbline.Ingestion.Duplicates;

/// <summary>
/// The values of ground truths that are acknowledged and not stored yet, per prediction and time. A ground truth is the same event again
/// only when it says what the last one of that prediction and time said: 0, then 1, then 0 again with one timestamp are a label, a
/// correction, and its withdrawal.
/// </summary>
public sealed class WaitingLabels
{
    private const ulong PerChange = 0x9E3779B97F4A7C15;
    private readonly Lock _lock = new();
    private readonly Dictionary<IdHash, Waiting> _waiting = [];

    /// <summary>Keys of rows in their order: equal for a row that repeats the last value, another for each change of the value.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="isReread">True for rows that may be read again and again, whatever came behind them: a value that is known is then
    /// known for good.</param>
    public (IdHash[] Keys, int[] Changes) KeysOf(ReadOnlySpan<RowSlot> rows, bool isReread = false)
    {
        var (keys, changes) = (new IdHash[rows.Length], new int[rows.Length]);
        if (isReread)
        {
            for (var i = 0; i < rows.Length; i++)
                keys[i] = rows[i].Hash.OfGroundTruth(rows[i].TimestampMs, rows[i].ValueHash);
            return (keys, changes);
        }
        var here = new Dictionary<IdHash, (ulong Value, int Changes)>();
        lock (_lock)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var (of, value) = (OfTime(rows[i].Hash, rows[i].TimestampMs), rows[i].ValueHash);
                if (!here.TryGetValue(of, out var last))
                    last = _waiting.TryGetValue(of, out var waiting) ? (waiting.Value, waiting.Changes) : (value, 0);
                here[of] = last = (value, last.Value == value ? last.Changes : last.Changes + 1);
                changes[i] = last.Changes;
                keys[i] = rows[i].Hash.OfGroundTruth(rows[i].TimestampMs, value + ((ulong)last.Changes * PerChange));
            }
        }
        return (keys, changes);
    }

    /// <summary>Notes rows that are about to be made durable.</summary>
    public void Add(ReadOnlySpan<RowSlot> rows, ReadOnlySpan<IdHash> keys, ReadOnlySpan<int> changes)
    {
        lock (_lock)
        {
            for (var i = 0; i < rows.Length; i++)
                Add(OfTime(rows[i].Hash, rows[i].TimestampMs), rows[i].ValueHash, keys[i], changes[i]);
        }
    }

    /// <summary>Forgets rows that are stored, or were not made durable; gives the keys that stood for changes, to be settled too.</summary>
    public IReadOnlyList<IdHash> Settle(IEnumerable<IdHash> times)
    {
        var settled = new List<IdHash>();
        lock (_lock)
        {
            foreach (var of in times)
            {
                if (!_waiting.TryGetValue(of, out var waiting) || --waiting.Rows > 0)
                    continue;
                _waiting.Remove(of);
                settled.AddRange(waiting.ChangeKeys ?? []);
            }
        }
        return settled;
    }

    /// <summary>What stands for a prediction and a time, whatever the value.</summary>
    public static IdHash OfTime(IdHash prediction, long timestampMs) => prediction.OfGroundTruth(timestampMs, 0);

    private void Add(IdHash of, ulong value, IdHash key, int changes)
    {
        if (!_waiting.TryGetValue(of, out var waiting))
            _waiting.Add(of, waiting = new Waiting());
        (waiting.Value, waiting.Changes) = (value, changes);
        waiting.Rows++;
        if (changes > 0)
            (waiting.ChangeKeys ??= []).Add(key);
    }

    private sealed class Waiting
    {
        public ulong Value;
        public int Changes;
        public int Rows;
        public List<IdHash>? ChangeKeys;
    }
}
