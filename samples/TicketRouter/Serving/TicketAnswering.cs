using TicketRouter.Reporting;
using TicketRouter.Tickets;

namespace TicketRouter.Serving;

/// <summary>Answers one ticket for one model: looks the customer up, computes, measures, reports.</summary>
public sealed class TicketAnswering(DeployedRelease deployed, PredictionReporter reporter, TicketRouterOptions options, TimeProvider time)
{
    private long _count;

    public long Answered => Interlocked.Read(ref _count);

    public async Task<AnswerReport> AnswerAsync(string model, Ticket ticket, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var (release, errorShare, extraMs) = deployed.Current;
        var random = new SeededRandom(options.Seed, 900, Interlocked.Increment(ref _count));
        var lookup = release.Behaviour.Draw(random);
        if (random.Chance(errorShare))
            lookup = lookup with { Status = "error", Error = "injected fault" };
        await Task.Delay(TimeSpan.FromMilliseconds(lookup.Ms + extraMs), time, ct);
        var dated = ticket.CreatedAt is null ? ticket with { CreatedAt = time.GetUtcNow() } : ticket;
        var answer = lookup.Status == "ok" ? release.Answer(dated) : default;
        var beside = model == PredictionEvents.QueueModel ? deployed.Beside : null;
        var report = new AnswerReport(
            dated,
            dated.CreatedAt!.Value,
            release.Version,
            answer,
            time.GetElapsedTime(started).TotalMilliseconds,
            lookup.Status,
            lookup.Error
        )
        {
            // Only with an answer of another release is there something to pair by.
            TraceId = beside is null ? null : dated.TicketId,
        };
        reporter.Report(model, report);
        if (beside is not null && lookup.Status == "ok")
            reporter.Report(model, report with { Version = beside.Version, Answer = beside.Answer(dated), IsShadow = true });
        return report;
    }
}
