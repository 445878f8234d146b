using System.Collections.Concurrent;
using System.Globalization;
using Plumbline.Events;

namespace Plumbline.Registry.Spooling;

/// <summary>
/// The durable queue between clients and the column store: SQLite in WAL mode, a blob per batch. One thread commits; all that waits
/// when it comes round shares one transaction and one fsync, so that many small appends cost little more than one.
/// All members may be called from any thread.
/// </summary>
public sealed class Spool : IAsyncDisposable
{
    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly SpoolDatabase _writing;
    private readonly SpoolDatabase _reading;
    private readonly string _id;
    private readonly SpoolState _state = new();
    private readonly Lock _stateLock = new();
    private readonly Lock _readLock = new();
    private readonly BlockingCollection<SpoolOperation> _operations = new(new ConcurrentQueue<SpoolOperation>());
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private readonly CounterChanges _counted = new();
    private readonly Thread _committer;
    private long _commits;

    private Spool(SpoolOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _writing = new SpoolDatabase(options.Path);
        _id = SpoolSchema.Prepare(_writing, time);
        SpoolSchema.Load(_writing, _id, _state);
        _reading = new SpoolDatabase(options.Path);
        _committer = new Thread(CommitLoop) { IsBackground = true, Name = "spool committer" };
        _committer.Start();
    }

    /// <summary>Bytes that wait, including those on their way to the disk.</summary>
    public long Bytes
    {
        get
        {
            lock (_stateLock)
                return _state.Bytes;
        }
    }

    /// <summary>The limit of <see cref="Bytes"/>.</summary>
    public long MaxBytes => _options.MaxBytes;

    /// <summary>Transactions since the spool was opened: shows how well appends share them.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Opens the spool, made when absent. Blocks of an earlier run are in <see cref="OpenBlocks"/>.</summary>
    /// <exception cref="SpoolException">The file is of another version or cannot be read.</exception>
    public static Spool Open(SpoolOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        return new Spool(options, time);
    }

    /// <summary>Appends a batch; completes when it is on the disk. An entry without rows only counts.</summary>
    /// <exception cref="SpoolException">The disk refused. Nothing was written or counted.</exception>
    public async Task<AppendOutcome> AppendAsync(SpoolEntry entry)
    {
        var bytes = entry.Rows > 0 ? entry.Payload.Length : 0;
        if (bytes == 0)
            entry = entry with { Payload = default };
        lock (_stateLock)
        {
            if (bytes > 0 && _state.Bytes + bytes > _options.MaxBytes)
                return AppendOutcome.Full;
            _state.Reserve(bytes);
        }
        await RunAsync(new AppendOperation(entry, _time.GetUtcNow()));
        if (_arrived.CurrentCount == 0)
            Signal();
        return AppendOutcome.Durable;
    }

    /// <summary>Completes when something was appended since the last call that completed, or when the time is up.</summary>
    public Task WaitForRowsAsync(TimeSpan atMost, CancellationToken cancellation) => _arrived.WaitAsync(atMost, cancellation);

    /// <summary>Rows that are in no block yet, by model and kind.</summary>
    public IReadOnlyList<SpoolBacklog> Backlogs()
    {
        lock (_stateLock)
            return _state.Backlogs();
    }

    /// <summary>Blocks that were planned and not completed, the oldest first; also those of an earlier run.</summary>
    public IReadOnlyList<SpoolBlock> OpenBlocks()
    {
        lock (_stateLock)
            return _state.Blocks();
    }

    /// <summary>Makes a block of the oldest waiting batches; null when none wait. Completes when the plan is on the disk.</summary>
    public async Task<SpoolBlock?> PlanBlockAsync(int modelId, EventKind kind, long maxRows, long maxBytes)
    {
        List<WaitingBatch> batches;
        lock (_stateLock)
            batches = _state.Take(modelId, kind, maxRows, maxBytes);
        if (batches.Count == 0)
            return null;
        var operation = new PlanOperation(modelId, kind, batches, _id, _time.GetUtcNow());
        await RunAsync(operation);
        return operation.Block;
    }

    /// <summary>Reads the batches of a block, in order.</summary>
    public SpoolPayloads Read(SpoolBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var payloads = new SpoolPayloads((int)block.Bytes);
        lock (_readLock)
        {
            foreach (var sequence in block.Sequences)
                _reading.Query("SELECT payload FROM batches WHERE sequence = ?1", row => payloads.Add(row.Blob(0)), sequence);
        }
        return payloads;
    }

    /// <summary>Takes the block out of the spool and counts its rows as stored, both in one transaction.</summary>
    public Task CompleteBlockAsync(SpoolBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return RunAsync(new CompleteOperation(block));
    }

    /// <summary>Notes why a block could not be stored. It stays open, also over a restart.</summary>
    public Task FailBlockAsync(SpoolBlock block, string reason)
    {
        ArgumentNullException.ThrowIfNull(block);
        return RunAsync(new FailOperation(block, reason));
    }

    /// <summary>
    /// Counts more or fewer rows as received and stored, when the column store was found to hold another number than was counted.
    /// </summary>
    /// <param name="modelId">The model.</param>
    /// <param name="kind">What the rows are.</param>
    /// <param name="difference">Rows to add; negative for rows that are gone.</param>
    public Task CorrectStoredAsync(int modelId, EventKind kind, long difference) =>
        RunAsync(new CorrectOperation(modelId, kind, difference));

    /// <summary>Forgets a model: its batches, blocks and counters.</summary>
    public async Task DropModelAsync(int modelId) => await RunAsync(new DropOperation(modelId));

    /// <summary>The counters of one kind of one model.</summary>
    public SpoolCounters Counters(int modelId, EventKind kind)
    {
        lock (_stateLock)
            return _state.Counters(modelId, kind);
    }

    /// <summary>The counters of all models together.</summary>
    public SpoolCounters Total
    {
        get
        {
            lock (_stateLock)
                return _state.Total;
        }
    }

    /// <summary>The counters of one model, all kinds together, read at one moment.</summary>
    public SpoolCounters Counters(int modelId)
    {
        lock (_stateLock)
        {
            return _state.Counters(modelId, EventKind.Prediction)
                + _state.Counters(modelId, EventKind.GroundTruth)
                + _state.Counters(modelId, EventKind.Signal);
        }
    }

    /// <summary>The counters of all models, read at one moment.</summary>
    public IReadOnlyList<(int ModelId, EventKind Kind, SpoolCounters Counters)> AllCounters()
    {
        lock (_stateLock)
            return _state.AllCounters();
    }

    /// <summary>Calls <paramref name="visit"/> with every batch in the spool, for filling the set of known ids at start.</summary>
    public void VisitBatches(Action<int, ReadOnlyMemory<byte>> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        lock (_readLock)
            _reading.Query("SELECT model, payload FROM batches ORDER BY sequence", row => visit((int)row.Int64(0), row.Blob(1).ToArray()));
    }

    /// <summary>Commits what was handed in, then closes the file.</summary>
    public ValueTask DisposeAsync()
    {
        _operations.CompleteAdding();
        _committer.Join();
        _reading.Dispose();
        _writing.Dispose();
        _operations.Dispose();
        _arrived.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task RunAsync(SpoolOperation operation)
    {
        try
        {
            _operations.Add(operation);
            return operation.Done;
        }
        catch (InvalidOperationException)
        {
            lock (_stateLock)
                operation.Withdraw(_state);
            throw new SpoolException("The spool is closed.");
        }
    }

    private void CommitLoop()
    {
        var group = new List<SpoolOperation>();
        foreach (var first in _operations.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            var bytes = first.Bytes;
            while (bytes < _options.TransactionBytes && _operations.TryTake(out var next))
            {
                group.Add(next);
                bytes += next.Bytes;
            }
            Commit(group);
        }
    }

    private void Commit(List<SpoolOperation> group)
    {
        try
        {
            _writing.Run("BEGIN IMMEDIATE");
            _counted.Clear();
            foreach (var operation in group)
                operation.Write(_writing, _counted);
            _counted.WriteTo(_writing);
            _writing.Run("COMMIT");
            Interlocked.Increment(ref _commits);
        }
        catch (Exception error)
        {
            // Whatever it was, the callers must learn that nothing became durable; the committer itself goes on.
            RollBack();
            lock (_stateLock)
            {
                foreach (var operation in group)
                    operation.Withdraw(_state);
            }
            foreach (var operation in group)
            {
                operation.Fail(
                    error is SpoolException
                        ? error
                        : new SpoolException(string.Create(CultureInfo.InvariantCulture, $"The spool cannot write: {error.Message}"), error)
                );
            }

            return;
        }
        lock (_stateLock)
        {
            foreach (var operation in group)
                operation.Publish(_state);
        }
        foreach (var operation in group)
            operation.Complete();
    }

    private void RollBack()
    {
        try
        {
            _writing.Run("ROLLBACK");
        }
        catch (SpoolException)
        {
            // SQLite rolls back by itself on a full disk; then there is nothing left to roll back.
        }
    }

    private void Signal()
    {
        try
        {
            _arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another append has signalled in between: one signal is enough.
        }
    }
}
