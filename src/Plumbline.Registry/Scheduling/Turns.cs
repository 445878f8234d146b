namespace Plumbline.Registry.Scheduling;

/// <summary>One after the other, as a scope: what <see cref="SemaphoreSlim"/> gives, without a block that gives it back.</summary>
public static class Turns
{
    /// <summary>Waits for the turn; disposing the result ends it.</summary>
    public static async Task<IDisposable> EnterAsync(this SemaphoreSlim gate, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        return new Turn(gate);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                gate.Release();
        }
    }
}
