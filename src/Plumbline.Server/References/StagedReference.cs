using System.Globalization;
using System.Text.RegularExpressions;
using Plumbline.Store;

namespace Plumbline.Server.References;

/// <summary>A column of an uploaded file in its staging table: <c>c{Index}</c>.</summary>
internal sealed record StagedColumn(int Index, string Name, string Type, bool IsCsv)
{
    private string Column => string.Create(CultureInfo.InvariantCulture, $"c{Index}");

    private bool IsText => Type == "String";

    private bool IsBoolean => Type == "Bool";

    internal bool IsNumber => !IsText && !IsBoolean && !IsTime;

    internal bool IsTime => Type.StartsWith("Date", StringComparison.Ordinal);

    /// <summary>True when only the content can tell what the values are: everything in CSV is text.</summary>
    internal bool ContentDecides => IsCsv;

    /// <summary>Nullable text; empty is null.</summary>
    internal string Text => IsText ? $"nullIf(trimBoth({Column}), '')" : $"toString({Column})";

    /// <summary>Nullable Float64; null where the value is no number.</summary>
    internal string Number => IsText ? IsCsv ? $"toFloat64OrNull(trimBoth({Column}))" : "CAST(NULL AS Nullable(Float64))" : IsTime ? "CAST(NULL AS Nullable(Float64))" : $"toFloat64({Column})";

    /// <summary>A number where any spelling of one is welcome, as in a score.</summary>
    internal string LenientNumber => IsText ? $"toFloat64OrNull(trimBoth({Column}))" : Number;

    /// <summary>Nullable Bool; null where the value is none.</summary>
    internal string Boolean => IsBoolean ? Column : IsText && IsCsv
        ? $"multiIf(lower({Text}) = 'true', CAST(true AS Nullable(Bool)), lower({Text}) = 'false', CAST(false AS Nullable(Bool)), NULL)"
        : "CAST(NULL AS Nullable(Bool))";

    /// <summary>Nullable DateTime64(3, UTC); null where the value is no time.</summary>
    internal string Time => IsTime ? $"toDateTime64({Column}, 3, 'UTC')" : IsText
        ? $"parseDateTime64BestEffortOrNull({Text}, 3, 'UTC')"
        : $"if(isNull({Column}), CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), fromUnixTimestamp64Milli(toInt64(assumeNotNull({Column})), 'UTC'))";
}

/// <summary>What is in a column.</summary>
/// <param name="Present">Values that are not empty.</param>
/// <param name="Numbers">Of these, numbers.</param>
/// <param name="Booleans">Of these, true or false.</param>
/// <param name="LongestText">Characters of the longest value.</param>
/// <param name="Different">About how many different values.</param>
internal sealed record ColumnContent(long Present, long Numbers, long Booleans, long LongestText, long Different);

/// <summary>An uploaded file's rows in a table of their own, column by position: no name of the file becomes SQL. Disposing drops it.</summary>
internal sealed partial class StagedReference : IAsyncDisposable
{
    private const string ReadSettings =
        "input_format_csv_use_best_effort_in_schema_inference = 0, schema_inference_make_columns_nullable = 1, input_format_max_rows_to_read_for_schema_inference = 100000, " +
        "input_format_json_read_objects_as_strings = 1, input_format_json_try_infer_named_tuples_from_objects = 0, input_format_json_read_arrays_as_strings = 1, " +
        "input_format_json_read_numbers_as_strings = 1, input_format_json_read_bools_as_strings = 1, input_format_json_read_bools_as_numbers = 0, input_format_json_try_infer_numbers_from_strings = 0, " +
        "input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0, input_format_try_infer_integers = 1, input_format_skip_unknown_fields = 1, " +
        // Columns go by position: else the engine would look for ours by name in the file.
        "use_structure_from_insertion_table_in_table_functions = 0";

    private static int _last;
    private readonly ColumnStore _store;

    private StagedReference(ColumnStore store, string table, IReadOnlyList<StagedColumn> columns)
    {
        _store = store;
        Table = table;
        Columns = columns;
    }

    internal string Table { get; }

    internal IReadOnlyList<StagedColumn> Columns { get; }

    /// <summary>Lets the engine read the file.</summary>
    /// <exception cref="ReferenceException">It cannot be read as its media type says.</exception>
    internal static async Task<StagedReference> ReadAsync(ColumnStore store, ReferenceFile file, int modelId, CancellationToken cancellation)
    {
        SqlParameter[] parameters = [new("path", file.Path), new("format", file.Format), new("compression", file.IsGzipped ? "gzip" : "none")];
        const string Source = "file({path:String}, {format:String}, 'auto', {compression:String})";
        try
        {
            var columns = new List<StagedColumn>();
            using (var rows = await store.QueryFilesAsync(new SqlStatement($"DESCRIBE TABLE {Source} SETTINGS {ReadSettings}", parameters), cancellation))
            {
                while (rows.Read())
                {
                    columns.Add(new StagedColumn(columns.Count, rows.ReadString(), KeptType(rows.ReadString()), file.IsCsv));
                    for (var i = 2; i < rows.ColumnNames.Count; i++)
                        rows.ReadString();
                }
            }
            var table = string.Create(CultureInfo.InvariantCulture, $"staged_reference_{modelId}_{Interlocked.Increment(ref _last)}");
            var staged = new StagedReference(store, table, columns);
            var definitions = columns.Select(column => string.Create(CultureInfo.InvariantCulture, $"c{column.Index} Nullable({column.Type})"));
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), cancellation);
            await store.ExecuteAsync(new SqlStatement($"CREATE TABLE {table} ({string.Join(", ", definitions)}) ENGINE = MergeTree ORDER BY tuple()"), cancellation);
            try
            {
                await store.ExecuteAsync(new SqlStatement($"INSERT INTO {table} SELECT * FROM {Source} SETTINGS {ReadSettings}", parameters), cancellation);
            }
            catch
            {
                await staged.DisposeAsync();
                throw;
            }
            return staged;
        }
        catch (EngineException error) when (error.Message.Contains("EMPTY_DATA_PASSED", StringComparison.Ordinal))
        {
            throw new ReferenceException("reference_empty", "The file has no rows.");
        }
        catch (EngineException error) when (error.Name is not ("MEMORY_LIMIT_EXCEEDED" or "NOT_ENOUGH_SPACE"))
        {
            throw new ReferenceException("reference_unreadable", $"The rows cannot be read as {file.Format}{(file.IsGzipped ? " in gzip" : "")}: {Reason(error.Message, file.Path)}");
        }
    }

    /// <summary>Drops what a crash left behind.</summary>
    internal static async Task DropLeftOversAsync(ColumnStore store, CancellationToken cancellation)
    {
        var tables = new List<string>();
        using (var rows = await store.QueryAsync(new SqlStatement("SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^staged_reference_[0-9]+_[0-9]+$')"), cancellation))
        {
            while (rows.Read())
                tables.Add(rows.ReadString());
        }
        foreach (var table in tables)
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), cancellation);
    }

    /// <summary>Counts the rows and looks at the values of some columns, all in one pass.</summary>
    internal async Task<(long Rows, IReadOnlyDictionary<int, ColumnContent> Contents)> LookAsync(IReadOnlyList<StagedColumn> columns, CancellationToken cancellation)
    {
        var contents = new Dictionary<int, ColumnContent>();
        var count = 0L;
        foreach (var chunk in columns.Chunk(500))
        {
            var parts = chunk.Select(column => $"countIf(isNotNull({column.Text})), countIf(isNotNull({column.Number})), countIf(isNotNull({column.Boolean})), toUInt64(max(lengthUTF8(ifNull({column.Text}, '')))), uniq({column.Text})");
            using var rows = await _store.QueryAsync(new SqlStatement($"SELECT count(), {string.Join(",\n", parts)} FROM {Table}"), cancellation);
            rows.Read();
            count = (long)rows.ReadUInt64();
            foreach (var column in chunk)
                contents[column.Index] = new((long)rows.ReadUInt64(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        }
        return (count, contents);
    }

    public async ValueTask DisposeAsync() => await _store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {Table} SYNC"), CancellationToken.None);

    // A type that the engine names can hold names of the file (Enum, Tuple): only these are repeated in SQL, the others become text.
    private static string KeptType(string type)
    {
        var match = PlainType().Match(type);
        return match.Success ? match.Groups[1].Value : "String";
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

    [GeneratedRegex(@"^(?:LowCardinality\()?(?:Nullable\()?(String|Bool|U?Int(?:8|16|32|64)|Float32|Float64|Date|Date32|DateTime|DateTime64\([0-9]\))\)?\)?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainType();
}
