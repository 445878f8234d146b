using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Registry.Windows;

/// <summary>
/// All windows of a model that hold predictions: what is to be computed again when the meaning of stored numbers changes.
/// </summary>
public sealed class HistoryWindows(IColumnStore store, ModelTables tables, WindowLedger ledger)
{
    /// <summary>
    /// Puts every window that has predictions (of one version, when it is given) on the list; returns when that is durable.
    /// </summary>
    public async Task MarkAsync(ModelDefinition model, DirtyReason reason, CancellationToken cancellation, string? version = null)
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var starts = new List<DateTimeOffset>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    $$"""
                    SELECT DISTINCT toUInt32(intDiv(toUnixTimestamp(timestamp), {length:UInt32}) * {length:UInt32}) AS start
                    FROM {{ModelTables.Predictions(model.Id)}}
                    WHERE {any:UInt8} OR version = {version:String} ORDER BY start
                    """,
                    new("length", (long)model.Window.TotalSeconds),
                    new("any", version is null ? 1 : 0),
                    new("version", version ?? "")
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
                starts.Add(DateTimeOffset.FromUnixTimeSeconds(rows.ReadUInt32()));
        }

        await ledger.MarkDirtyAsync(model.Id, starts, reason, cancellation);
    }
}
