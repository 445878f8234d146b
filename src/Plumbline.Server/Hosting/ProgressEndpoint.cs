using Plumbline.Alerting.Evaluation;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Retention;
using Plumbline.Registry.Web;
using Plumbline.Registry.Windows;

namespace Plumbline.Server.Hosting;

/// <summary>GET /v1/models/{model}/progress: has everything that was acknowledged been stored and computed?</summary>
public static class ProgressEndpoint
{
    public static void MapProgress(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/progress", GetAsync).RequireRole(ApiRole.Read).WithTags("Metrics");

    private static async Task<IResult> GetAsync(
        string model,
        string? until,
        long? accepted,
        ModelCatalog models,
        IngestionProgress ingestion,
        RetentionStore retention,
        WindowLedger ledger,
        AlertAgenda rules,
        ProgressUntil upTo,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (!RequestTimes.TryParse(until, time.GetUtcNow(), out var asked))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("until", until));
        // The spool first: a window is marked before its rows leave the spool, so that both zero means both done.
        var counters = ingestion.Of(found.Id);
        var backlog = await ledger.BacklogAsync(found, cancellation);
        // Windows that end at or before the watermark are computed.
        var watermark = found.WindowStart(ledger.ClosedBefore(found).AddMilliseconds(-1)) + found.Window;
        if (backlog.Oldest is { } oldest && oldest < watermark)
            watermark = oldest;
        return TypedResults.Ok(
            new
            {
                spool = counters.InSpool,
                received = counters.Received,
                stored = counters.Stored,
                duplicates = counters.Duplicate,
                rejected = counters.Rejected,
                expired = retention.EventsOf(found.Id),
                pending_windows = backlog.Count,
                rules_pending = rules.IsWaiting(found.Id),
                oldest_pending_window = backlog.Oldest,
                watermark,
                set_aside_windows = backlog.SetAside,
                last_error = backlog.LastError,
                until = until is null ? null : await upTo.ReadAsync(found, asked, counters, accepted, cancellation),
            }
        );
    }
}
