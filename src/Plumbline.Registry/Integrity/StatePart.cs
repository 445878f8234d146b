using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Retention;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Integrity;

/// <summary>Looks at the state before it is migrated and used, and writes the identity into it. Wherever it is kept.</summary>
/// <param name="place">Where it is.</param>
/// <param name="tables">Whose tables it has.</param>
public sealed class StatePart(StatePlace place, StateTables tables)
{
    /// <summary>What it is called in messages: the file, or the database and where it is.</summary>
    public string Name => place.Name;

    /// <summary>Its file; null when it is in a database elsewhere.</summary>
    public string? File => place.File;

    /// <summary>A context of this state, which keeps nothing open after it.</summary>
    public StateDbContext Open() => place.Open(tables);

    /// <summary>Keeps other servers off a database that they could reach; ends with what is returned.</summary>
    /// <exception cref="DataFolderException">Another server uses it.</exception>
    internal Task<IAsyncDisposable> HoldAsync(CancellationToken cancellation) =>
        ReachAsync(async () =>
            await place.Dialect.HoldAsync(place.Connection, cancellation)
            ?? throw new DataFolderException(
                $"Another server uses {Name}. Every server needs a database of its own; end the other one, or "
                    + "name another database in state.database."
            )
        );

    /// <summary>
    /// Reads what is there. A file is checked page by page, so that damage is told here and not by whatever meets it first.
    /// </summary>
    /// <exception cref="DataFolderException">The database server does not answer, or does not let this server in.</exception>
    internal Task<PartFacts> LookAsync(CancellationToken cancellation) =>
        ReachAsync(async () =>
        {
            if (File is not null && !System.IO.File.Exists(File))
                return new PartFacts(Part.State, Exists: false);
            await using var db = Open();
            try
            {
                await db.Database.OpenConnectionAsync(cancellation);
                var dialect = db.Dialect;
                var damage = await dialect.FindDamageAsync(db, cancellation);
                if (damage is not null)
                    return new PartFacts(Part.State, Exists: true, Damage: damage);
                var hasIdentity = await dialect.HasTableAsync(db, "part_identity", cancellation);
                var identity = hasIdentity ? await ReadIdentityAsync(db, cancellation) : null;
                if (!await dialect.HasTableAsync(db, "model", cancellation))
                    return new PartFacts(Part.State, Exists: true, identity);
                var hasModels = await db.Models.AnyAsync(cancellation);
                return new PartFacts(Part.State, Exists: true, identity, hasModels, await dialect.HighestModelAsync(db, cancellation));
            }
            catch (DbException error) when (db.Dialect.DamageOf(error) is not null)
            {
                return new PartFacts(Part.State, Exists: true, Damage: db.Dialect.DamageOf(error));
            }
        });

    /// <summary>Writes the identity; a file is made when it is not there.</summary>
    internal Task WriteAsync(PartIdentity identity, CancellationToken cancellation) =>
        ReachAsync(async () =>
        {
            await using var db = Open();
            await db.Database.OpenConnectionAsync(cancellation);
            await db.Dialect.KeepDurableAsync(db, cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            await db.Database.ExecuteSqlRawAsync(db.Dialect.IdentityTable, cancellation);
            await db.PartIdentities.ExecuteDeleteAsync(cancellation);
            db.PartIdentities.Add(
                new PartIdentityRow
                {
                    StoreId = identity.StoreId,
                    Generation = identity.Generation,
                    Confirmed = identity.Confirmed,
                }
            );
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        });

    /// <summary>From now on models get numbers above <paramref name="number"/>. The tables must be there.</summary>
    internal async Task RaiseModelNumbersAsync(int number, CancellationToken cancellation)
    {
        await using var db = Open();
        await db.Dialect.RaiseModelNumbersAsync(db, number, cancellation);
    }

    /// <summary>The names of the declared models by their numbers.</summary>
    internal async Task<Dictionary<int, string>> ModelsAsync(CancellationToken cancellation)
    {
        await using var db = Open();
        return !await db.Dialect.HasTableAsync(db, "model", cancellation)
            ? []
            : await db.Models.AsNoTracking().ToDictionaryAsync(row => row.Id, row => row.Name, cancellation);
    }

    /// <summary>Numbers of the models that are being deleted.</summary>
    internal async Task<IReadOnlyList<int>> BeingRemovedAsync(CancellationToken cancellation)
    {
        await using var db = Open();
        return !await db.Dialect.HasTableAsync(db, "model_removal", cancellation)
            ? []
            : await db.ModelRemovals.AsNoTracking().Select(row => row.ModelId).ToListAsync(cancellation);
    }

    /// <summary>What retention deleted, by model and kind of data.</summary>
    internal async Task<Dictionary<(int ModelId, string Data), Expiry>> ExpiredAsync(CancellationToken cancellation)
    {
        await using var db = Open();
        return !await db.Dialect.HasTableAsync(db, "model_expiry", cancellation)
            ? []
            : await db.ModelExpiries.AsNoTracking().ToDictionaryAsync(row => (row.ModelId, row.Data), RetentionStore.Read, cancellation);
    }

    private static async Task<PartIdentity?> ReadIdentityAsync(StateDbContext db, CancellationToken cancellation) =>
        await db.PartIdentities.AsNoTracking().OrderByDescending(row => row.Generation).FirstOrDefaultAsync(cancellation) is { } row
            ? new PartIdentity(row.StoreId, row.Generation, row.Confirmed)
            : null;

    // What a file answers is told by its own means.
    private async Task<T> ReachAsync<T>(Func<Task<T>> reach)
    {
        try
        {
            return await reach();
        }
        catch (Exception error) when (File is null && (error is DbException || error.InnerException is DbException))
        {
            throw new DataFolderException(
                $"{Name} cannot be used: {error.GetBaseException().Message}. It is named in the configuration (state). "
                    + "The database must be there, and its user must own it.",
                error
            );
        }
    }
}
