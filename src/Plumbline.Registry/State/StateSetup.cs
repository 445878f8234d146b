using Microsoft.EntityFrameworkCore;

namespace Plumbline.Registry.State;

/// <summary>The state database: SQLite in the data folder, or a database of a PostgreSQL server.</summary>
public static class StateSetup
{
    public static IServiceCollection AddState(this IServiceCollection services, StatePlace place, StateTables tables)
    {
        services.AddSingleton(place).AddSingleton(tables);
        services.AddDbContextFactory<StateDbContext>(place.Configure);
        services.AddExceptionHandler<ChangedMeanwhile>();
        services.AddExceptionHandler<StateUnreachable>();
        services.AddHealthChecks().AddCheck<StateCheck>("state");
        return services;
    }
}
