using Plumbline.Server.Models;
using Plumbline.Store;

namespace Plumbline.Server.Hosting;

/// <summary>Opens the column store in the data folder, before anything that uses it starts.</summary>
public static class ColumnStoreSetup
{
    public static IServiceCollection AddColumnStore(this IServiceCollection services, PlumblineOptions options)
    {
        services.AddSingleton(provider => Open(options, provider));
        services.AddSingleton<ModelTables>();
        services.AddSingleton(provider => new ModelRemovalStep((model, cancellation) => provider.GetRequiredService<ModelTables>().DropAsync(model.Id, cancellation)));
        // Opened at start and not at the first request: a missing engine must be said at once.
        services.AddHostedService<StoreStart>();
        return services;
    }

    private static ColumnStore Open(PlumblineOptions options, IServiceProvider provider) => ColumnStore.OpenAsync(
        new ColumnStoreOptions
        {
            Directory = Path.Combine(options.DataDirectory, "engine"),
            MemoryLimitBytes = (long)options.Engine.MemoryMiB << 20,
            ReadThreads = options.Engine.Connections,
            WriteThreads = options.Engine.Connections,
            EndsWithProcess = options.EndsWithProcess,
        },
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<ColumnStore>>(),
        CancellationToken.None).GetAwaiter().GetResult();

    private sealed class StoreStart(ColumnStore store) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromResult(store);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
