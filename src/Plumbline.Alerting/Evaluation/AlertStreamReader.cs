using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>So many streams of a rule stand the same way, for the same reason.</summary>
/// <param name="ModelId">Of the rule.</param>
/// <param name="Rule">Its name.</param>
/// <param name="Status">How they stand.</param>
/// <param name="Reason">Why they cannot be judged; empty otherwise.</param>
/// <param name="Count">How many.</param>
public sealed record StreamCount(int ModelId, string Rule, StreamStatus Status, string Reason, int Count);

/// <summary>Reads how the streams of rules stand, counted by the database: a model may have tens of thousands.</summary>
public sealed class AlertStreamReader(IDbContextFactory<StateDbContext> state)
{
    /// <summary>Counts by model, rule, status and reason; of one model when <paramref name="modelId"/> is given.</summary>
    public async Task<IReadOnlyList<StreamCount>> CountAsync(int? modelId, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .AlertStreams.AsNoTracking()
            .Where(row => modelId == null || row.ModelId == modelId)
            .GroupBy(row => new
            {
                row.ModelId,
                row.Rule,
                row.Status,
                row.Reason,
            })
            .Select(group => new
            {
                group.Key.ModelId,
                group.Key.Rule,
                group.Key.Status,
                group.Key.Reason,
                Count = group.Count(),
            })
            .ToListAsync(cancellation);
        return
        [
            .. rows.GroupBy(row =>
                    (
                        row.ModelId,
                        row.Rule,
                        Status: (StreamStatus)row.Status,
                        Reason: (StreamStatus)row.Status == StreamStatus.CannotJudge ? WithoutNumbers(row.Reason) : ""
                    )
                )
                .Select(group => new StreamCount(
                    group.Key.ModelId,
                    group.Key.Rule,
                    group.Key.Status,
                    group.Key.Reason,
                    group.Sum(row => row.Count)
                )),
        ];
    }

    // "too few rows: 12 of 30" and "too few rows: 13 of 30" are one reason.
    private static string WithoutNumbers(string reason) => reason.Split(':')[0];
}
