using Plumbline.Events.Batches;

namespace Plumbline.Ingestion.Duplicates;

/// <summary>The known ids of one kind of event of one model.</summary>
public sealed class KnownIds
{
    private const int SmallestTrimmed = 65_536;
    private readonly Lock _lock = new();
    private readonly Dictionary<IdHash, Claim> _pending = [];
    private readonly IdFilter _filter = new();
    private readonly FilterBudget _budget;
    private bool _overflowed;

    /// <summary>Creates an empty set.</summary>
    public KnownIds(FilterBudget budget) => _budget = budget;

    /// <summary>True when the filter could not grow any more: then the column store is asked about every row.</summary>
    public bool Overflowed => Volatile.Read(ref _overflowed);

    /// <summary>
    /// Claims the rows that are not known. Everything in <see cref="ClaimResult.Ask"/> is claimed too, until <see cref="Release"/>.
    /// </summary>
    /// <param name="keys">One key per row; zero for a row without an identity, which is never a duplicate.</param>
    /// <param name="claim">The request.</param>
    public ClaimResult ClaimRows(ReadOnlySpan<IdHash> keys, Claim claim)
    {
        var result = new ClaimResult(new bool[keys.Length], [], []);
        lock (_lock)
        {
            for (var i = 0; i < keys.Length; i++)
            {
                if (keys[i] == default)
                    continue;
                if (_pending.TryGetValue(keys[i], out var other))
                {
                    if (ReferenceEquals(other, claim) || other.IsDurable)
                        result.IsDuplicate[i] = true;
                    else
                        result.WaitFor.Add((i, other));
                    continue;
                }
                _pending.Add(keys[i], claim);
                if (_overflowed || _filter.MayContain(keys[i].Low))
                    result.Ask.Add(i);
            }
        }
        return result;
    }

    /// <summary>Gives rows back: they were found in the column store, or the request was refused.</summary>
    public void Release(IEnumerable<IdHash> keys, Claim claim)
    {
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (_pending.TryGetValue(key, out var owner) && ReferenceEquals(owner, claim))
                    _pending.Remove(key);
            }
        }
    }

    /// <summary>Remembers rows of a request that is durable now (or was, before a restart).</summary>
    public void Remember(ReadOnlySpan<IdHash> keys, Claim claim, bool pending = true)
    {
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (key == default)
                    continue;
                if (pending)
                    _pending[key] = claim;
                AddToFilter(key.Low);
            }
        }
    }

    /// <summary>Adds ids that the column store has.</summary>
    public void AddStored(ReadOnlySpan<ulong> lows)
    {
        lock (_lock)
        {
            foreach (var low in lows)
                AddToFilter(low);
        }
    }

    /// <summary>Forgets the exact ids of rows that are in the column store now; the filter keeps them.</summary>
    public void Settle(IEnumerable<IdHash> keys)
    {
        lock (_lock)
        {
            foreach (var key in keys)
                _pending.Remove(key);

            // After a rush the room for it goes back.
            if (_pending.Capacity > SmallestTrimmed && _pending.Count < _pending.Capacity / 8)
                _pending.TrimExcess(Math.Max(_pending.Count, SmallestTrimmed / 2));
        }
    }

    /// <summary>For each hash whether it was perhaps added; false is sure.</summary>
    public bool MayContainAny(ReadOnlySpan<ulong> lows)
    {
        lock (_lock)
        {
            if (_overflowed)
                return true;
            foreach (var low in lows)
            {
                if (_filter.MayContain(low))
                    return true;
            }
        }
        return false;
    }

    /// <summary>Gives the filter's memory back to the budget; for a deleted model.</summary>
    public void Discard()
    {
        lock (_lock)
            _budget.Release(_filter.Bytes);
    }

    private void AddToFilter(ulong low)
    {
        if (_overflowed)
            return;
        var before = _filter.Bytes;
        if (!_budget.HasRoomFor(_filter.NextLevelBytes) && _filter.WouldGrow(low))
        {
            _overflowed = true;
            return;
        }
        _filter.Add(low);
        _budget.Take(_filter.Bytes - before);
    }
}

/// <summary>Memory that all filters of all models share.</summary>
public sealed class FilterBudget(long maxBytes)
{
    private long _used;

    /// <summary>Bytes taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>True when <paramref name="bytes"/> more would stay within the limit.</summary>
    public bool HasRoomFor(long bytes) => Used + bytes <= maxBytes;

    /// <summary>Takes memory.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Gives memory back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
