using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources.Connections.Postgresql;

/// <summary>
/// A table of a PostgreSQL database, read through Npgsql in a read-only session: the engine's own reader passes neither order nor limit
/// on, so that each page would read all rows behind the cursor (docs/decisions/0010-pull-postgresql-with-npgsql.md).
/// </summary>
internal sealed class PostgresTable(NpgsqlConnection connection, PostgresPlace database, SourceSpecification source, TimeSpan timeout)
    : ISourceTable
{
    private const string ColumnsOfTable = """
        SELECT a.attname::text, coalesce(b.typname, t.typname)::text, t.typcategory::text, a.attnotnull
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
        WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """;

    /// <summary>Signs in.</summary>
    /// <exception cref="SourceException">The server is not there or refuses.</exception>
    public static async Task<PostgresTable> OpenAsync(
        PostgresPlace database,
        SourceSpecification source,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        var seconds = (int)Math.Min(timeout.TotalSeconds, 1_024);
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder
            {
                Host = database.Host,
                Port = database.Port,
                Database = database.Database,
                Username = database.User,
                Password = database.Options.Secret,
                SslMode = database.Tls,
                Timeout = seconds,
                CommandTimeout = seconds,
                ApplicationName = "plumbline",
                // One pull is one session: a pool would hold connections of a database that somebody else pays for.
                Pooling = false,
            }.ConnectionString
        );
        try
        {
            await connection.OpenAsync(cancellation);
            // Whatever this user may do, nothing is changed; and times mean the same whatever the server's zone is.
            await using var set = new NpgsqlCommand(
                "SET default_transaction_read_only = on; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1",
                connection
            );
            await set.ExecuteNonQueryAsync(cancellation);
            return new PostgresTable(connection, database, source, timeout);
        }
        catch (Exception error) when (PostgresErrors.AreIn(error))
        {
            await connection.DisposeAsync();
            throw PostgresErrors.Explain(error, database, source, timeout);
        }
    }

    public async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(CancellationToken cancellation)
    {
        var columns = new List<SourceColumn>();
        try
        {
            await using var command = new NpgsqlCommand(ColumnsOfTable, connection)
            {
                Parameters =
                {
                    new() { Value = database.Schema },
                    new() { Value = source.Table! },
                },
            };
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
                columns.Add(ColumnOf(rows.GetString(0), rows.GetString(1), rows.GetString(2)[0], rows.GetBoolean(3)));
        }
        catch (Exception error) when (PostgresErrors.AreIn(error))
        {
            throw PostgresErrors.Explain(error, database, source, timeout);
        }

        return columns.Count > 0
            ? columns
            : throw new SourceException(
                SourceErrorCode.TableMissing,
                $"There is no table '{source.Table}' in the schema '{database.Schema}' of the database '{database.Database}', "
                    + $"or the user '{database.User}' may not know of it."
            );
    }

    public async IAsyncEnumerable<SourceRecord> ReadPageAsync(
        SourceShape shape,
        PageStart start,
        long until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var command = PageCommand(shape, start, until);
        await using var rows = await GuardAsync(command.ExecuteReaderAsync(cancellation));
        var width = shape.Columns.Count;
        while (await GuardAsync(rows.ReadAsync(cancellation)))
        {
            var values = new string?[width];
            for (var i = 0; i < width; i++)
                values[i] = rows.IsDBNull(i) ? null : rows.GetString(i);
            yield return new SourceRecord(
                new SourcePosition(
                    rows.GetInt64(width),
                    shape.TieBreaker is null || rows.IsDBNull(width + 1) ? null : rows.GetString(width + 1)
                ),
                values
            );
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>The statement of a page. Names are quoted by the driver, values are bound.</summary>
    internal NpgsqlCommand PageCommand(SourceShape shape, PageStart start, long until)
    {
        var watermark = ColumnText(shape.Watermark);
        var command = new NpgsqlCommand { Connection = connection };
        var tie = shape.TieBreaker is { } column ? ColumnText(column) : null;
        var conditions = new List<string> { shape.IsByTime ? $"{watermark} <= {Bind(TimeText(until))}" : $"{watermark} IS NOT NULL" };
        if (start.Position is { } position)
        {
            var at = Bind(shape.IsByTime ? TimeText(position.Watermark) : position.Watermark.ToString(CultureInfo.InvariantCulture));
            if (start.IsIncluded)
                conditions.Add($"{watermark} >= {at}");
            else if (tie is null || position.Tie is null)
                conditions.Add($"{watermark} > {at}");
            else if (shape.TieBreaker!.IsNeverNull)
                conditions.Add($"({watermark}, {tie}) > ({at}, {Bind(position.Tie)})");
            // Nulls come last, and a comparison of rows would lose them.
            else
                conditions.Add($"{watermark} >= {at} AND ({watermark} > {at} OR {tie} > {Bind(position.Tie)} OR {tie} IS NULL)");
        }

        var selected = shape
            .Columns.Select(read => read.Kind == SourceColumnKind.Time ? $"{Micros(ColumnText(read))}::text" : $"{ColumnText(read)}::text")
            .Append(shape.IsByTime ? Micros(watermark) : $"{watermark}::int8");
        if (tie is not null)
            selected = selected.Append($"{tie}::text");
        var order = tie is null ? watermark : $"{watermark}, {tie}";
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT {string.Join(", ", selected)} FROM {Quoted(database.Schema)}.{Quoted(source.Table!)} AS r
            WHERE {string.Join(" AND ", conditions)} ORDER BY {order} FETCH FIRST {source.Page} ROWS WITH TIES
            """
        );
        return command;

        // As text of no type, so that the server takes each for the type of the column it is compared with.
        string Bind(string value)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown });
            return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
        }
    }

    private async Task<T> GuardAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception error) when (PostgresErrors.AreIn(error))
        {
            throw PostgresErrors.Explain(error, database, source, timeout);
        }
    }

    // With the table's alias: a bare name after ORDER BY would mean the selected text of the column, where 10 comes before 9.
    private static string ColumnText(SourceColumn column) => $"r.{Quoted(column.Name)}";

    private static string Quoted(string name) => new NpgsqlCommandBuilder().QuoteIdentifier(name);

    // Infinity has no place on a clock: null, and the row is refused with that reason.
    private static string Micros(string column) => $"CASE WHEN isfinite({column}) THEN (extract(epoch FROM {column}) * 1000000)::int8 END";

    private static string TimeText(long micros) =>
        DateTimeOffset
            .UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond)
            .ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture);

    private static SourceColumn ColumnOf(string name, string type, char category, bool isNeverNull)
    {
        var isTime = type is "timestamp" or "timestamptz" or "date";
        var kind = isTime
            ? SourceColumnKind.Time
            : category switch
            {
                'N' => SourceColumnKind.Number,
                'B' => SourceColumnKind.Boolean,
                _ => SourceColumnKind.Text,
            };
        return new SourceColumn(name, kind, type, type is "timestamp" or "timestamptz" or "int2" or "int4" or "int8", isNeverNull);
    }
}
