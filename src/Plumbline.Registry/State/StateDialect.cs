using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Plumbline.Registry.State;

/// <summary>
/// What of the state differs between databases. Everything else is LINQ, or SQL that both understand. A dialect knows no place and keeps
/// nothing.
/// </summary>
public abstract class StateDialect
{
    /// <summary>The file in the data folder.</summary>
    public static StateDialect Sqlite { get; } = new SqliteDialect();

    /// <summary>A database of a PostgreSQL server.</summary>
    public static StateDialect PostgreSql { get; } = new PostgreSqlDialect();

    /// <summary>The name of EF's provider.</summary>
    public abstract string Provider { get; }

    /// <summary>
    /// Makes the table of identities where it is missing: it is written before any migration, and one of them makes the same.
    /// </summary>
    public abstract string IdentityTable { get; }

    /// <summary>The dialect of EF's provider of this name.</summary>
    public static StateDialect Of(string? provider) => provider == PostgreSql.Provider ? PostgreSql : Sqlite;

    /// <summary>Whether a change failed because its key was there already.</summary>
    public static bool IsKeyTaken(DbUpdateException error) =>
        Sqlite.IsKeyTaken(error.InnerException) || PostgreSql.IsKeyTaken(error.InnerException);

    /// <summary>Lets contexts use this database.</summary>
    internal abstract void Use(DbContextOptionsBuilder db, string connection);

    /// <summary>The same connection, closed when it is given back.</summary>
    internal abstract string WithoutPool(string connection);

    /// <summary>How values are stored where that is not the same in all databases.</summary>
    internal abstract void Configure(ModelConfigurationBuilder configuration);

    /// <summary>Completes what a migration does with what only this database needs. Done again it changes nothing.</summary>
    internal abstract void Complete(IReadOnlyList<MigrationOperation> operations);

    /// <summary>A text of a JSON object in a column, empty when it has none.</summary>
    internal abstract string JsonText(string column, string key);

    /// <summary>Whether this is the database's word for a key that is there already.</summary>
    internal abstract bool IsKeyTaken(Exception? error);

    /// <summary>What is wrong with what is stored, when this is the database's word for damage; null when it is not.</summary>
    internal abstract string? DamageOf(DbException error);

    /// <summary>
    /// Reads everything, when that is how damage of this database is found; in words what is wrong, null when all is well.
    /// </summary>
    internal abstract Task<string?> FindDamageAsync(StateDbContext db, CancellationToken cancellation);

    /// <summary>Lets what is written through this session survive a loss of power.</summary>
    internal abstract Task KeepDurableAsync(StateDbContext db, CancellationToken cancellation);

    /// <summary>Makes the tables, or brings them up to date.</summary>
    internal virtual Task MigrateAsync(StateDbContext db, CancellationToken cancellation) => db.Database.MigrateAsync(cancellation);

    /// <summary>Whether there is a table of this name.</summary>
    internal abstract Task<bool> HasTableAsync(StateDbContext db, string table, CancellationToken cancellation);

    /// <summary>The highest number ever given to a model, also to one that is gone. Its table must be there.</summary>
    internal abstract Task<int> HighestModelAsync(StateDbContext db, CancellationToken cancellation);

    /// <summary>From now on models get numbers above this one. Their table must be there.</summary>
    internal abstract Task RaiseModelNumbersAsync(StateDbContext db, int number, CancellationToken cancellation);

    /// <summary>
    /// Keeps others off a place that cannot be shared; what is returned lets them in again. Null when somebody else has it.
    /// </summary>
    internal abstract Task<IAsyncDisposable?> HoldAsync(string connection, CancellationToken cancellation);

    /// <summary>
    /// Puts a window on the list, or marks it again: reasons add up, and one that was set aside is given another chance. One statement, so
    /// that a mark is never lost to another one at the same time. What is written here is understood by all databases.
    /// </summary>
    internal static Task MarkAsync(StateDbContext db, DirtyWindowRow window, int attemptsBeforeSetAside, CancellationToken cancellation) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO dirty_window ("ModelId", "Seconds", "StartMs", "Reasons", "Mark", "NotBeforeMs", "Attempts", "LastError")
            VALUES ({window.ModelId}, {window.Seconds}, {window.StartMs}, {window.Reasons}, {window.Mark}, {window.NotBeforeMs}, 0, NULL)
            ON CONFLICT ("ModelId", "Seconds", "StartMs") DO UPDATE SET
                "Reasons" = dirty_window."Reasons" | excluded."Reasons", "Mark" = excluded."Mark",
                "NotBeforeMs" = CASE WHEN dirty_window."Attempts" >= {attemptsBeforeSetAside}
                    THEN excluded."NotBeforeMs" ELSE dirty_window."NotBeforeMs" END,
                "Attempts" = CASE WHEN dirty_window."Attempts" >= {attemptsBeforeSetAside} THEN 0 ELSE dirty_window."Attempts" END
            """,
            cancellation
        );
}
