using Plumbline.Store;

namespace Plumbline.Registry.Integrity;

/// <summary>
/// Data parts of the engine that are damaged: those that it set aside when it loaded them, and those that are found by reading all.
/// </summary>
internal static class EngineDamage
{
    /// <summary>
    /// Parts that the engine could not load. It has moved them into the table's folder <c>detached</c> and gone on without their rows.
    /// </summary>
    internal static async Task<IReadOnlyList<string>> SetAsideAsync(
        IColumnStore store,
        Func<string, string> nameOf,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                """
                SELECT table, path FROM system.detached_parts
                WHERE database = currentDatabase() AND startsWith(name, 'broken') ORDER BY table, name LIMIT 1000
                """
            ),
            cancellation
        );
        var found = new List<string>();
        while (rows.Read())
        {
            var (table, path) = (rows.ReadString(), rows.ReadString());
            found.Add(
                $"A data part of {nameOf(table)} was damaged, and the engine has set it aside: {path}. "
                    + "Its rows are lost until it is put back from a backup; delete it when there is none."
            );
        }

        return found;
    }

    /// <summary>Reads every data part of every table and compares checksums.</summary>
    internal static async Task<IReadOnlyList<(string Table, string DataPart, string Message)>> ReadAllAsync(
        IColumnStore store,
        CancellationToken cancellation
    )
    {
        var tables = new List<string>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    """
                    SELECT name FROM system.tables
                    WHERE database = currentDatabase() AND match(name, '^[a-z0-9_]+$') AND endsWith(engine, 'MergeTree') ORDER BY name
                    """
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
                tables.Add(rows.ReadString());
        }

        var damaged = new List<(string, string, string)>();
        foreach (var table in tables)
        {
            using var rows = await store.QueryFilesAsync(
                new SqlStatement($"CHECK TABLE {table} SETTINGS check_query_single_value_result = 0"),
                cancellation
            );
            while (rows.Read())
            {
                var (part, passed, message) = (rows.ReadString(), rows.ReadByte() != 0, rows.ReadString());
                if (!passed)
                    damaged.Add((table, part, message));
            }
        }

        return damaged;
    }

    /// <summary>Takes a damaged data part out of its table; its files stay in the folder <c>detached</c>.</summary>
    internal static Task DetachAsync(IColumnStore store, string table, string dataPart, CancellationToken cancellation) =>
        store.ExecuteAsync(
            new SqlStatement($"ALTER TABLE {table} DETACH PART {{part:String}}", new SqlParameter("part", dataPart)),
            cancellation
        );
}
