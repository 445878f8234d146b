using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Plumbline.Store;

/// <summary>
/// Brings a folder of the first versions, where every model had five tables with a log of blocks each, to shared tables. Each table
/// is copied whole and then dropped; one that is still there was not copied to its end, and is copied again in place of the first try.
/// </summary>
internal static partial class TablesPerModel
{
    private const string OldTables = "^(ground_truth|matched|signals|attributed)_[0-9]+$";

    [GeneratedRegex(OldTables, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OldTable();

    /// <summary>
    /// Moves what is there. True when something was: the engine gives back what the old tables took when it is opened again.
    /// </summary>
    internal static async Task<bool> MoveAsync(IColumnStore store, ILogger log, CancellationToken ct)
    {
        var old = await NamesAsync(store, $"match(name, '{OldTables}')", ct);
        foreach (var table in old)
            await MoveAsync(store, table, ct);
        var logged = await NamesAsync(
            store,
            "match(name, '^predictions_[0-9]+$') AND position(engine_full, 'non_replicated_deduplication_window') > 0",
            ct
        );
        foreach (var table in logged)
        {
            // Zero first: the engine keeps its log of blocks when the setting is only forgotten.
            await store.ExecuteAsync(new SqlStatement($"ALTER TABLE {table} MODIFY SETTING non_replicated_deduplication_window = 0"), ct);
            await store.ExecuteAsync(new SqlStatement($"ALTER TABLE {table} RESET SETTING non_replicated_deduplication_window"), ct);
        }
        if (old.Count + logged.Count == 0)
            return false;
        log.TablesMoved(old.Count, logged.Count);
        return true;
    }

    private static async Task MoveAsync(IColumnStore store, string table, CancellationToken ct)
    {
        if (!OldTable().IsMatch(table))
            throw new InvalidOperationException($"'{table}' is not a table of a single model.");
        var at = table.LastIndexOf('_');
        var (kind, model) = (table[..at], int.Parse(table.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture));
        var columns = string.Join(", ", await NamesAsync(store, "system.columns", $"table = '{table}'", ct));
        var id = new SqlParameter("model", model);
        await SharedRows.DeleteAsync(store, kind, model, "1", [], ct);
        await store.ExecuteAsync(
            new SqlStatement(
                $"INSERT INTO {kind} (model_id, {columns}) SELECT {{model:UInt32}}, {columns} FROM {table} SETTINGS insert_deduplicate = 0",
                id
            ),
            ct
        );
        await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), ct);
    }

    private static Task<List<string>> NamesAsync(IColumnStore store, string where, CancellationToken ct) =>
        NamesAsync(store, "system.tables", where, ct);

    private static async Task<List<string>> NamesAsync(IColumnStore store, string from, string where, CancellationToken ct)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT name FROM {from} WHERE database = currentDatabase() AND {where}"),
            ct
        );
        var names = new List<string>();
        while (rows.Read())
            names.Add(rows.ReadString());
        return names;
    }
}
