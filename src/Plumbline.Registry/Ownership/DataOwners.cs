using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Store;

namespace Plumbline.Registry.Ownership;

/// <summary>How a capability says what it keeps of models.</summary>
public static class DataOwners
{
    /// <summary>Adds what a service keeps.</summary>
    /// <param name="services">The services.</param>
    /// <param name="description">What it is.</param>
    /// <param name="remove">Deletes all of a model; null where it goes with what another owner removes.</param>
    /// <param name="expire">Deletes what is of before a time; null where it is kept as long as the model.</param>
    public static IServiceCollection AddDataOwner<TService>(
        this IServiceCollection services,
        DataDescription description,
        Func<TService, ModelDefinition, CancellationToken, Task>? remove = null,
        Func<TService, int, DateTimeOffset, CancellationToken, Task<ExpiredRows>>? expire = null
    )
        where TService : notnull =>
        services.AddSingleton<IDataOwner>(provider => new Owner<TService>(
            provider,
            expire is null == description.Period is null
                ? description
                : throw new ArgumentException(
                    $"{description.Name} has a period and no way to expire, or the other way round.",
                    nameof(expire)
                ),
            remove,
            expire
        ));

    /// <summary>Adds what a service has in memory of a model and lets go of.</summary>
    public static IServiceCollection AddMemoryOwner<TService>(
        this IServiceCollection services,
        string name,
        string what,
        Action<TService, ModelDefinition> forget
    )
        where TService : notnull =>
        services.AddDataOwner<TService>(
            new DataDescription(name, what, DataPlace.Memory),
            (service, model, _) =>
            {
                forget(service, model);
                return Task.CompletedTask;
            }
        );

    /// <summary>Adds rows of the state database.</summary>
    public static IServiceCollection AddStateOwner(
        this IServiceCollection services,
        string name,
        string what,
        IReadOnlyList<string> tables,
        Func<StateDbContext, int, CancellationToken, Task> delete
    ) =>
        services.AddDataOwner<IDbContextFactory<StateDbContext>>(
            new DataDescription(name, what, DataPlace.State, tables),
            async (state, model, cancellation) =>
            {
                await using var db = await state.CreateDbContextAsync(cancellation);
                await delete(db, model.Id, cancellation);
            }
        );

    // The service is asked for when something is to be deleted: owners are listed before all that they need is open.
    private sealed class Owner<TService>(
        IServiceProvider provider,
        DataDescription description,
        Func<TService, ModelDefinition, CancellationToken, Task>? remove,
        Func<TService, int, DateTimeOffset, CancellationToken, Task<ExpiredRows>>? expire
    ) : IDataOwner
        where TService : notnull
    {
        public DataDescription Description { get; } = description;

        public Task RemoveAsync(ModelDefinition model, CancellationToken cancellation) =>
            remove is null ? Task.CompletedTask : remove(provider.GetRequiredService<TService>(), model, cancellation);

        public Task<ExpiredRows> ExpireAsync(ModelDefinition model, DateTimeOffset before, CancellationToken cancellation) =>
            expire is null
                ? Task.FromResult(new ExpiredRows(0))
                : expire(provider.GetRequiredService<TService>(), model.Id, before, cancellation);
    }
}
