using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>Data sets made of answers.</summary>
public static class DatasetsSetup
{
    public static IServiceCollection AddDatasets(this IServiceCollection services, DatasetsOptions options)
    {
        services
            .AddSingleton<DatasetFiles>()
            .AddSingleton<DatasetStore>()
            .AddSingleton(Building)
            .AddSingleton<DatasetDownloads>()
            .AddSingleton<DatasetComparison>()
            .AddSingleton<DatasetExchange>()
            .AddSingleton<DatasetDelivery>()
            .AddSingleton(options)
            .AddHostedService<DatasetStart>();
        return services.AddDataOwner<DatasetStore>(
            new DataDescription("datasets", "data sets, their versions and files", DataPlace.State, "dataset", "dataset_version"),
            (datasets, model, cancellation) => datasets.RemoveAsync(model, cancellation)
        );
    }

    private static DatasetBuilding Building(IServiceProvider services)
    {
        var (store, tables) = (services.GetRequiredService<IColumnStore>(), services.GetRequiredService<ModelTables>());
        var state = services.GetRequiredService<IDbContextFactory<StateDbContext>>();
        return new DatasetBuilding(
            store,
            tables,
            services.GetRequiredService<BaselineCatalog>(),
            services.GetRequiredService<DatasetStore>(),
            services.GetRequiredService<DatasetFiles>(),
            new DatasetChoice(store, new ReviewedRows(store, state), services.GetRequiredService<PredictionScores>(), tables),
            new DatasetCounting(store, new DatasetFindings(store, tables, state)),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<DatasetBuilding>>()
        );
    }

    // Starting, like the state: before anybody asks for a version.
    private sealed class DatasetStart(DatasetStore datasets, IColumnStore store, InstanceOptions instance) : StartupStep
    {
        public override async Task StartingAsync(CancellationToken cancellationToken)
        {
            await DatasetWork.DropLeftOversAsync(store, cancellationToken);
            DatasetDownloads.DeleteLeftOvers(instance);
            await datasets.CleanAsync(cancellationToken);
        }
    }
}
