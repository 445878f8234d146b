using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Plumbline.Store;

/// <summary>The tables of one model, one typed column per feature; made and widened on demand.</summary>
public sealed class ModelTables(IColumnStore store)
{
    /// <summary>Block numbers from here on are those of predictions that were merged of parts: the spool does not come that far.</summary>
    public const ulong FirstMergedBlock = 1UL << 62;

    /// <summary>Columns added by one ALTER: the engine's analysis grows faster than linear with their number.</summary>
    private const int ColumnsPerStatement = 1000;

    /// <summary>The columns of a prediction before its features, in the order in which they are inserted.</summary>
    public static IReadOnlyList<string> PredictionColumns { get; } =
    [
        "block",
        "prediction_id",
        "id_hash",
        "timestamp",
        "received_at",
        "version",
        "role",
        "status",
        "prediction",
        "prediction_value",
        "score",
        "confidence",
        "entropy",
        "probabilities",
        "latency_ms",
        "error",
        "trace_id",
        "metadata",
        "raw",
    ];

    private readonly ConcurrentDictionary<int, KnownColumns> _known = new();
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _gates = new();

    /// <summary>Predictions, ORDER BY (timestamp, id_hash).</summary>
    public static string Predictions(int modelId) => Named("predictions", modelId);

    /// <summary>The table of all models' ground truth as it came; its rows begin with <c>model_id</c>. For inserts.</summary>
    public const string GroundTruthTable = "ground_truth";

    /// <summary>The table of all models' ground truth found for predictions. For inserts.</summary>
    public const string MatchedTable = "matched";

    /// <summary>The table of all models' business signals. For inserts.</summary>
    public const string SignalsTable = "signals";

    /// <summary>The table of all models' business signals found for predictions. For inserts.</summary>
    public const string AttributedTable = "attributed";

    /// <summary>The tables of what is computed of all models. For deletions.</summary>
    public static IReadOnlyList<string> ComputedTables { get; } = ["profiles", "metric_points"];

    /// <summary>Every table that holds rows of all models, each with a column <c>model_id</c>.</summary>
    public static IReadOnlyList<string> SharedTables { get; } =
    [.. ComputedTables, GroundTruthTable, MatchedTable, SignalsTable, AttributedTable];

    /// <summary>To stand behind FROM: a model's ground truth as it came.</summary>
    public static string GroundTruth(int modelId) => OfModel(GroundTruthTable, modelId);

    /// <summary>To stand behind FROM: ground truth found for predictions, by the prediction's timestamp, one row per prediction.</summary>
    public static string Matched(int modelId) => OfModel(MatchedTable + " FINAL", modelId);

    /// <summary>As <see cref="Matched"/>, but a prediction may be there several times: where only whether it is there is asked.</summary>
    public static string MatchedAny(int modelId) => OfModel(MatchedTable, modelId);

    /// <summary>To stand behind FROM: a model's business signals.</summary>
    public static string Signals(int modelId) => OfModel(SignalsTable, modelId);

    /// <summary>To stand behind FROM: business signals found for predictions, by the prediction's timestamp, equal ones once.</summary>
    public static string Attributed(int modelId) => OfModel(AttributedTable + " FINAL", modelId);

    /// <summary>The rows of a reference: the prediction's columns, then <c>value</c> and <c>value_number</c> (ground truth).</summary>
    public static string Reference(int modelId, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{Named("reference", modelId)}_{Positive(generation)}");

    /// <summary>
    /// Makes the model's table of predictions when it is not there, and adds the columns that are missing. Cheap when nothing is missing
    /// (no statement). Safe for several callers at once.
    /// </summary>
    /// <exception cref="InvalidOperationException">A column is there with another type.</exception>
    public async Task EnsureAsync(int modelId, IReadOnlyList<FeatureColumn> features, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (_known.TryGetValue(modelId, out var known) && known.Covers(features))
            return;
        var gate = _gates.GetOrAdd(modelId, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(ct);
        try
        {
            if (!_known.TryGetValue(modelId, out known))
            {
                await store.ExecuteAsync(new SqlStatement(ModelTableDefinitions.Predictions(Predictions(modelId))), ct);
                known = await KnownColumns.ReadAsync(store, Predictions(modelId), ct);
            }
            if (!known.Covers(features))
            {
                var missing = features
                    .Where(feature => !known.ByOrdinal.ContainsKey(feature.Ordinal))
                    .DistinctBy(feature => feature.Ordinal)
                    .ToArray();
                await WidenAsync(Predictions(modelId), missing, ct);
                var all = new Dictionary<int, ColumnType>(known.ByOrdinal);
                foreach (var feature in missing)
                    all[feature.Ordinal] = feature.Type;
                known = new KnownColumns(all);
            }
            _known[modelId] = known;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// Adds the column of a feature's new type to the model's predictions. It reads as the converted value of every row, of those too that
    /// are still written with the old column. Idempotent; <see cref="FinishConversionAsync"/> makes an ordinary column of it.
    /// </summary>
    public async Task BeginConversionAsync(int modelId, ColumnConversion conversion, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(conversion);
        await EnsureAsync(modelId, [conversion.From], ct);
        await ChangeColumnsAsync(
            modelId,
            async columns =>
            {
                await store.ExecuteAsync(
                    new SqlStatement(
                        $"ALTER TABLE {Predictions(modelId)} ADD COLUMN IF NOT EXISTS {conversion.To.Name} "
                            + $"{conversion.To.EngineType} DEFAULT {conversion.Value}",
                        conversion.Parameters
                    ),
                    ct
                );
                columns[conversion.To.Ordinal] = conversion.To.Type;
            },
            ct
        );
    }

    /// <summary>
    /// Writes the converted values and what does not fit down. Nobody may write the old column any more; who began to read before may still
    /// read it, until <see cref="DropUnusedAsync"/>. May be repeated after it broke off, and does nothing when it is done.
    /// </summary>
    public async Task FinishConversionAsync(int modelId, ColumnConversion conversion, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(conversion);
        await ChangeColumnsAsync(
            modelId,
            async _ =>
            {
                var (table, to) = (Predictions(modelId), conversion.To);
                if (!(await KnownColumns.ConvertingAsync(store, Predictions(modelId), ct)).Contains(to.Ordinal))
                    return;
                // The values first: they are made of what the second statement changes.
                await ChangeAsync($"UPDATE {to.Name} = {to.Name} WHERE 1", []);
                await ChangeAsync(
                    $"UPDATE raw = {conversion.Raw("raw")} WHERE mapContains(raw, {conversion.Name}) OR {conversion.IsMisfit}",
                    conversion.Parameters
                );
                var plain = to.Type == ColumnType.Numeric ? to.Definition : $"{to.Name} REMOVE DEFAULT";
                await ChangeAsync($"MODIFY COLUMN {plain}", []);

                Task ChangeAsync(string change, IReadOnlyList<SqlParameter> parameters) =>
                    Mutation.RunAsync(store, table, new SqlStatement($"ALTER TABLE {table} {change}", parameters), ct);
            },
            ct
        );
    }

    /// <summary>
    /// Drops the columns that hold no feature any more: of dropped ones, of former types, and of changes that were given up.
    /// </summary>
    /// <param name="modelId">The model's number.</param>
    /// <param name="inUse">Ordinals of the columns that hold features.</param>
    /// <param name="below">Columns from this ordinal on are left: they may have been added since <paramref name="inUse"/> was read.</param>
    /// <param name="ct">Stops between columns.</param>
    /// <returns>How many were dropped.</returns>
    public async Task<int> DropUnusedAsync(int modelId, IReadOnlySet<int> inUse, int below, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(inUse);
        var dropped = 0;
        await ChangeColumnsAsync(
            modelId,
            async columns =>
            {
                // Those that read as the values of others first: the others cannot be dropped before.
                var converting = await KnownColumns.ConvertingAsync(store, Predictions(modelId), ct);
                foreach (
                    var ordinal in columns
                        .Keys.Where(ordinal => ordinal < below && !inUse.Contains(ordinal))
                        .OrderByDescending(converting.Contains)
                        .ToList()
                )
                {
                    var column = new FeatureColumn(ordinal, columns[ordinal]).Name;
                    var table = Predictions(modelId);
                    await Mutation.RunAsync(store, table, new SqlStatement($"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}"), ct);
                    columns.Remove(ordinal);
                    dropped++;
                }
            },
            ct
        );
        return dropped;
    }

    // As the table is, not as it is remembered: after a crash the two may differ.
    private async Task ChangeColumnsAsync(int modelId, Func<Dictionary<int, ColumnType>, Task> change, CancellationToken ct)
    {
        await EnsureAsync(modelId, [], ct);
        var gate = _gates.GetOrAdd(modelId, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(ct);
        try
        {
            var columns = new Dictionary<int, ColumnType>((await KnownColumns.ReadAsync(store, Predictions(modelId), ct)).ByOrdinal);
            await change(columns);
            _known[modelId] = new KnownColumns(columns);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Makes an empty table for a reference's rows, with the given features' columns.</summary>
    public async Task CreateReferenceAsync(int modelId, int generation, IReadOnlyList<FeatureColumn> features, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(features);
        var table = Reference(modelId, generation);
        await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), ct);
        await store.ExecuteAsync(new SqlStatement(ModelTableDefinitions.Reference(table)), ct);
        await WidenAsync(table, features, ct);
    }

    /// <summary>The columns of one of a model's tables, in their order.</summary>
    public async Task<IReadOnlyList<string>> ColumnsAsync(string table, CancellationToken ct)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
                new SqlParameter("table", table)
            ),
            ct
        );
        var columns = new List<string>();
        while (rows.Read())
            columns.Add(rows.ReadString());
        return columns;
    }

    /// <summary>Drops a reference's rows.</summary>
    public Task DropReferenceAsync(int modelId, int generation, CancellationToken ct) =>
        store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {Reference(modelId, generation)} SYNC"), ct);

    /// <summary>Drops the rows of references that were replaced by one of a later generation; gives how many there were.</summary>
    public async Task<int> DropReferencesBeforeAsync(int modelId, int generation, CancellationToken ct)
    {
        var former = (await ReferencesAsync(modelId, ct))
            .Where(table =>
                int.Parse(table.AsSpan(table.LastIndexOf('_') + 1), NumberStyles.None, CultureInfo.InvariantCulture) < generation
            )
            .ToList();
        foreach (var table in former)
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), ct);
        return former.Count;
    }

    /// <summary>Drops everything that is stored of the model: its tables, references, profiles and metric points.</summary>
    public async Task DropAsync(int modelId, CancellationToken ct)
    {
        var tables = await ReferencesAsync(modelId, ct);
        tables.Add(Predictions(modelId));
        _known.TryRemove(modelId, out _);
        foreach (var table in tables)
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), ct);
        foreach (var table in SharedTables)
            await SharedRows.DeleteAsync(store, table, modelId, "1", [], ct);
        _gates.TryRemove(modelId, out _);
    }

    private async Task WidenAsync(string table, IReadOnlyList<FeatureColumn> features, CancellationToken ct)
    {
        foreach (var chunk in features.Chunk(ColumnsPerStatement))
        {
            var sql = new StringBuilder("ALTER TABLE ").Append(table);
            for (var i = 0; i < chunk.Length; i++)
                sql.Append(i == 0 ? " ADD COLUMN IF NOT EXISTS " : ", ADD COLUMN IF NOT EXISTS ").Append(chunk[i].Definition);
            await store.ExecuteAsync(new SqlStatement(sql.ToString()), ct);
        }
    }

    private async Task<List<string>> ReferencesAsync(int modelId, CancellationToken ct)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, {pattern:String})",
                new SqlParameter("pattern", string.Create(CultureInfo.InvariantCulture, $"^reference_{modelId}_[0-9]+$"))
            ),
            ct
        );
        var tables = new List<string>();
        while (rows.Read())
            tables.Add(rows.ReadString());
        return tables;
    }

    private static string Named(string kind, int modelId) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{Positive(modelId)}");

    // The engine moves the reader's conditions into the inner question and leaves out columns that nobody asks for.
    private static string OfModel(string table, int modelId) =>
        string.Create(CultureInfo.InvariantCulture, $"(SELECT * EXCEPT (model_id) FROM {table} WHERE model_id = {Positive(modelId)})");

    private static int Positive(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return number;
    }
}
