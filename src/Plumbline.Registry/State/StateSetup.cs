using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

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
        services.AddExceptionHandler<ChangedMeanwhile>();
        return services;
    }
}
