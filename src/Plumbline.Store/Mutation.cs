namespace Plumbline.Store;

/// <summary>
/// Changes that the engine carries out in the background by rewriting parts: deleted rows, updated values, dropped columns. Brought to
/// their end here, and without the engine's own waiting: it takes many seconds on a busy server, because a change that finds no free
/// thread is looked at again after a pause that has grown while there was nothing to do.
/// </summary>
public static class Mutation
{
    private const string DoNotWait = "SETTINGS mutations_sync = 0, alter_sync = 0, lightweight_deletes_sync = 0";

    /// <summary>How long the engine is left alone between two looks at a change.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(30);

    /// <summary>Runs a statement that changes what is stored in a table; the change is complete when this returns.</summary>
    /// <param name="store">The engine.</param>
    /// <param name="table">The table that it changes.</param>
    /// <param name="statement">DELETE or ALTER TABLE, without settings.</param>
    /// <param name="ct">Stops before it is begun: what is begun is brought to its end.</param>
    /// <exception cref="EngineException">It is refused, or fails on its way.</exception>
    public static Task RunAsync(IColumnStore store, string table, SqlStatement statement, CancellationToken ct) =>
        RunAsync(store, table, [statement], ct);

    /// <summary>
    /// Runs statements that change different rows of a table: all are begun, then all are waited for, so that the engine changes each part
    /// once and several at a time.
    /// </summary>
    /// <param name="store">The engine.</param>
    /// <param name="table">The table that they change.</param>
    /// <param name="statements">DELETE or ALTER TABLE, without settings.</param>
    /// <param name="ct">Stops before the first is begun: what is begun is brought to its end.</param>
    /// <exception cref="EngineException">One is refused, or fails on its way.</exception>
    public static async Task RunAsync(IColumnStore store, string table, IReadOnlyList<SqlStatement> statements, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(statements);
        foreach (var statement in statements)
        {
            await store.ExecuteAsync(new SqlStatement($"{statement.Text} {DoNotWait}", [.. statement.Parameters]), ct);
            ct = CancellationToken.None;
        }

        var unfinished = new SqlStatement(
            "SELECT count(), max(latest_fail_reason) FROM system.mutations "
                + "WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done",
            new SqlParameter("table", table)
        );
        while (true)
        {
            using (var rows = await store.QueryAsync(unfinished, CancellationToken.None))
            {
                if (!rows.Read() || rows.ReadUInt64() == 0)
                    return;
                if (rows.ReadString() is { Length: > 0 } reason)
                    throw EngineException.Parse(reason, statements[0].Text);
            }

            // Allowing merges, which nobody forbade, makes the engine look at once.
            await store.ExecuteAsync(new SqlStatement($"SYSTEM START MERGES {table}"), CancellationToken.None);
            await Task.Delay(Look, TimeProvider.System, CancellationToken.None);
        }
    }
}
