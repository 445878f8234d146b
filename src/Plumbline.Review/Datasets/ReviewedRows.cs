using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>Tasks that came to a value, as rows that the engine can be asked about: it does not see the state database.</summary>
internal sealed class ReviewedRows(IColumnStore store, IDbContextFactory<StateDbContext> state)
{
    private const int RowsAtOnce = 20_000;

    private static readonly string[] Columns =
    [
        "prediction_id",
        "id_hash",
        "timestamp",
        "probability",
        "is_by_score",
        "resolved",
        "resolved_number",
        "resolved_at",
    ];

    /// <summary>Fills a new table with them.</summary>
    public async Task FillAsync(
        string table,
        ModelDefinition model,
        string? policy,
        (DateTimeOffset From, DateTimeOffset To) range,
        CancellationToken cancellation
    )
    {
        await store.ExecuteAsync(
            new SqlStatement(
                $"""
                CREATE TABLE {table} (prediction_id String, id_hash UInt64, timestamp DateTime64(3, 'UTC'), probability Float64,
                    is_by_score Bool, resolved String, resolved_number Float64, resolved_at DateTime64(3, 'UTC'))
                ENGINE = MergeTree ORDER BY (id_hash, prediction_id)
                """
            ),
            cancellation
        );
        var (fromMs, toMs) = (range.From.ToUnixTimeMilliseconds(), range.To.ToUnixTimeMilliseconds());
        await using var db = await state.CreateDbContextAsync(cancellation);
        int? only = policy is null
            ? null
            : await db
                .ReviewPolicies.Where(row => row.ModelId == model.Id && row.Name == policy)
                .Select(row => (int?)row.Id)
                .FirstOrDefaultAsync(cancellation)
                ?? throw new DatasetException("unknown_policy", $"The model has no review policy '{policy}'.");
        var isNumber = model.Task == ModelTask.Regression;
        var selections = db.ReviewSelections;
        var last = 0L;
        using var rows = new RowBinaryBuffer();
        while (true)
        {
            var page = await db
                .ReviewTasks.AsNoTracking()
                .Where(task =>
                    task.ModelId == model.Id
                    && task.Id > last
                    && task.State == (int)TaskState.Done
                    && task.Gold == null
                    && task.Resolved != null
                    && task.TimestampMs >= fromMs
                    && task.TimestampMs < toMs
                )
                .Where(task => only == null || selections.Any(chosen => chosen.TaskId == task.Id && chosen.PolicyId == only))
                .OrderBy(task => task.Id)
                .Take(RowsAtOnce)
                .ToListAsync(cancellation);
            if (page.Count == 0)
                return;
            var (first, end) = (page[0].Id, page[^1].Id);
            var chosen = await db
                .ReviewSelections.AsNoTracking()
                .Where(row => row.ModelId == model.Id && row.TaskId >= first && row.TaskId <= end && (only == null || row.PolicyId == only))
                .ToListAsync(cancellation);
            var byTask = chosen.ToLookup(row => row.TaskId);
            rows.Clear();
            foreach (var task in page)
                Write(rows, task, [.. byTask[task.Id]], isNumber);
            await store.InsertAsync(table, Columns, rows.Written, deduplicationToken: null, cancellation);
            last = end;
        }
    }

    private static void Write(RowBinaryBuffer rows, ReviewTaskRow task, ReviewSelectionRow[] chosen, bool isNumber)
    {
        // Policies draw apart from each other: not to be chosen takes that none of them chooses.
        var missed = chosen.Aggregate(1.0, (left, row) => left * (1 - row.Probability));
        rows.WriteString(task.PredictionId);
        rows.WriteUInt64(unchecked((ulong)task.IdHash));
        rows.WriteDateTime64Ms(task.TimestampMs);
        rows.WriteDouble(chosen.Length == 0 ? 1 : 1 - missed);
        rows.WriteBool(chosen.Any(row => row.IsByScore));
        rows.WriteString(task.Resolved!);
        rows.WriteDouble(isNumber ? double.Parse(task.Resolved!, NumberStyles.Float, CultureInfo.InvariantCulture) : double.NaN);
        rows.WriteDateTime64Ms(task.ResolvedAtMs ?? task.TimestampMs);
    }
}
