using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Integrity;

/// <summary>
/// Brings the state database up to date and reads the models from it, once, after the parts of the data folder were found to belong
/// together.
/// </summary>
public sealed class StatePreparation(DataParts parts, IDbContextFactory<StateDbContext> state, ModelCatalog catalog)
{
    private Task? _done;

    /// <summary>Does it at the first call; called before the server listens, by one caller at a time.</summary>
    /// <exception cref="DataFolderException">What is in the database cannot be read.</exception>
    public Task EnsureAsync(CancellationToken cancellation) => _done ??= PrepareAsync(cancellation);

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.MigrateAsync(cancellation);
        await db.Dialect.KeepDurableAsync(db, cancellation);
        await parts.KeepModelNumbersApartAsync(cancellation);
        await catalog.LoadAsync(cancellation);
    }
}

/// <summary>First of the hosted services: everything else reads models.</summary>
internal sealed class StateStart(StatePreparation preparation) : StartupStep
{
    public override Task StartingAsync(CancellationToken cancellationToken) => preparation.EnsureAsync(cancellationToken);
}
