using System.Globalization;
using Plumbline.Events;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Retention;
using Plumbline.Registry.Spooling;
using Plumbline.Store;
using Lanes = System.Collections.Generic.Dictionary<(int ModelId, Plumbline.Events.EventKind Kind), long>;

namespace Plumbline.Registry.Integrity;

/// <summary>What the counters say of one kind of a model's events, beside what the engine holds.</summary>
/// <param name="ModelId">The model's number.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Counted">Events counted as stored, without those that retention deleted.</param>
/// <param name="Rows">Rows in the engine, without those of blocks that are on their way.</param>
/// <param name="Merged">
/// Predictions that were made of parts, in these rows or deleted by retention: each part was counted, and only its prediction is a row.
/// </param>
/// <param name="IsExpiring">True when a deletion by retention did not come to its end: what is missing may be what it took.</param>
public sealed record CounterFacts(int ModelId, EventKind Kind, long Counted, long Rows, long Merged = 0, bool IsExpiring = false)
{
    /// <summary>
    /// Whether both can be right: they say the same, or the parts of merged predictions, two or more each, may be the difference.
    /// </summary>
    public bool Agree => Counted == Rows || (Merged > 0 && Counted >= Rows + Merged);

    /// <summary>What a deletion took that did not come to its end, as far as that can be told.</summary>
    public long Uncounted => IsExpiring && Counted > Rows ? Counted - Rows : 0;
}

/// <summary>
/// Compares the counters with the rows of the engine, and corrects them. Every event that was stored is one row that nothing removes
/// but the merging of parts, retention, and the deletion of its model; so the two are equal whenever no block is on its way. Costs no
/// reading of rows but of the model's number of ground truth and signals.
/// </summary>
internal static class CounterCheck
{
    private static readonly EventKind[] Kinds = [EventKind.Prediction, EventKind.GroundTruth, EventKind.Signal];

    /// <summary>All counters of the given models. Only while nothing is being stored.</summary>
    internal static async Task<IReadOnlyList<CounterFacts>> ReadAsync(
        Spool spool,
        IColumnStore store,
        IReadOnlyCollection<int> models,
        IReadOnlyDictionary<(int ModelId, string Data), Expiry> expired,
        CancellationToken cancellation
    )
    {
        var rows = await PredictionRowsAsync(store, cancellation);
        await AddSharedAsync(store, ModelTables.GroundTruthTable, EventKind.GroundTruth, rows, cancellation);
        await AddSharedAsync(store, ModelTables.SignalsTable, EventKind.Signal, rows, cancellation);
        foreach (
            var lane in spool
                .OpenBlocks()
                .Select(block => (block.ModelId, block.Kind))
                .Distinct()
                .Where(lane => rows.GetValueOrDefault(lane) > 0)
        )
        {
            rows[lane] = await CountAsync(store, lane, NotIn(spool, lane), cancellation);
        }

        var facts = new List<CounterFacts>();
        foreach (var lane in models.Order().SelectMany(model => Kinds.Select(kind => (ModelId: model, Kind: kind))))
        {
            var expiry = expired.GetValueOrDefault((lane.ModelId, EventRows.Of(lane.Kind)));
            var (counted, held) = (spool.Counters(lane.ModelId, lane.Kind).Stored - (expiry?.Rows ?? 0), rows.GetValueOrDefault(lane));
            if (counted + held == 0)
                continue;
            var merged = expiry?.Merged ?? 0;
            if (counted != held && lane.Kind == EventKind.Prediction && rows.ContainsKey(lane))
            {
                // The engine's account of its parts still contains rows that were deleted and not merged away.
                held = await CountAsync(store, lane, NotIn(spool, lane), cancellation);
                merged += await CountAsync(
                    store,
                    lane,
                    new SqlStatement("block >= {merged:UInt64}", new SqlParameter("merged", ModelTables.FirstMergedBlock)),
                    cancellation
                );
            }

            facts.Add(new CounterFacts(lane.ModelId, lane.Kind, counted, held, merged, expiry is { IsFinished: false }));
        }

        return facts;
    }

    /// <summary>
    /// Lets the counters say what the engine holds: what is gone was not received, what is there and was not counted was.
    /// </summary>
    internal static Task CorrectAsync(Spool spool, CounterFacts facts) =>
        spool.CorrectStoredAsync(facts.ModelId, facts.Kind, facts.Rows - facts.Counted);

    /// <summary>The difference in words.</summary>
    internal static string Tell(CounterFacts facts, string model) =>
        facts.Rows < facts.Counted
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{facts.Counted - facts.Rows:N0} {WordOf(facts.Kind)} of model '{model}' are lost: {facts.Counted:N0} were stored, "
                    + $"{facts.Rows:N0} are in the engine (table {TableOf(facts)})."
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{facts.Rows - facts.Counted:N0} {WordOf(facts.Kind)} of model '{model}' are in the engine (table {TableOf(facts)}) and "
                    + $"were not counted ({facts.Counted:N0} were)."
            );

    /// <summary>What the events of a kind are called.</summary>
    internal static string WordOf(EventKind kind) =>
        kind switch
        {
            EventKind.Prediction => "predictions",
            EventKind.GroundTruth => "ground truths",
            _ => "signals",
        };

    private static string TableOf(CounterFacts facts) =>
        facts.Kind switch
        {
            EventKind.Prediction => ModelTables.Predictions(facts.ModelId),
            EventKind.GroundTruth => ModelTables.GroundTruthTable,
            _ => ModelTables.SignalsTable,
        };

    private static async Task<Lanes> PredictionRowsAsync(IColumnStore store, CancellationToken cancellation)
    {
        var found = new Lanes();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                """
                SELECT table, toInt64(sum(rows)) FROM system.parts
                WHERE active AND database = currentDatabase() AND match(table, '^predictions_[0-9]{1,9}$') GROUP BY table
                """
            ),
            cancellation
        );
        while (rows.Read())
            found[(EnginePart.ModelOf(rows.ReadString()), EventKind.Prediction)] = rows.ReadInt64();
        return found;
    }

    private static async Task AddSharedAsync(IColumnStore store, string table, EventKind kind, Lanes found, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(new SqlStatement($"SELECT model_id, count() FROM {table} GROUP BY model_id"), cancellation);
        while (rows.Read())
            found[((int)rows.ReadUInt32(), kind)] = (long)rows.ReadUInt64();
    }

    // Rows of a block that is open were stored in part, or wholly and not counted yet.
    private static SqlStatement NotIn(Spool spool, (int ModelId, EventKind Kind) lane) =>
        new(
            "NOT has({blocks:Array(UInt64)}, block)",
            new SqlParameter(
                "blocks",
                spool.OpenBlocks().Where(block => (block.ModelId, block.Kind) == lane).Select(block => (ulong)block.Number).ToArray()
            )
        );

    private static async Task<long> CountAsync(
        IColumnStore store,
        (int ModelId, EventKind Kind) lane,
        SqlStatement condition,
        CancellationToken cancellation
    )
    {
        var table = lane.Kind switch
        {
            EventKind.Prediction => ModelTables.Predictions(lane.ModelId),
            EventKind.GroundTruth => ModelTables.GroundTruth(lane.ModelId),
            _ => ModelTables.Signals(lane.ModelId),
        };
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT count() FROM {table} WHERE {condition.Text}", [.. condition.Parameters]),
            cancellation
        );
        rows.Read();
        return (long)rows.ReadUInt64();
    }
}
