using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Plumbline.Registry.State;

/// <summary>SQLite: one file, one writer at a time, damage that is found by reading.</summary>
internal sealed class SqliteDialect : StateDialect
{
    // SQLite's result codes: https://www.sqlite.org/rescode.html
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private const int PrimaryKeyTaken = 1555;
    private const int UniqueKeyTaken = 2067;

    public override string Provider => "Microsoft.EntityFrameworkCore.Sqlite";

    public override string IdentityTable =>
        "CREATE TABLE IF NOT EXISTS part_identity(StoreId TEXT NOT NULL CONSTRAINT "
        + "PK_part_identity PRIMARY KEY, Generation INTEGER NOT NULL, Confirmed INTEGER NOT NULL)";

    internal override void Use(DbContextOptionsBuilder db, string connection) => db.UseSqlite(connection);

    internal override string WithoutPool(string connection) => new SqliteConnectionStringBuilder(connection) { Pooling = false }.ToString();

    internal override void Configure(ModelConfigurationBuilder configuration)
    {
        // Migrations and mappings were written for it first.
    }

    internal override void Complete(IReadOnlyList<MigrationOperation> operations)
    {
        // The same.
    }

    internal override string JsonText(string column, string key) => $"coalesce(json_extract(\"{column}\", '$.{key}'), '')";

    internal override bool IsKeyTaken(Exception? error) =>
        error is SqliteException { SqliteExtendedErrorCode: PrimaryKeyTaken or UniqueKeyTaken };

    internal override string? DamageOf(DbException error) =>
        error switch
        {
            SqliteException { SqliteErrorCode: NotADatabase } => "it is not a database any more",
            SqliteException { SqliteErrorCode: Corrupt } => "the database is malformed",
            _ => null,
        };

    internal override async Task<string?> FindDamageAsync(StateDbContext db, CancellationToken cancellation)
    {
        await using var check = db.Database.GetDbConnection().CreateCommand();
        check.CommandText = "PRAGMA quick_check(1)";
        return await check.ExecuteScalarAsync(cancellation) is var answer && answer is "ok" ? null : $"{answer}";
    }

    internal override async Task KeepDurableAsync(StateDbContext db, CancellationToken cancellation)
    {
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellation);
        await db.Database.ExecuteSqlRawAsync("PRAGMA synchronous=FULL", cancellation);
    }

    internal override async Task<bool> HasTableAsync(StateDbContext db, string table, CancellationToken cancellation) =>
        await db
            .Database.SqlQuery<int>($"SELECT count(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = {table}")
            .SingleAsync(cancellation) > 0;

    internal override Task<int> HighestModelAsync(StateDbContext db, CancellationToken cancellation) =>
        db
            .Database.SqlQuery<int>(
                $"""
                SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'model'), 0),
                    coalesce((SELECT max(Id) FROM model), 0)) AS Value
                """
            )
            .SingleAsync(cancellation);

    internal override async Task RaiseModelNumbersAsync(StateDbContext db, int number, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.Database.ExecuteSqlRawAsync(
            "INSERT INTO sqlite_sequence(name, seq) SELECT 'model', 0 "
                + "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'model')",
            cancellation
        );
        await db.Database.ExecuteSqlAsync($"UPDATE sqlite_sequence SET seq = max(seq, {number}) WHERE name = 'model'", cancellation);
        await transaction.CommitAsync(cancellation);
    }

    // The engine in the same folder admits one process.
    internal override Task<IAsyncDisposable?> HoldAsync(string connection, CancellationToken cancellation) =>
        Task.FromResult<IAsyncDisposable?>(new Nobody());

    private sealed class Nobody : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
