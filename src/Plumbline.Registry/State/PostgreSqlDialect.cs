using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Plumbline.Registry.State;

/// <summary>PostgreSQL, made to behave where it matters as SQLite does, for which the rest was written.</summary>
internal sealed class PostgreSqlDialect : StateDialect
{
    // Byte by byte, as .NET's ordinal and SQLite's binary order, whatever the database was made with.
    private const string Ordinal = "C";

    // "plumb", and the number of what is locked.
    private const long ServerLock = 0x706C756D6201;

    private const string KeepAlive = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

    // The session of a server that has just ended may be there a moment longer.
    private const string Patience = "SET lock_timeout = '10s'";

    public override string Provider => "Npgsql.EntityFrameworkCore.PostgreSQL";

    public override string IdentityTable =>
        $"""
            CREATE TABLE IF NOT EXISTS part_identity("StoreId" text COLLATE "{Ordinal}" NOT NULL CONSTRAINT "PK_part_identity" PRIMARY KEY,
            "Generation" bigint NOT NULL, "Confirmed" bigint NOT NULL)
            """;

    internal override void Use(DbContextOptionsBuilder db, string connection) =>
        db.UseNpgsql(connection, npgsql => npgsql.SetPostgresVersion(13, 0)).AddInterceptors(OneWriter.Interceptors);

    internal override string WithoutPool(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString;

    internal override void Configure(ModelConfigurationBuilder configuration) =>
        configuration.Properties<string>().UseCollation(Ordinal).HaveConversion<StoredText>();

    internal override void Complete(IReadOnlyList<MigrationOperation> operations)
    {
        var columns = operations
            .OfType<CreateTableOperation>()
            .SelectMany(table => table.Columns)
            .Concat(operations.OfType<AddColumnOperation>());
        foreach (var column in columns)
        {
            if (column.ClrType == typeof(string))
                column.Collation = Ordinal;
            if (column.FindAnnotation("Sqlite:Autoincrement") is not null)
                column["Npgsql:ValueGenerationStrategy"] = NpgsqlValueGenerationStrategy.IdentityByDefaultColumn;
        }
    }

    internal override string JsonText(string column, string key) => $"coalesce(\"{column}\"::json ->> '{key}', '')";

    internal override bool IsKeyTaken(Exception? error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    internal override string? DamageOf(DbException error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted }
            ? error.Message
            : null;

    // Its pages are the database server's own care; there is no statement that looks at them all.
    internal override Task<string?> FindDamageAsync(StateDbContext db, CancellationToken cancellation) => Task.FromResult<string?>(null);

    // It is, unless its administrator wants otherwise.
    internal override Task KeepDurableAsync(StateDbContext db, CancellationToken cancellation) => Task.CompletedTask;

    internal override async Task MigrateAsync(StateDbContext db, CancellationToken cancellation)
    {
        // Else the first start would log the failure by which EF finds out that there is no history yet.
        await db.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellation);
        await base.MigrateAsync(db, cancellation);
    }

    internal override async Task<bool> HasTableAsync(StateDbContext db, string table, CancellationToken cancellation) =>
        await db
            .Database.SqlQuery<int>(
                $"""
                SELECT count(*)::int AS "Value" FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = {table}
                """
            )
            .SingleAsync(cancellation) > 0;

    internal override Task<int> HighestModelAsync(StateDbContext db, CancellationToken cancellation) =>
        db
            .Database.SqlQuery<int>(
                $"""
                SELECT greatest(
                    coalesce(pg_sequence_last_value(pg_get_serial_sequence('model', 'Id')::regclass), 0),
                    coalesce((SELECT max("Id") FROM model), 0))::int AS "Value"
                """
            )
            .SingleAsync(cancellation);

    internal override async Task RaiseModelNumbersAsync(StateDbContext db, int number, CancellationToken cancellation)
    {
        if (number <= await HighestModelAsync(db, cancellation))
            return;
        await db
            .Database.SqlQuery<long>(
                $"""
                SELECT setval(pg_get_serial_sequence('model', 'Id')::regclass, {(long)number}) AS "Value"
                """
            )
            .ToListAsync(cancellation);
    }

    internal override async Task<IAsyncDisposable?> HoldAsync(string connection, CancellationToken cancellation)
    {
        var session = new NpgsqlConnection(WithoutPool(connection));
        try
        {
            await session.OpenAsync(cancellation);
            // A machine that is gone must not keep its successor out for the two hours that TCP would wait.
            await using (var alive = new NpgsqlCommand($"{KeepAlive}; {Patience}", session))
                await alive.ExecuteNonQueryAsync(cancellation);
            await using var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", session);
            take.Parameters.Add(new() { Value = ServerLock });
            await take.ExecuteNonQueryAsync(cancellation);
            return session;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await session.DisposeAsync();
            return null;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
