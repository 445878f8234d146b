using TicketRouter.Reporting;
using TicketRouter.Tickets;

namespace TicketRouter.Simulation;

/// <summary>
/// Stands for people who answer review tasks, and says that it is a program: it looks the ticket up and answers where the desk would file
/// it, which only the simulation knows before the desk does.
/// </summary>
public sealed class ScriptedAnnotator(ReviewClient review, TicketArchive archive)
{
    /// <summary>Answers tasks until none is left or as many are answered as asked for.</summary>
    /// <returns>How many got an answer, and how many were skipped.</returns>
    public async Task<(int Answered, int Skipped)> AnswerAsync(int most, CancellationToken ct)
    {
        var (answered, skipped) = (0, 0);
        while (answered + skipped < most && await review.NextAsync(PredictionEvents.QueueModel, ct) is { } next)
        {
            var queue = archive.Find(next.PredictionId)?.Outcome.Queue;
            await review.AnswerAsync(PredictionEvents.QueueModel, next.Task, queue, ct);
            (answered, skipped) = queue is null ? (answered, skipped + 1) : (answered + 1, skipped);
        }

        return (answered, skipped);
    }
}
