using System.Globalization;
using Plumbline.Events;

namespace Plumbline.Registry.Spooling;

/// <summary>A batch that waits and is in no block yet.</summary>
internal readonly record struct WaitingBatch(long Sequence, int Rows, int Bytes, DateTimeOffset AppendedAt);

/// <summary>Batches in order, with their sums.</summary>
internal sealed class WaitingQueue
{
    private readonly LinkedList<WaitingBatch> _batches = [];

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    public WaitingBatch? First => _batches.First?.Value;

    public void AddLast(WaitingBatch batch)
    {
        _batches.AddLast(batch);
        Rows += batch.Rows;
        Bytes += batch.Bytes;
    }

    public void AddFirst(WaitingBatch batch)
    {
        _batches.AddFirst(batch);
        Rows += batch.Rows;
        Bytes += batch.Bytes;
    }

    public void RemoveFirst()
    {
        var batch = _batches.First!.Value;
        _batches.RemoveFirst();
        Rows -= batch.Rows;
        Bytes -= batch.Bytes;
    }
}

/// <summary>What the file holds, in memory: changed only after a commit, under the spool's lock.</summary>
internal sealed class SpoolState
{
    private readonly Dictionary<(int ModelId, EventKind Kind), WaitingQueue> _waiting = [];
    private readonly Dictionary<(int ModelId, EventKind Kind), SpoolCounters> _counters = [];
    private readonly SortedDictionary<long, SpoolBlock> _blocks = [];

    /// <summary>Bytes in the file plus bytes on their way to it.</summary>
    public long Bytes { get; private set; }

    /// <summary>The counters of all models together.</summary>
    public SpoolCounters Total { get; private set; }

    public static string Token(string spoolId, long number) => string.Create(CultureInfo.InvariantCulture, $"{spoolId}-{number}");

    public void Reserve(long bytes) => Bytes += bytes;

    public void Release(long bytes) => Bytes -= bytes;

    public void Count(int modelId, EventKind kind, SpoolCounters change)
    {
        _counters.TryGetValue((modelId, kind), out var counters);
        _counters[(modelId, kind)] = counters + change;
        Total += change;
    }

    public void Wait(int modelId, EventKind kind, WaitingBatch batch)
    {
        if (!_waiting.TryGetValue((modelId, kind), out var batches))
            _waiting.Add((modelId, kind), batches = new WaitingQueue());
        batches.AddLast(batch);
    }

    /// <summary>Takes the oldest waiting batches: at least one, then as many as stay within the limits.</summary>
    public List<WaitingBatch> Take(int modelId, EventKind kind, long maxRows, long maxBytes)
    {
        var taken = new List<WaitingBatch>();
        if (!_waiting.TryGetValue((modelId, kind), out var batches))
            return taken;
        long rows = 0;
        long bytes = 0;
        while (batches.First is { } first)
        {
            rows += first.Rows;
            bytes += first.Bytes;
            if (taken.Count > 0 && (rows > maxRows || bytes > maxBytes))
                break;
            taken.Add(first);
            batches.RemoveFirst();
        }
        // Who looks for what waits meets only models of which something does.
        if (batches.First is null)
            _waiting.Remove((modelId, kind));
        return taken;
    }

    public void PutBack(int modelId, EventKind kind, IReadOnlyList<WaitingBatch> batches)
    {
        if (!_waiting.TryGetValue((modelId, kind), out var waiting))
            _waiting.Add((modelId, kind), waiting = new WaitingQueue());
        foreach (var batch in batches.Reverse())
            waiting.AddFirst(batch);
    }

    public void Plan(SpoolBlock block) => _blocks[block.Number] = block;

    public void Complete(SpoolBlock block)
    {
        if (!_blocks.Remove(block.Number))
            return;
        Bytes -= block.Bytes;
        Count(block.ModelId, block.Kind, new SpoolCounters(0, 0, 0, block.Rows, -block.Rows));
    }

    public void Drop(int modelId)
    {
        foreach (var key in _waiting.Keys.Where(k => k.ModelId == modelId).ToList())
        {
            Bytes -= _waiting[key].Bytes;
            _waiting.Remove(key);
        }
        foreach (var block in _blocks.Values.Where(b => b.ModelId == modelId).ToList())
        {
            Bytes -= block.Bytes;
            _blocks.Remove(block.Number);
        }
        foreach (var key in _counters.Keys.Where(k => k.ModelId == modelId).ToList())
        {
            Total -= _counters[key];
            _counters.Remove(key);
        }
    }

    public List<SpoolBacklog> Backlogs()
    {
        var backlogs = new List<SpoolBacklog>();
        foreach (var ((modelId, kind), batches) in _waiting)
        {
            if (batches.First is { } first)
                backlogs.Add(new SpoolBacklog(modelId, kind, batches.Rows, batches.Bytes, first.AppendedAt));
        }
        return backlogs;
    }

    public List<SpoolBlock> Blocks() => [.. _blocks.Values];

    public SpoolCounters Counters(int modelId, EventKind kind) => _counters.GetValueOrDefault((modelId, kind));

    public List<(int ModelId, EventKind Kind, SpoolCounters Counters)> AllCounters() =>
        [.. _counters.Select(static c => (c.Key.ModelId, c.Key.Kind, c.Value))];
}
