using Plumbline.Registry.Models;

namespace Plumbline.Registry.Ownership;

/// <summary>
/// Deletes a model everywhere: asks every owner of its data. The deletion is recorded before the first owner is asked and until the last
/// has answered: a caller that goes away, an owner that fails and the end of the process only put it off.
/// </summary>
public sealed class ModelRemoval(ModelCatalog catalog, IEnumerable<IDataOwner> owners, TimeProvider time, ILogger<ModelRemoval> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// False when there is no such model. The name is free at once; what its owners delete is deleted before this returns, unless one
    /// fails: then it is tried again.
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
                log.RemovalsUnread(error);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FinishAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            foreach (var owner in owners)
                await owner.RemoveAsync(model, cancellation);
            await catalog.EndRemovalAsync(model.Id, error: null, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            log.RemovalUnfinished(error, model.Name);
            await catalog.EndRemovalAsync(model.Id, error.Message, CancellationToken.None);
        }
        finally
        {
            _one.Release();
        }
    }
}
