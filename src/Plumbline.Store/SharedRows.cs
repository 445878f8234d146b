namespace Plumbline.Store;

/// <summary>Rows of one model in the tables that all models share.</summary>
public static class SharedRows
{
    /// <summary>The engine slows down from 500 unfinished changes of a table on, and refuses the thousandth.</summary>
    private const int ChangesAtOnce = 100;

    /// <summary>
    /// Deletes rows of one model from a table that all models share; they are gone when this returns. The engine rewrites every part for
    /// that, of whichever model, which takes seconds where there are hundreds: so it is asked only in the partitions that hold such a row.
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
        SqlParameter[] values = [new("model", modelId), .. parameters];
        await DeleteFoundAsync(store, table, Of(condition), values, ct);
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

    private static async Task DeleteFoundAsync(IColumnStore store, string table, string where, SqlParameter[] values, CancellationToken ct)
    {
        var partitions = new List<string>();
        using (var rows = await store.QueryAsync(new SqlStatement($"SELECT DISTINCT _partition_id FROM {table} WHERE {where}", values), ct))
        {
            while (rows.Read())
                partitions.Add(rows.ReadString());
        }

        foreach (var some in partitions.Chunk(ChangesAtOnce))
        {
            // Named by the engine itself: a month, or "all".
            var statements = some.Select(partition => new SqlStatement(
                $"DELETE FROM {table} IN PARTITION ID '{partition}' WHERE {where}",
                values
            ));
            await Mutation.RunAsync(store, table, [.. statements], ct);
        }
    }
}
