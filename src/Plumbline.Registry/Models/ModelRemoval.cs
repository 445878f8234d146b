using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Models;

/// <summary>
/// Deletes a model everywhere. Capabilities that keep something per model register a step, so that Models knows none of them. The deletion
/// is recorded before the first step and until after the last: a caller that goes away, a step that fails and the end of the process only
/// put it off.
/// </summary>
public sealed class ModelRemoval(ModelCatalog catalog, IEnumerable<ModelRemovalStep> steps, TimeProvider time, ILogger<ModelRemoval> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// False when there is no such model. The name is free at once; what the steps drop is dropped before this returns, unless one fails:
    /// then it is tried again.
    /// </summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation)
    {
        if (await catalog.DeleteAsync(name, cancellation) is not { } model)
            return false;
        await FinishAsync(model, CancellationToken.None);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    /// <summary>Finishes what an earlier run began, then looks again from time to time for what failed.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var model in await catalog.BeingRemovedAsync(stoppingToken))
                    await FinishAsync(model, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.LogError(error, "Deletions could not be read; they are tried again.");
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FinishAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            foreach (var step in steps)
                await step.Remove(model, cancellation);
            await catalog.EndRemovalAsync(model.Id, error: null, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            log.LogError(error, "Deleting what is stored of {Model} did not finish; it is tried again.", model.Name);
            await catalog.EndRemovalAsync(model.Id, error.Message, CancellationToken.None);
        }
        finally
        {
            _one.Release();
        }
    }
}

/// <summary>One capability's part of deleting a model. Idempotent.</summary>
public sealed record ModelRemovalStep(Func<ModelDefinition, CancellationToken, Task> Remove);

/// <summary>How a capability takes part in deleting a model.</summary>
public static class ModelRemovalSteps
{
    /// <summary>Adds a step that asks one service.</summary>
    public static IServiceCollection AddModelRemoval<TService>(
        this IServiceCollection services,
        Func<TService, ModelDefinition, CancellationToken, Task> remove
    )
        where TService : notnull =>
        services.AddSingleton(provider => new ModelRemovalStep(
            (model, cancellation) => remove(provider.GetRequiredService<TService>(), model, cancellation)
        ));

    /// <summary>The same for what only lets go of something in memory.</summary>
    public static IServiceCollection AddModelRemoval<TService>(this IServiceCollection services, Action<TService, ModelDefinition> forget)
        where TService : notnull =>
        services.AddModelRemoval<TService>(
            (service, model, _) =>
            {
                forget(service, model);
                return Task.CompletedTask;
            }
        );

    /// <summary>The same for rows of the state database.</summary>
    public static IServiceCollection AddModelRemoval(
        this IServiceCollection services,
        Func<StateDbContext, int, CancellationToken, Task> delete
    ) =>
        services.AddModelRemoval<IDbContextFactory<StateDbContext>>(
            async (state, model, cancellation) =>
            {
                await using var db = await state.CreateDbContextAsync(cancellation);
                await delete(db, model.Id, cancellation);
            }
        );
}
