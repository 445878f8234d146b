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
        await using var db = await state.CreateDbContextAsync(cancellation);
        var only = await NumberOfAsync(db, model, policy, cancellation);
        var tasks = Tasks(db, model, range, only);
        var isNumber = model.Task == ModelTask.Regression;
        var last = 0L;
        using var rows = new RowBinaryBuffer();
        while (true)
        {
            var page = await tasks.Where(task => task.Id > last).OrderBy(task => task.Id).Take(RowsAtOnce).ToListAsync(cancellation);
            if (page.Count == 0)
                return;
            var byTask = await ChosenAsync(db, model, (page[0].Id, page[^1].Id), only, cancellation);
            rows.Clear();
            foreach (var task in page)
                Write(rows, task, [.. byTask[task.Id]], isNumber);
            await store.InsertAsync(table, Columns, rows.Written, deduplicationToken: null, cancellation);
            last = page[^1].Id;
        }
    }

    private static async Task<int?> NumberOfAsync(
        StateDbContext db,
        ModelDefinition model,
        string? policy,
        CancellationToken cancellation
    ) =>
        policy is null
            ? null
            : await db
                .ReviewPolicies.Where(row => row.ModelId == model.Id && row.Name == policy)
                .Select(row => (int?)row.Id)
                .FirstOrDefaultAsync(cancellation)
                ?? throw new DatasetException("unknown_policy", $"The model has no review policy '{policy}'.");

    private static IQueryable<ReviewTaskRow> Tasks(
        StateDbContext db,
        ModelDefinition model,
        (DateTimeOffset From, DateTimeOffset To) range,
        int? only
    )
    {
        var (fromMs, toMs) = (range.From.ToUnixTimeMilliseconds(), range.To.ToUnixTimeMilliseconds());
        var selections = db.ReviewSelections;
        var tasks = db
            .ReviewTasks.AsNoTracking()
            .Where(task =>
                task.ModelId == model.Id
                && task.State == (int)TaskState.Done
                && task.Gold == null
                && task.Resolved != null
                && task.TimestampMs >= fromMs
                && task.TimestampMs < toMs
            );
        return only is null ? tasks : tasks.Where(task => selections.Any(chosen => chosen.TaskId == task.Id && chosen.PolicyId == only));
    }

    private static async Task<ILookup<long, ReviewSelectionRow>> ChosenAsync(
        StateDbContext db,
        ModelDefinition model,
        (long First, long Last) tasks,
        int? only,
        CancellationToken cancellation
    )
    {
        var chosen = await db
            .ReviewSelections.AsNoTracking()
            .Where(row => row.ModelId == model.Id && row.TaskId >= tasks.First && row.TaskId <= tasks.Last)
            .Where(row => only == null || row.PolicyId == only)
            .ToListAsync(cancellation);
        return chosen.ToLookup(row => row.TaskId);
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
