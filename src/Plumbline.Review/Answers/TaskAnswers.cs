using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Answers;

/// <summary>What was said of a task, for whoever decides it.</summary>
public sealed class TaskAnswers(IDbContextFactory<StateDbContext> state)
{
    /// <summary>All answers to a task that were not taken back, decisions and skips among them, the first one first.</summary>
    public async Task<IReadOnlyList<ReviewAnswerRow>> OfAsync(long taskId, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
            .ReviewAnswers.AsNoTracking()
            .Where(row => row.TaskId == taskId && row.WithdrawnAtMs == null)
            .OrderBy(row => row.AtMs)
            .ThenBy(row => row.Id)
            .ToListAsync(cancellation);
    }
}
