using System.Collections.Concurrent;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Registry.Models;

/// <summary>
/// One at a time per model: who stores a block of predictions, and who changes the columns that blocks are written into. What waits
/// meanwhile is in the spool.
/// </summary>
public sealed class PredictionWriteGate
{
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _gates = new();

    /// <summary>Waits for the model's turn; disposing the result ends it.</summary>
    public Task<IDisposable> EnterAsync(int modelId, CancellationToken cancellation) =>
        _gates.GetOrAdd(modelId, _ => new SemaphoreSlim(1, 1)).EnterAsync(cancellation);

    /// <summary>Forgets a deleted model. Who waits for its turn still gets it.</summary>
    public void Forget(int modelId) => _gates.TryRemove(modelId, out _);
}
