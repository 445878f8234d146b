using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;

namespace Plumbline.Registry.State;

/// <summary>The state database: SQLite in WAL mode in the data folder.</summary>
public static class StateSetup
{
    public static IServiceCollection AddState(this IServiceCollection services, InstanceOptions options, StateTables tables)
    {
        var path = Path.Combine(options.DataDirectory, "state.db");
        services.AddSingleton(tables);
        services.AddDbContextFactory<StateDbContext>(db => db.UseSqlite($"Data Source={path}")
            // Migrations are written by hand and keep no snapshot; a test compares what they make with the model.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        services.AddSingleton<StatePreparation>();
        // First of the hosted services: everything else reads models.
        services.AddHostedService<StateStart>();
        return services;
    }

    private sealed class StateStart(StatePreparation preparation) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => preparation.EnsureAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Brings the state database up to date and reads the models from it, once, after the parts of the data folder were found to belong together.</summary>
public sealed class StatePreparation(DataParts parts, IDbContextFactory<StateDbContext> state, ModelCatalog catalog)
{
    private Task? _done;

    /// <summary>Does it at the first call; called before the server listens, by one caller at a time.</summary>
    /// <exception cref="DataFolderException">What is in the database cannot be read.</exception>
    public Task EnsureAsync(CancellationToken cancellation) => _done ??= PrepareAsync(cancellation);

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.Database.MigrateAsync(cancellation);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellation);
        parts.KeepModelNumbersApart();
        await catalog.LoadAsync(cancellation);
    }
}
