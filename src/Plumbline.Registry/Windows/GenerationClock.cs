using Plumbline.Store;

namespace Plumbline.Registry.Windows;

/// <summary>
/// The generation of computed rows: of two rows with one key the one of the higher generation counts. A generation is the time where that
/// grows, and one millisecond more than the last where it does not: after a clock was put back, what is computed now must still replace
/// what was computed before.
/// </summary>
public sealed class GenerationClock(IColumnStore store, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private long _last = -1;

    /// <summary>A generation higher than every one before, those of earlier runs included.</summary>
    public async ValueTask<DateTimeOffset> NextAsync(CancellationToken cancellation)
    {
        if (Interlocked.Read(ref _last) < 0)
            await LoadAsync(cancellation);
        lock (_lock)
            return DateTimeOffset.FromUnixTimeMilliseconds(_last = Math.Max(_last + 1, time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    private async Task LoadAsync(CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);
        try
        {
            if (Interlocked.Read(ref _last) >= 0)
                return;
            var last = 0L;
            foreach (var table in ModelTables.ComputedTables)
            {
                using var rows = await store.QueryAsync(
                    new SqlStatement($"SELECT toUnixTimestamp64Milli(max(computed_at)) FROM {table}"),
                    cancellation
                );
                if (rows.Read())
                    last = Math.Max(last, rows.ReadInt64());
            }

            Interlocked.Exchange(ref _last, last);
        }
        finally
        {
            _loading.Release();
        }
    }
}
