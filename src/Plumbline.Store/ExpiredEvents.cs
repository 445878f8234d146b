using System.Globalization;

namespace Plumbline.Store;

/// <summary>What a deletion by age took.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Merged">Of these, predictions that had been made of parts.</param>
public readonly record struct ExpiredRows(long Rows, long Merged = 0);

/// <summary>Deletes a model's events by age.</summary>
public sealed class ExpiredEvents(IColumnStore store)
{
    /// <summary>
    /// Drops the months of a model's predictions that end at or before a time, with the outcomes that were found for them.
    /// </summary>
    /// <param name="modelId">The model.</param>
    /// <param name="before">The beginning of a month, UTC.</param>
    /// <param name="ct">Stops between two months.</param>
    /// <returns>The predictions.</returns>
    public async Task<ExpiredRows> DropPredictionsBeforeAsync(int modelId, DateTimeOffset before, CancellationToken ct)
    {
        var table = ModelTables.Predictions(modelId);
        var time = new SqlParameter("before", before);
        var months = new List<string>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    "SELECT DISTINCT partition FROM system.parts WHERE active AND database = currentDatabase() AND table = {table:String} "
                        + "AND toUInt32OrZero(partition) < toYYYYMM({before:DateTime('UTC')}) ORDER BY 1",
                    new("table", table),
                    time
                ),
                ct
            )
        )
        {
            while (rows.Read())
                months.Add(rows.ReadString());
        }

        var gone = default(ExpiredRows);
        if (months.Count > 0)
        {
            using var rows = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT count(), countIf(block >= {{merged:UInt64}}) FROM {table} WHERE timestamp < {{before:DateTime64(3, 'UTC')}}",
                    time,
                    new("merged", ModelTables.FirstMergedBlock)
                ),
                ct
            );
            if (rows.Read())
                gone = new ExpiredRows((long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        }

        foreach (var month in months)
        {
            await store.ExecuteAsync(
                new SqlStatement(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ALTER TABLE {table} DROP PARTITION {int.Parse(month, NumberStyles.None, CultureInfo.InvariantCulture)}"
                    )
                ),
                ct
            );
        }

        foreach (var found in (string[])[ModelTables.MatchedTable, ModelTables.AttributedTable])
            await DeleteBeforeAsync(found, modelId, before, ct);
        return gone;
    }

    /// <summary>Deletes a model's ground truth of before a time.</summary>
    public Task<ExpiredRows> DeleteGroundTruthBeforeAsync(int modelId, DateTimeOffset before, CancellationToken ct) =>
        DeleteBeforeAsync(ModelTables.GroundTruthTable, modelId, before, ct);

    /// <summary>Deletes a model's signals of before a time.</summary>
    public Task<ExpiredRows> DeleteSignalsBeforeAsync(int modelId, DateTimeOffset before, CancellationToken ct) =>
        DeleteBeforeAsync(ModelTables.SignalsTable, modelId, before, ct);

    private Task<ExpiredRows> DeleteBeforeAsync(string table, int modelId, DateTimeOffset before, CancellationToken ct) =>
        SharedRows.DeleteBeforeAsync(store, table, modelId, "timestamp < {before:DateTime64(3, 'UTC')}", before, ct);
}
