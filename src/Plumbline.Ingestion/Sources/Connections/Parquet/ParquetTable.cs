using System.Globalization;
using System.Runtime.CompilerServices;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Store;

namespace Plumbline.Ingestion.Sources.Connections.Parquet;

/// <summary>Parquet files of a folder or a bucket as one table, read by the engine. Paths, names of columns and values are bound.</summary>
internal sealed class ParquetTable(IColumnStore store, ParquetPlace place, SourceSpecification source, TimeSpan timeout) : ISourceTable
{
    private const string Tie = "{tie_column:Identifier}";

    // The engine's writer threads do this work, so no more than one of them at a time: events must go on being stored.
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    // A file without a declared column is a mistake to be told, not a column of nulls.
    private string Settings =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SETTINGS input_format_parquet_allow_missing_columns = 0, max_execution_time = {Math.Ceiling(
                timeout.TotalSeconds
            )}, s3_connect_timeout_ms = {Math.Min(10_000, timeout.TotalMilliseconds)},
            s3_request_timeout_ms = {timeout.TotalMilliseconds}, s3_retry_attempts = 2, s3_max_single_read_retries = 2
            """
        );

    public async Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(CancellationToken cancellation)
    {
        using var rows = await QueryAsync(new SqlStatement($"DESCRIBE TABLE {place.From} {Settings}", [.. place.Parameters]), cancellation);
        var columns = new List<SourceColumn>();
        while (rows.Read())
        {
            columns.Add(ColumnOf(rows.ReadString(), rows.ReadString()));
            for (var i = 2; i < rows.ColumnNames.Count; i++)
                rows.ReadString();
        }

        return columns;
    }

    public async IAsyncEnumerable<SourceRecord> ReadPageAsync(
        SourceShape shape,
        PageStart start,
        long until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var rows = await QueryAsync(PageStatement(shape, start, until), cancellation);
        while (rows.Read())
        {
            var values = new string?[shape.Columns.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = rows.ReadNullableString();
            var watermark = rows.ReadInt64();
            yield return new SourceRecord(new SourcePosition(watermark, rows.ReadNullableString()), values);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The statement of a page.</summary>
    internal SqlStatement PageStatement(SourceShape shape, PageStart start, long until)
    {
        List<SqlParameter> parameters = [.. place.Parameters];
        parameters.Add(new SqlParameter("watermark", new SqlIdentifier(shape.Watermark.Name)));
        var watermark = shape.IsByTime
            ? "toUnixTimestamp64Micro(toDateTime64(assumeNotNull({watermark:Identifier}), 6, 'UTC'))"
            : "toInt64(assumeNotNull({watermark:Identifier}))";
        var tie = "CAST(NULL AS Nullable(String))";
        if (shape.TieBreaker is { } column)
        {
            parameters.Add(new SqlParameter("tie_column", new SqlIdentifier(column.Name)));
            tie = TextOf(Tie, column);
        }

        // The bare column beside its exact form: only of that one do the files' own statistics tell which parts to skip.
        var conditions = new List<string> { "{watermark:Identifier} IS NOT NULL" };
        if (shape.IsByTime)
        {
            conditions.Add("{watermark:Identifier} <= fromUnixTimestamp64Micro({until:Int64}, 'UTC')");
            parameters.Add(new SqlParameter("until", until));
        }

        if (start.Position is { } position)
        {
            parameters.Add(new SqlParameter("at", position.Watermark));
            conditions.Add(
                shape.IsByTime
                    ? "{watermark:Identifier} >= fromUnixTimestamp64Micro({at:Int64}, 'UTC')"
                    : "{watermark:Identifier} >= {at:Int64}"
            );
            if (!start.IsIncluded && position.Tie is null)
            {
                conditions.Add("plumbline_w > {at:Int64}");
            }
            else if (!start.IsIncluded)
            {
                var isInteger = shape.TieBreaker!.CanOrder;
                var (convert, type) = isInteger ? ("toInt64", "Int64") : ("toString", "String");
                conditions.Add($"(plumbline_w > {{at:Int64}} OR {convert}({Tie}) > {{tie:{type}}} OR {Tie} IS NULL)");
                parameters.Add(new SqlParameter("tie", isInteger ? long.Parse(position.Tie!, CultureInfo.InvariantCulture) : position.Tie));
            }
        }

        var selected = new List<string>();
        for (var i = 0; i < shape.Columns.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"c{i}");
            parameters.Add(new SqlParameter(name, new SqlIdentifier(shape.Columns[i].Name)));
            selected.Add(TextOf($"{{{name}:Identifier}}", shape.Columns[i]));
        }

        var order =
            shape.TieBreaker is null ? "plumbline_w"
            : shape.TieBreaker.CanOrder ? $"plumbline_w, toInt64({Tie})"
            : $"plumbline_w, toString({Tie})";
        return new SqlStatement(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT {string.Join(", ", selected)}, {watermark} AS plumbline_w, {tie}
                FROM {place.From} WHERE {string.Join(" AND ", conditions)}
                ORDER BY {order} LIMIT {source.Page} WITH TIES
                {Settings}
                """
            ),
            [.. parameters]
        );
    }

    private async Task<QueryRows> QueryAsync(SqlStatement statement, CancellationToken cancellation)
    {
        await OneAtATime.WaitAsync(cancellation);
        try
        {
            return await store.QueryFilesAsync(statement, cancellation);
        }
        catch (EngineException error)
        {
            throw Explain(error);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private SourceException Explain(EngineException error)
    {
        var said = place.Options.Redact(Reason(error.Message));
        if (place.Explain(error.Name, said) is { } own)
            return own;
        return error.Name switch
        {
            "CANNOT_EXTRACT_TABLE_STRUCTURE" or "FILE_DOESNT_EXIST" => error.Message.Contains("no files", StringComparison.Ordinal)
            || error.Name == "FILE_DOESNT_EXIST"
                ? new SourceException(
                    SourceErrorCode.TableMissing,
                    $"No file of the connection '{place.Options.Name}' matches '{source.Path}'."
                )
                : Unreadable(),
            "THERE_IS_NO_COLUMN" or "UNKNOWN_IDENTIFIER" or "NO_SUCH_COLUMN_IN_TABLE" => new SourceException(
                SourceErrorCode.ColumnMissing,
                $"A file that matches '{source.Path}' lacks a column: {said}"
            ),
            "TIMEOUT_EXCEEDED" => new SourceException(
                SourceErrorCode.Timeout,
                $"The files took longer than {timeout.TotalSeconds:N0} s. Use fewer or smaller files per path, or raise sources.timeout."
            ),
            "MEMORY_LIMIT_EXCEEDED" => new SourceException(
                SourceErrorCode.Unreadable,
                "A page does not fit into the engine's memory. Use smaller pages, or raise engine.memory_mib."
            ),
            _ => Unreadable(),
        };

        SourceException Unreadable() => new(SourceErrorCode.Unreadable, $"The files that match '{source.Path}' cannot be read: {said}");
    }

    // What follows the first part is the engine's advice about its own SQL.
    private static string Reason(string message)
    {
        var start = message.IndexOf("DB::Exception: ", StringComparison.Ordinal);
        var text = (start < 0 ? message : message[(start + "DB::Exception: ".Length)..])
            .Split(" (version ", 2)[0]
            .Split("You can specify", 2)[0]
            .Split(": While executing", 2)[0]
            .Trim();
        return text.Length > 500 ? text[..500] : text;
    }

    private static string TextOf(string column, SourceColumn read) =>
        read.Kind == SourceColumnKind.Time
            ? $"CAST(toString(toUnixTimestamp64Micro(toDateTime64({column}, 6, 'UTC'))) AS Nullable(String))"
            : $"CAST(toString({column}) AS Nullable(String))";

    private static SourceColumn ColumnOf(string name, string type)
    {
        var isNullable = type.Contains("Nullable(", StringComparison.Ordinal);
        var bare = type.Replace("LowCardinality(", "", StringComparison.Ordinal).Replace("Nullable(", "", StringComparison.Ordinal);
        var kind = bare switch
        {
            _ when bare.StartsWith("Date", StringComparison.Ordinal) => SourceColumnKind.Time,
            _ when bare.StartsWith("Bool", StringComparison.Ordinal) => SourceColumnKind.Boolean,
            _ when bare.StartsWith("Int", StringComparison.Ordinal)
                    || bare.StartsWith("UInt", StringComparison.Ordinal)
                    || bare.StartsWith("Float", StringComparison.Ordinal)
                    || bare.StartsWith("Decimal", StringComparison.Ordinal) => SourceColumnKind.Number,
            _ => SourceColumnKind.Text,
        };
        var word = bare.TrimEnd(')');
        var canOrder =
            word is "Int8" or "Int16" or "Int32" or "Int64" or "UInt8" or "UInt16" or "UInt32" or "DateTime"
            || bare.StartsWith("DateTime", StringComparison.Ordinal);
        return new SourceColumn(name, kind, type, canOrder, !isNullable);
    }
}
