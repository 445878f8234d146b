using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Plumbline.Server.Hosting;
using Plumbline.Server.Models;

namespace Plumbline.Server.State;

/// <summary>The state database: SQLite in WAL mode in the data folder.</summary>
public static class StateSetup
{
    public static IServiceCollection AddState(this IServiceCollection services, PlumblineOptions options)
    {
        var path = Path.Combine(options.DataDirectory, "state.db");
        services.AddDbContextFactory<StateDbContext>(db => db.UseSqlite($"Data Source={path}")
            // Migrations are written by hand and keep no snapshot; a test compares what they make with the model.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        // First of the hosted services: everything else reads models.
        services.AddHostedService<StateStart>();
        return services;
    }

    private sealed class StateStart(IDbContextFactory<StateDbContext> state, ModelCatalog catalog) : IHostedLifecycleService
    {
        public async Task StartingAsync(CancellationToken cancellationToken)
        {
            await using var db = await state.CreateDbContextAsync(cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
            await catalog.LoadAsync(cancellationToken);
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
