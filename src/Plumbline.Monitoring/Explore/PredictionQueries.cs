using System.Globalization;
using System.Text;
using Plumbline.Events.Batches;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Explore;

/// <summary>
/// Reads stored predictions: pages of them, their number over time, one of them whole. The endpoints and the Explore page call the same
/// methods.
/// </summary>
public sealed class PredictionQueries(IColumnStore store, ModelTables tables, PredictionScores scores, ScoreReader scoreReader)
{
    /// <summary>Most spans of <see cref="CountAsync"/>.</summary>
    public const int MaxBuckets = 500;

    private const int MaxGroundTruth = 100;
    private const int MaxSignals = 1_000;
    private const int RowsForCompletion = 100_000;

    private static readonly long[] StepsMs =
    [
        1_000,
        5_000,
        15_000,
        30_000,
        60_000,
        300_000,
        900_000,
        1_800_000,
        3_600_000,
        10_800_000,
        21_600_000,
        43_200_000,
        86_400_000,
        604_800_000,
        2_592_000_000,
        31_536_000_000,
    ];

    /// <summary>One page, in the order of the search.</summary>
    public async Task<PredictionPage> PageAsync(ModelDefinition model, PredictionSearch search, CancellationToken cancellation)
    {
        await EnsureTablesAsync(model, cancellation);
        search = await search.WithScoresAsync(scores, model, also: null, cancellation);
        var sql = new SearchSql(model, search);
        var scored = search.ScoreColumns.Select(sql.ColumnOf);
        if (SortFields.ScoreOf(search.Sort) is { } sorted)
            scored = scored.Append(sql.ColumnOf(sorted));
        if (search.After is not null)
            sql.After(search.After);
        var text = new StringBuilder("SELECT ")
            .Append(PredictionRows.Columns(search.Columns, scored))
            .Append(
                CultureInfo.InvariantCulture,
                $" FROM {ModelTables.Predictions(model.Id)} WHERE {sql.Where} ORDER BY "
                    + $"{sql.OrderBy(search.Sort, search.Descending)} LIMIT {search.Limit + 1}"
            );
        var found = new List<(PredictionRow Row, ulong Hash, double SortValue)>();
        using (var rows = await store.QueryAsync(new SqlStatement(text.ToString(), sql.Parameters), cancellation))
        {
            while (rows.Read())
                found.Add(PredictionRows.Read(rows, model, search.Columns, search.ScoreColumns, search.Sort));
        }

        string? next = null;
        if (found.Count > search.Limit)
        {
            found.RemoveAt(search.Limit);
            var (last, hash, value) = found[^1];
            next = new PageCursor(
                search.Sort,
                search.Descending,
                value,
                last.Timestamp.ToUnixTimeMilliseconds(),
                hash,
                last.PredictionId
            ).Write();
        }

        var truth = await GroundTruthOfAsync(model, found, cancellation);
        return new PredictionPage(
            [
                .. found.Select(item =>
                    truth.TryGetValue(item.Row.PredictionId, out var value) ? item.Row with { GroundTruth = value } : item.Row
                ),
            ],
            next
        );
    }

    /// <summary>
    /// The number of predictions over time and by predicted class. <paramref name="buckets"/> 1..<see cref="MaxBuckets"/> is the most
    /// spans; the step is a round one.
    /// </summary>
    public async Task<PredictionCounts> CountAsync(
        ModelDefinition model,
        PredictionSearch search,
        int buckets,
        CancellationToken cancellation
    )
    {
        await EnsureTablesAsync(model, cancellation);
        search = await search.WithScoresAsync(scores, model, also: null, cancellation);
        var sql = new SearchSql(model, search);
        var table = ModelTables.Predictions(model.Id);
        DateTimeOffset first,
            last;
        using (
            var span = await store.QueryAsync(
                new SqlStatement($"SELECT min(timestamp), max(timestamp), count() FROM {table} WHERE {sql.Where}", sql.Parameters),
                cancellation
            )
        )
        {
            span.Read();
            (first, last) = (span.ReadDateTime64(), span.ReadDateTime64());
            if (span.ReadUInt64() == 0)
                return new PredictionCounts(search.From, search.To, TimeSpan.Zero, []);
        }

        var (from, to) = (search.From ?? first, search.To ?? last.AddMilliseconds(1));
        var step = StepsMs.FirstOrDefault(candidate => (to - from).TotalMilliseconds / candidate <= buckets - 1, StepsMs[^1]);
        var byClass = model.Task == ModelTask.Regression ? "''" : "toString(prediction)";
        var statement = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT toInt64(floor(toUnixTimestamp64Milli(timestamp) / {step})) * {step} AS start, {byClass} AS class, count() AS n
            FROM {table} WHERE {sql.Where} GROUP BY start, class ORDER BY start, n DESC, class LIMIT {MaxBuckets * 50}
            """
        );
        var counts = new List<PredictionCount>();
        using var rows = await store.QueryAsync(new SqlStatement(statement, sql.Parameters), cancellation);
        while (rows.Read())
        {
            counts.Add(
                new PredictionCount(DateTimeOffset.FromUnixTimeMilliseconds(rows.ReadInt64()), rows.ReadString(), (long)rows.ReadUInt64())
            );
        }

        return new PredictionCounts(from, to, TimeSpan.FromMilliseconds(step), counts);
    }

    /// <summary>One decision, or null when no prediction of that id is stored.</summary>
    public async Task<Decision?> FindAsync(ModelDefinition model, string predictionId, CancellationToken cancellation)
    {
        await EnsureTablesAsync(model, cancellation);
        var hash = IdHash.Of(Encoding.UTF8.GetBytes(predictionId)).Low;
        SqlParameter[] id = [new("hash", hash), new("id", predictionId)];
        var table = ModelTables.Predictions(model.Id);
        // First only where it is: reading thousands of feature columns to find one row would touch them all.
        DateTimeOffset timestamp;
        using (
            var place = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT timestamp FROM {table} WHERE id_hash = {{hash:UInt64}} AND prediction_id = {{id:String}} ORDER BY role "
                        + "= 'primary' DESC, timestamp LIMIT 1",
                    id
                ),
                cancellation
            )
        )
        {
            if (!place.Read())
                return null;
            timestamp = place.ReadDateTime64();
        }

        using var rows = await store.QueryAsync(
            RowAt(model, ", received_at, probabilities, error, trace_id, metadata", id, timestamp),
            cancellation
        );
        if (!rows.Read())
            return null;
        var (row, _, _) = PredictionRows.Read(rows, model, model.Features, [], SortField.Timestamp);
        var truth = await ReadGroundTruthAsync(model, id, cancellation);
        var scored =
            row.Role == "primary"
                ? await scoreReader.FindAsync(model, new PredictionPlace(predictionId, hash, timestamp), cancellation)
                : null;
        return new Decision
        {
            Row = row with { GroundTruth = truth.Count > 0 ? truth[^1].Value : null },
            ReceivedAt = rows.ReadDateTime64(),
            Probabilities = rows.ReadDoubleMap()
                .GroupBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => PredictionRows.Number(group.Last().Value), StringComparer.Ordinal),
            Error = rows.ReadString(),
            TraceId = rows.ReadString(),
            Metadata = rows.ReadString(),
            GroundTruth = truth,
            Scored = scored,
            Signals = await ReadSignalsAsync(model, predictionId, cancellation),
        };
    }

    /// <summary>
    /// The row of a prediction whose place is known, with all features, or null when it is not stored there any more. One step into the
    /// table's order: for whoever waits for it, several times faster than <see cref="FindAsync"/>. Its ground truth is left out.
    /// </summary>
    public async Task<PredictionRow?> FindRowAsync(ModelDefinition model, PredictionPlace place, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        await EnsureTablesAsync(model, cancellation);
        SqlParameter[] id = [new("hash", place.IdHash), new("id", place.Id)];
        using var rows = await store.QueryAsync(RowAt(model, "", id, place.Timestamp), cancellation);
        return rows.Read() ? PredictionRows.Read(rows, model, model.Features, [], SortField.Timestamp).Row : null;
    }

    // The answer that customers got before one that was only compared with it.
    private static SqlStatement RowAt(ModelDefinition model, string more, SqlParameter[] id, DateTimeOffset timestamp) =>
        new(
            $"SELECT {PredictionRows.Columns(model.Features, [])}{more} FROM {ModelTables.Predictions(model.Id)} "
                + "WHERE timestamp = {at:DateTime64(3)} AND id_hash = {hash:UInt64} AND prediction_id = {id:String} "
                + "ORDER BY role = 'primary' DESC LIMIT 1",
            [.. id, new("at", timestamp)]
        );

    /// <summary>
    /// The most frequent values of a field among recent predictions that contain <paramref name="part"/>: what the filter bar completes
    /// with. Nothing for numbers.
    /// </summary>
    public async Task<IReadOnlyList<string>> CompleteAsync(
        ModelDefinition model,
        SearchField field,
        string part,
        int limit,
        CancellationToken cancellation
    )
    {
        if (field.Kind == FieldKind.Boolean || field.Kind == FieldKind.Correct)
            return ["true", "false"];
        if (field.Kind is FieldKind.Number or FieldKind.GroundTruth)
            return [];
        await EnsureTablesAsync(model, cancellation);
        var statement = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            SELECT value FROM (SELECT toString(ifNull({{field.Column}}, '')) AS value FROM {{ModelTables.Predictions(model.Id)}}
            ORDER BY timestamp DESC LIMIT {{RowsForCompletion}})
            WHERE value != '' AND positionCaseInsensitiveUTF8(value, {part:String}) > 0 GROUP BY value ORDER BY count() DESC, value
            LIMIT {{Math.Clamp(limit, 1, 100)}}
            """
        );
        var values = new List<string>();
        using var rows = await store.QueryAsync(new SqlStatement(statement, new SqlParameter("part", part)), cancellation);
        while (rows.Read())
            values.Add(rows.ReadString());
        return values;
    }

    private Task EnsureTablesAsync(ModelDefinition model, CancellationToken cancellation) =>
        tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);

    private async Task<Dictionary<string, object?>> GroundTruthOfAsync(
        ModelDefinition model,
        List<(PredictionRow Row, ulong Hash, double SortValue)> page,
        CancellationToken cancellation
    )
    {
        var truth = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (page.Count == 0)
            return truth;
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT prediction_id, value, value_number FROM {ModelTables.Matched(model.Id)} WHERE timestamp >= "
                    + $"{{first:DateTime64(3)}} AND timestamp <= {{last:DateTime64(3)}} AND id_hash IN {{hashes:Array(UInt64)}}",
                new SqlParameter("first", page.Min(item => item.Row.Timestamp)),
                new SqlParameter("last", page.Max(item => item.Row.Timestamp)),
                new SqlParameter("hashes", page.Select(item => item.Hash).ToArray())
            ),
            cancellation
        );
        while (rows.Read())
            truth[rows.ReadString()] = PredictionRows.Outcome(model, rows.ReadString(), rows.ReadDouble());
        return truth;
    }

    private async Task<List<GroundTruthEntry>> ReadGroundTruthAsync(
        ModelDefinition model,
        SqlParameter[] id,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    SELECT value, value_number, timestamp, received_at, source FROM {{ModelTables.GroundTruth(model.Id)}}
                    WHERE id_hash = {hash:UInt64} AND prediction_id = {id:String} ORDER BY timestamp DESC, block DESC, arrival DESC
                        LIMIT {{MaxGroundTruth}}
                    """
                ),
                id
            ),
            cancellation
        );
        var entries = new List<GroundTruthEntry>();
        while (rows.Read())
        {
            entries.Add(
                new GroundTruthEntry(
                    PredictionRows.Outcome(model, rows.ReadString(), rows.ReadDouble()),
                    rows.ReadDateTime64(),
                    rows.ReadDateTime64(),
                    rows.ReadString()
                )
            );
        }

        entries.Reverse();
        return entries;
    }

    private async Task<List<SignalEntry>> ReadSignalsAsync(ModelDefinition model, string predictionId, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    SELECT name, value, timestamp, received_at, version, segment FROM {{ModelTables.Signals(model.Id)}}
                    WHERE prediction_id = {id:String} ORDER BY timestamp, name LIMIT {{MaxSignals}}
                    """
                ),
                new SqlParameter("id", predictionId)
            ),
            cancellation
        );
        var entries = new List<SignalEntry>();
        while (rows.Read())
        {
            entries.Add(
                new SignalEntry(
                    rows.ReadString(),
                    PredictionRows.Number(rows.ReadDouble()),
                    rows.ReadDateTime64(),
                    rows.ReadDateTime64(),
                    rows.ReadString(),
                    rows.ReadString()
                )
            );
        }

        return entries;
    }
}
