using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Store.Engine;
using Plumbline.Store.Tests;

[assembly: AssemblyFixture(typeof(StoreFixture))]
// The engine holds one folder per process, and one test closes and opens it again.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Plumbline.Store.Tests;

/// <summary>One real store in a temporary folder for all tests of this assembly; tests use model numbers of their own.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private static int _lastModel;
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "plumbline-store-" + Guid.NewGuid().ToString("N"));

    public IColumnStore Store { get; private set; } = null!;

    public ColumnStoreOptions Options => new() { Directory = _directory, SlowStatementMs = 1 };

    public static int NextModel() => Interlocked.Increment(ref _lastModel);

    public async ValueTask InitializeAsync() =>
        Store = await EmbeddedColumnStore.OpenAsync(
            Options,
            TimeProvider.System,
            NullLogger<EmbeddedColumnStore>.Instance,
            CancellationToken.None
        );

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        await InitializeAsync();
    }

    /// <summary>
    /// The engine corrects what it tracks once a second, and knows little of itself before the first time: waits for a reading that stands.
    /// </summary>
    public async Task<EngineUsage> ReadSettledUsageAsync(CancellationToken ct)
    {
        var last = await Store.ReadUsageAsync(ct);
        for (var tries = 0; ; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1_100), TimeProvider.System, ct);
            var now = await Store.ReadUsageAsync(ct);
            if ((now.MemoryBytes > 0 && Math.Abs(now.MemoryBytes - last.MemoryBytes) < 1 << 20) || tries == 20)
                return now;
            last = now;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
