namespace Plumbline.Store;

/// <summary>Rows of one model in the tables that all models share.</summary>
public static class SharedRows
{
    /// <summary>
    /// Deletes rows of one model from a table that all models share; they are gone when this returns. The engine looks at every part of the
    /// table for that, of whichever model, which takes seconds where there are hundreds: so nothing is asked of it when there is no such
    /// row.
    /// </summary>
    /// <param name="store">The engine.</param>
    /// <param name="table">One of <see cref="ModelTables.SharedTables"/>.</param>
    /// <param name="modelId">The model.</param>
    /// <param name="condition">Which of its rows; text of ours, never of a user.</param>
    /// <param name="parameters">Values of the condition.</param>
    /// <param name="ct">Stops before it is begun.</param>
    public static async Task DeleteAsync(
        IColumnStore store,
        string table,
        int modelId,
        string condition,
        IReadOnlyList<SqlParameter> parameters,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        var where = Of(condition);
        SqlParameter[] values = [new("model", modelId), .. parameters];
        // Often there is none, and a deletion costs more than a look.
        using (
            var rows = await store.QueryAsync(
                new SqlStatement($"SELECT count() FROM (SELECT 1 FROM {table} WHERE {where} LIMIT 1)", values),
                ct
            )
        )
        {
            if (!rows.Read() || rows.ReadUInt64() == 0)
                return;
        }

        await DeleteFoundAsync(store, table, where, values, ct);
    }

    /// <summary>Deletes rows of one model that are older than a time, and says how many those were.</summary>
    /// <param name="store">The engine.</param>
    /// <param name="table">One of <see cref="ModelTables.SharedTables"/>.</param>
    /// <param name="modelId">The model.</param>
    /// <param name="condition">Compares a time of the row with <c>{before:..}</c>; text of ours.</param>
    /// <param name="before">The value of <c>before</c>.</param>
    /// <param name="ct">Stops before it is begun.</param>
    public static async Task<ExpiredRows> DeleteBeforeAsync(
        IColumnStore store,
        string table,
        int modelId,
        string condition,
        DateTimeOffset before,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        var where = Of(condition);
        SqlParameter[] values = [new("model", modelId), new("before", before)];
        long count;
        using (var rows = await store.QueryAsync(new SqlStatement($"SELECT count() FROM {table} WHERE {where}", values), ct))
        {
            count = rows.Read() ? (long)rows.ReadUInt64() : 0;
        }

        if (count > 0)
            await DeleteFoundAsync(store, table, where, values, ct);
        return new ExpiredRows(count);
    }

    private static string Of(string condition) => $"model_id = {{model:UInt32}} AND ({condition})";

    private static Task DeleteFoundAsync(IColumnStore store, string table, string where, SqlParameter[] values, CancellationToken ct) =>
        store.ExecuteAsync(new SqlStatement($"DELETE FROM {table} WHERE {where} SETTINGS lightweight_deletes_sync = 2", values), ct);
}
