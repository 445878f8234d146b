using System.Globalization;
using Plumbline.Events;
using Plumbline.Events.Spooling;
using Plumbline.Store;

namespace Plumbline.Server.Integrity;

/// <summary>What the counters say of one kind of a model's events, beside what the engine holds.</summary>
/// <param name="ModelId">The model's number.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Counted">Events counted as stored.</param>
/// <param name="Rows">Rows in the engine, without those of blocks that are on their way.</param>
public sealed record CounterFacts(int ModelId, EventKind Kind, long Counted, long Rows)
{
    /// <summary>Whether both say the same.</summary>
    public bool Agree => Counted == Rows;
}

/// <summary>
/// Compares the counters with the rows of the engine, and corrects them. Every event that was stored is one row that nothing removes, except with its model; so
/// the two are equal whenever no block is on its way. Costs no reading of rows but of the model's number of ground truth and signals.
/// </summary>
internal static class CounterCheck
{
    private static readonly EventKind[] Kinds = [EventKind.Prediction, EventKind.GroundTruth, EventKind.Signal];

    /// <summary>All counters of the given models. Only while nothing is being stored.</summary>
    internal static async Task<IReadOnlyList<CounterFacts>> ReadAsync(Spool spool, ColumnStore store, IReadOnlyCollection<int> models, CancellationToken cancellation)
    {
        var rows = await PredictionRowsAsync(store, cancellation);
        await AddSharedAsync(store, ModelTables.GroundTruthTable, EventKind.GroundTruth, rows, cancellation);
        await AddSharedAsync(store, ModelTables.SignalsTable, EventKind.Signal, rows, cancellation);
        foreach (var lane in spool.OpenBlocks().GroupBy(block => (block.ModelId, block.Kind)).Where(lane => rows.GetValueOrDefault(lane.Key) > 0))
            rows[lane.Key] = await WithoutBlocksAsync(store, lane.Key.ModelId, lane.Key.Kind, [.. lane.Select(block => (ulong)block.Number)], cancellation);
        var facts = new List<CounterFacts>();
        foreach (var (model, kind) in models.Order().SelectMany(model => Kinds.Select(kind => (model, kind))))
        {
            var (counted, held) = (spool.Counters(model, kind).Stored, rows.GetValueOrDefault((model, kind)));
            // The engine's account of its parts still contains rows that were deleted and not merged away.
            if (counted != held && kind == EventKind.Prediction && rows.ContainsKey((model, kind)))
                held = await WithoutBlocksAsync(store, model, kind, [.. spool.OpenBlocks().Where(block => block.ModelId == model && block.Kind == kind).Select(block => (ulong)block.Number)], cancellation);
            if (counted + held > 0) facts.Add(new CounterFacts(model, kind, counted, held));
        }

        return facts;
    }

    /// <summary>Lets the counters say what the engine holds: what is gone was not received, what is there and was not counted was.</summary>
    internal static Task CorrectAsync(Spool spool, CounterFacts facts) => spool.CorrectStoredAsync(facts.ModelId, facts.Kind, facts.Rows - facts.Counted);

    /// <summary>The difference in words.</summary>
    internal static string Tell(CounterFacts facts, string model) => facts.Rows < facts.Counted
        ? string.Create(CultureInfo.InvariantCulture, $"{facts.Counted - facts.Rows:N0} {WordOf(facts.Kind)} of model '{model}' are lost: {facts.Counted:N0} were stored, {facts.Rows:N0} are in the engine (table {TableOf(facts)}).")
        : string.Create(CultureInfo.InvariantCulture, $"{facts.Rows - facts.Counted:N0} {WordOf(facts.Kind)} of model '{model}' are in the engine (table {TableOf(facts)}) and were not counted ({facts.Counted:N0} were).");

    /// <summary>What the events of a kind are called.</summary>
    internal static string WordOf(EventKind kind) => kind switch
    {
        EventKind.Prediction => "predictions",
        EventKind.GroundTruth => "ground truths",
        _ => "signals",
    };

    private static string TableOf(CounterFacts facts) => facts.Kind switch
    {
        EventKind.Prediction => ModelTables.Predictions(facts.ModelId),
        EventKind.GroundTruth => ModelTables.GroundTruthTable,
        _ => ModelTables.SignalsTable,
    };

    private static async Task<Dictionary<(int ModelId, EventKind Kind), long>> PredictionRowsAsync(ColumnStore store, CancellationToken cancellation)
    {
        var found = new Dictionary<(int, EventKind), long>();
        using var rows = await store.QueryAsync(new SqlStatement(
            "SELECT table, toInt64(sum(rows)) FROM system.parts WHERE active AND database = currentDatabase() AND match(table, '^predictions_[0-9]{1,9}$') GROUP BY table"), cancellation);
        while (rows.Read()) found[(EnginePart.ModelOf(rows.ReadString()), EventKind.Prediction)] = rows.ReadInt64();
        return found;
    }

    private static async Task AddSharedAsync(ColumnStore store, string table, EventKind kind, Dictionary<(int ModelId, EventKind Kind), long> found, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(new SqlStatement($"SELECT model_id, count() FROM {table} GROUP BY model_id"), cancellation);
        while (rows.Read()) found[((int)rows.ReadUInt32(), kind)] = (long)rows.ReadUInt64();
    }

    private static async Task<long> WithoutBlocksAsync(ColumnStore store, int model, EventKind kind, ulong[] blocks, CancellationToken cancellation)
    {
        var table = kind switch
        {
            EventKind.Prediction => ModelTables.Predictions(model),
            EventKind.GroundTruth => ModelTables.GroundTruth(model),
            _ => ModelTables.Signals(model),
        };
        using var rows = await store.QueryAsync(blocks.Length == 0
            ? new SqlStatement($"SELECT count() FROM {table}")
            : new SqlStatement($"SELECT count() FROM {table} WHERE NOT has({{blocks:Array(UInt64)}}, block)", new SqlParameter("blocks", blocks)), cancellation);
        rows.Read();
        return (long)rows.ReadUInt64();
    }
}
