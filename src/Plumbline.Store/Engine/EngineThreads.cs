using System.Collections.Concurrent;

namespace Plumbline.Store.Engine;

/// <summary>
/// Threads of their own, one connection each, that run the engine's blocking calls in order of arrival. The thread pool never
/// waits for the engine.
/// </summary>
internal sealed class EngineThreads : IDisposable
{
    private readonly BlockingCollection<Action<EngineConnection>> _queue;
    private readonly Thread[] _threads;
    private readonly EngineConnection[] _connections;
    private readonly string _name;

    internal EngineThreads(string name, EngineConnection[] connections, int queueLimit)
    {
        _name = name;
        _connections = connections;
        _queue = new BlockingCollection<Action<EngineConnection>>(queueLimit);
        _threads = new Thread[connections.Length];
        for (var i = 0; i < connections.Length; i++)
        {
            var connection = connections[i];
            _threads[i] = new Thread(() => Work(connection)) { IsBackground = true, Name = $"engine {name} {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Statements that wait for a thread.</summary>
    internal int Waiting => _queue.Count;

    /// <summary>
    /// Runs <paramref name="work"/> on the next free thread. Cancelling takes it out of the queue; what runs is not interrupted.
    /// </summary>
    /// <exception cref="StoreBusyException">The queue is full.</exception>
    internal Task<T> RunAsync<T>(Func<EngineConnection, T> work, CancellationToken ct)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Run(EngineConnection connection)
        {
            if (ct.IsCancellationRequested)
            {
                completion.TrySetCanceled(ct);
                return;
            }
            try
            {
                completion.TrySetResult(work(connection));
            }
#pragma warning disable CA1031 // Whatever the work throws belongs to whoever awaits it, not to this thread.
            catch (Exception error)
#pragma warning restore CA1031
            {
                completion.TrySetException(error);
            }
        }

        ct.ThrowIfCancellationRequested();
        try
        {
            if (!_queue.TryAdd(Run))
                throw new StoreBusyException($"{_queue.BoundedCapacity} statements wait for the engine's {_name} threads already.");
        }
        catch (InvalidOperationException error) when (_queue.IsAddingCompleted)
        {
            throw new ObjectDisposedException("The column store is closed.", error);
        }
        return completion.Task;
    }

    /// <summary>Finishes what is queued and takes nothing more.</summary>
    internal void Finish()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
    }

    /// <summary>Finishes what is queued, then closes the connections.</summary>
    public void Dispose()
    {
        Finish();
        foreach (var connection in _connections)
            connection.Dispose();
        _queue.Dispose();
    }

    private void Work(EngineConnection connection)
    {
        foreach (var work in _queue.GetConsumingEnumerable())
            work(connection);
    }
}
