using System.Collections.Concurrent;

namespace Plumbline.Registry.Models;

/// <summary>
/// One at a time per model: who stores a block of predictions, and who changes the columns that blocks are written into. What waits meanwhile is in the spool.
/// </summary>
public sealed class PredictionWriteGate
{
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _gates = new();

    /// <summary>Waits for the model's turn; disposing the result ends it.</summary>
    public async Task<IDisposable> EnterAsync(int modelId, CancellationToken cancellation)
    {
        var gate = _gates.GetOrAdd(modelId, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellation);
        return new Turn(gate);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) gate.Release();
        }
    }
}
