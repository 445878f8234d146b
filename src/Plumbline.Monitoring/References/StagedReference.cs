using System.Globalization;
using System.Text.RegularExpressions;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// An uploaded file's rows in a table of their own, column by position: no name of the file becomes SQL. Disposing drops it.
/// </summary>
internal sealed partial class StagedReference : IAsyncDisposable
{
    private const string CommonSettings =
        "input_format_csv_use_best_effort_in_schema_inference = 0, schema_inference_make_columns_nullable = 1, "
        + "input_format_max_rows_to_read_for_schema_inference = 100000, "
        + "input_format_json_read_arrays_as_strings = 1, "
        + "input_format_json_read_numbers_as_strings = 1, input_format_json_read_bools_as_strings = 1, "
        + "input_format_json_read_bools_as_numbers = 0, input_format_json_try_infer_numbers_from_strings = 0, "
        + "input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0, input_format_try_infer_integers = 1, "
        + "input_format_skip_unknown_fields = 1, "
        +
        // Columns go by position: else the engine would look for ours by name in the file.
        "use_structure_from_insertion_table_in_table_functions = 0";

    private const string ReadSettings =
        CommonSettings + ", input_format_json_read_objects_as_strings = 1, input_format_json_try_infer_named_tuples_from_objects = 0";
    private const string NestedSettings =
        CommonSettings + ", input_format_json_read_objects_as_strings = 0, input_format_json_try_infer_named_tuples_from_objects = 1";
    private const string Source = "file({path:String}, {format:String}, {structure:String}, {compression:String})";

    private static int _last;
    private readonly IColumnStore _store;

    private StagedReference(IColumnStore store, string table, IReadOnlyList<StagedColumn> columns)
    {
        _store = store;
        Table = table;
        Columns = columns;
    }

    internal string Table { get; }

    internal IReadOnlyList<StagedColumn> Columns { get; }

    /// <summary>Lets the engine read the file.</summary>
    /// <exception cref="ReferenceException">It cannot be read as its media type says.</exception>
    internal static async Task<StagedReference> ReadAsync(
        IColumnStore store,
        ReferenceFile file,
        int modelId,
        CancellationToken cancellation
    )
    {
        try
        {
            if (!file.IsCsv && await HasNestedAsync(store, file, cancellation))
            {
                using var flat = await FlattenAsync(store, file, cancellation);
                return await StageAsync(store, flat, modelId, cancellation);
            }

            return await StageAsync(store, file, modelId, cancellation);
        }
        catch (EngineException error) when (error.Message.Contains("EMPTY_DATA_PASSED", StringComparison.Ordinal))
        {
            throw new ReferenceException("reference_empty", "The file has no rows.");
        }
        catch (EngineException error) when (error.Name is not ("MEMORY_LIMIT_EXCEEDED" or "NOT_ENOUGH_SPACE"))
        {
            throw new ReferenceException(
                "reference_unreadable",
                $"The rows cannot be read as {file.Format}{(file.IsGzipped ? " in gzip" : "")}: {Reason(error.Message, file.Path)}"
            );
        }
    }

    private static async Task<StagedReference> StageAsync(
        IColumnStore store,
        ReferenceFile file,
        int modelId,
        CancellationToken cancellation
    )
    {
        var described = await DescribeAsync(store, file, ReadSettings, cancellation);
        var kind =
            file.IsCsv ? StagedKind.Untyped
            : file.Format == "Parquet" ? StagedKind.Typed
            : StagedKind.Each;
        var columns = described
            .Select((column, index) => new StagedColumn(index, column.Name.Trim(), KeptType(column.Type), kind))
            .ToList();
        CheckNames(columns);
        var table = string.Create(CultureInfo.InvariantCulture, $"staged_reference_{modelId}_{Interlocked.Increment(ref _last)}");
        var staged = new StagedReference(store, table, columns);
        // Each value of JSON keeps the type that it has: a column of numbers with one word among them is neither.
        var structure = kind == StagedKind.Each ? string.Join(", ", described.Select(column => $"{Quoted(column.Name)} Dynamic")) : "auto";
        var definitions = columns.Select(column =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"c{column.Index} {(kind == StagedKind.Each ? "Dynamic" : $"Nullable({column.Type})")}"
            )
        );
        await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), cancellation);
        await store.ExecuteAsync(
            new SqlStatement($"CREATE TABLE {table} ({string.Join(", ", definitions)}) ENGINE = MergeTree ORDER BY tuple()"),
            cancellation
        );
        try
        {
            await store.ExecuteAsync(
                new SqlStatement($"INSERT INTO {table} SELECT * FROM {Source} SETTINGS {ReadSettings}", Parameters(file, structure)),
                cancellation
            );
        }
        catch
        {
            await staged.DisposeAsync();
            throw;
        }

        return staged;
    }

    private static void CheckNames(List<StagedColumn> columns)
    {
        if (columns.Find(column => column.Name.Contains('\uFFFD', StringComparison.Ordinal)) is { } broken)
        {
            throw new ReferenceException(
                "not_utf8",
                $"The name of column {broken.Index + 1} ('{Problems.Shorten(broken.Name)}') has bytes that are not UTF-8."
            );
        }

        if (columns.GroupBy(column => column.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ReferenceException(
                "column_twice",
                $"The file has two columns named '{Problems.Shorten(twice.Key)}' (white space around names does not count)."
            );
        }
    }

    private static async Task<List<(string Name, string Type)>> DescribeAsync(
        IColumnStore store,
        ReferenceFile file,
        string settings,
        CancellationToken cancellation
    )
    {
        var columns = new List<(string, string)>();
        using var rows = await store.QueryFilesAsync(
            new SqlStatement($"DESCRIBE TABLE {Source} SETTINGS {settings}", Parameters(file, "auto")),
            cancellation
        );
        while (rows.Read())
        {
            columns.Add((rows.ReadString(), rows.ReadString()));
            for (var i = 2; i < rows.ColumnNames.Count; i++)
                rows.ReadString();
        }

        return columns;
    }

    private static async Task<bool> HasNestedAsync(IColumnStore store, ReferenceFile file, CancellationToken cancellation)
    {
        if (file.Format == "Parquet")
            return (await DescribeAsync(store, file, ReadSettings, cancellation)).Exists(column => NestedType().IsMatch(column.Type));
        try
        {
            return (await DescribeAsync(store, file, NestedSettings, cancellation)).Exists(column => NestedType().IsMatch(column.Type));
        }
        catch (EngineException error) when (error.Name is not ("MEMORY_LIMIT_EXCEEDED" or "NOT_ENOUGH_SPACE"))
        {
            // Objects that are now this, now that: whoever takes them apart does not mind.
            return true;
        }
    }

    // Beside the upload, with its ending, so that a start clears away what a crash left.
    private static async Task<ReferenceFile> FlattenAsync(IColumnStore store, ReferenceFile file, CancellationToken cancellation)
    {
        var flat = new ReferenceFile(System.IO.Path.ChangeExtension(file.Path, ".flat.reference"), "JSONEachRow", IsGzipped: false);
        try
        {
            if (file.Format != "Parquet")
            {
                await NestedRows.FlattenAsync(file.Path, file.IsGzipped, flat.Path, cancellation);
                return flat;
            }

            using var rows = new ReferenceFile(
                System.IO.Path.ChangeExtension(file.Path, ".rows.reference"),
                "JSONEachRow",
                IsGzipped: false
            );
            await store.ExecuteAsync(
                new SqlStatement(
                    """
                    INSERT INTO FUNCTION file({output:String}, 'JSONEachRow') SELECT * FROM file({path:String}, 'Parquet')
                    SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_denormals = 1
                    """,
                    new("output", rows.Path),
                    new("path", file.Path)
                ),
                cancellation
            );
            await NestedRows.FlattenAsync(rows.Path, isGzipped: false, flat.Path, cancellation);
            return flat;
        }
        catch
        {
            flat.Dispose();
            throw;
        }
    }

    private static SqlParameter[] Parameters(ReferenceFile file, string structure) =>
        [
            new("path", file.Path),
            new("format", file.Format),
            new("structure", structure),
            new("compression", file.IsGzipped ? "gzip" : "none"),
        ];

    private static string Quoted(string name) =>
        $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";

    /// <summary>Drops what a crash left behind.</summary>
    internal static async Task DropLeftOversAsync(IColumnStore store, CancellationToken cancellation)
    {
        var tables = new List<string>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^staged_reference_[0-9]+_[0-9]+$')"
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
                tables.Add(rows.ReadString());
        }
        foreach (var table in tables)
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), cancellation);
    }

    /// <summary>Counts the rows and looks at the values of some columns, all in one pass.</summary>
    /// <exception cref="ReferenceException">A column has bytes that are no text.</exception>
    internal async Task<(long Rows, IReadOnlyDictionary<int, FeatureEvidence> Contents)> LookAsync(
        IReadOnlyList<StagedColumn> columns,
        CancellationToken cancellation
    )
    {
        var contents = new Dictionary<int, FeatureEvidence>();
        var count = 0L;
        foreach (var chunk in columns.Chunk(200))
        {
            using var rows = await _store.QueryAsync(
                new SqlStatement($"SELECT count(), {string.Join(",\n", chunk.Select(column => column.Evidence))} FROM {Table}"),
                cancellation
            );
            rows.Read();
            long Next() => (long)rows.ReadUInt64();
            count = Next();
            foreach (var column in chunk)
            {
                contents[column.Index] = new FeatureEvidence(
                    Next(),
                    Next(),
                    Next(),
                    Next(),
                    Next(),
                    Next(),
                    Next(),
                    Next(),
                    Next() > FeatureEvidence.UniqueOfSample
                );
                if (Next() is > 0 and var broken)
                {
                    throw new ReferenceException(
                        "not_utf8",
                        $"{broken} values of the column '{Problems.Shorten(column.Name)}' have bytes that are not UTF-8. "
                            + "Convert the file and send it again."
                    );
                }
            }
        }
        return (count, contents);
    }

    public async ValueTask DisposeAsync() =>
        await _store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {Table} SYNC"), CancellationToken.None);

    // A type that the engine names can hold names of the file (Enum, Tuple): only these are repeated in SQL, the others become text.
    private static string KeptType(string type)
    {
        var match = PlainType().Match(type);
        if (!match.Success)
            return "String";
        return match.Groups[1].Value.StartsWith("Decimal", StringComparison.Ordinal) ? "Float64" : match.Groups[1].Value;
    }

    private static string Reason(string message, string path)
    {
        var text = message.Replace(path, "the file", StringComparison.Ordinal);
        var start = text.LastIndexOf("DB::Exception: ", StringComparison.Ordinal);
        text = start < 0 ? text : text[(start + "DB::Exception: ".Length)..];
        // What follows is the engine's advice about its own SQL.
        text = text.Split(" (version ", 2)[0].Split("\nYou can specify", 2)[0];
        return text.Length > 500 ? text[..500] : text;
    }

    [GeneratedRegex(
        @"^(?:LowCardinality\()?(?:Nullable\()?(String|Bool|U?Int(?:8|16|32|64)|Float32|Float64|"
            + @"Decimal\([0-9]+, ?[0-9]+\)|Date|Date32|DateTime|DateTime64\([0-9]\))\)?\)?$",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex PlainType();

    [GeneratedRegex(
        @"^(?:Nullable\()?(?:Tuple|Map|Array|Nested|JSON|Object)\b",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex NestedType();
}
