using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Telemetry;
using Plumbline.Store;
using Plumbline.Store.Engine;

namespace Plumbline.Server.Hosting;

/// <summary>The data folder and the column store in it, opened before anything that uses them starts.</summary>
public static class ColumnStoreSetup
{
    public static IServiceCollection AddColumnStore(this IServiceCollection services, PlumblineOptions options)
    {
        services.AddSingleton<StatePart>();
        services.AddSingleton(provider =>
            DataParts
                .OpenAsync(
                    options,
                    provider.GetRequiredService<StatePart>(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<EmbeddedColumnStore>>(),
                    CancellationToken.None
                )
                .GetAwaiter()
                .GetResult()
        );
        services.AddSingleton(provider => provider.GetRequiredService<DataParts>().Engine);
        services.AddSingleton<ModelTables>();
        services.AddInstruments<StoreInstruments>();
        services.AddDataOwner<ModelTables>(
            new DataDescription("tables", "the model's own tables, and its rows in those that all share", DataPlace.Engine),
            (tables, model, cancellation) => tables.DropAsync(model.Id, cancellation)
        );
        // Opened at start and not at the first request: a missing engine must be said at once.
        services.AddHostedService<StoreStart>();
        return services;
    }

    private sealed class StoreStart(IColumnStore store) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromResult(store);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
