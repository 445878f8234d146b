using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TicketRouter.Releases;
using TicketRouter.Reporting;
using TicketRouter.Scenario;
using TicketRouter.Tickets;

namespace TicketRouter.Simulation;

/// <summary>
/// The world around the service, for whoever conducts a demonstration: the scenario, the reference, the history and the live customers.
/// </summary>
public static class SimulationEndpoints
{
    public const int ReferenceTickets = 6000;
    private const int MostAnswers = 10_000;

    public static void MapSimulation(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulation", Describe);
        routes.MapGet("/simulation/reference/{model}", Reference);
        routes.MapPost("/simulation/backfill", Backfill);
        routes.MapPost(
            "/simulation/live",
            (LiveCustomers customers) =>
            {
                customers.Start();
                return Results.Json(new { running = true });
            }
        );
        routes.MapPost("/simulation/annotate", AnnotateAsync);
        routes.MapGet(
            "/simulation/live",
            (LiveCustomers customers) =>
                Results.Json(
                    new
                    {
                        running = customers.Running,
                        sent = customers.Sent,
                        failed = customers.Failed,
                        skipped = customers.Skipped,
                    }
                )
        );
    }

    /// <summary>Lets the scripted annotator answer review tasks, at most as many as <c>most</c> says.</summary>
    private static async Task<IResult> AnnotateAsync(
        int? most,
        ScriptedAnnotator annotator,
        TicketRouterOptions options,
        CancellationToken ct
    )
    {
        if (options.Plumbline is null)
            return Wrong("The program was started without --plumbline: there is nobody to answer to.");
        if (most is < 1 or > MostAnswers)
            return Wrong($"most must be a number from 1 to {MostAnswers}.");
        var (answered, skipped) = await annotator.AnswerAsync(most ?? MostAnswers, ct);
        return Results.Json(new { answered, skipped });
    }

    private static IResult Wrong(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Describe(TicketTraffic traffic, ReleaseCatalog releases, TicketRouterOptions options)
    {
        var scenario = traffic.Scenario;
        return Results.Json(
            new
            {
                seed = options.Seed,
                days = scenario.Days,
                start = scenario.Start,
                anchor = scenario.Anchor,
                tickets_per_hour = traffic.PerHour,
                live_tickets_per_second = traffic.LivePerSecond,
                models = PredictionEvents.Models.Select(model => new { name = model, registration = ModelRegistrations.Of(model) }),
                versions = releases.All.Select(release => new
                {
                    version = release.Version,
                    description = release.Description,
                    held_out = releases.Evaluations[release.Version].ToString(),
                }),
                chapters = scenario.Chapters.Select(chapter => new
                {
                    kind = chapter.Kind.ToString(),
                    title = chapter.Title,
                    look = chapter.Look,
                    from = chapter.From,
                    to = chapter.To,
                }),
            }
        );
    }

    /// <summary>Tickets of the quiet weeks before the history with v2's answers and their ground truth.</summary>
    private static IResult Reference(string model, TicketTraffic traffic, ReleaseCatalog releases)
    {
        if (!PredictionEvents.Models.Contains(model, StringComparer.Ordinal))
            return Results.Problem($"There is no model '{model}'.", statusCode: StatusCodes.Status404NotFound);
        var release = releases.Find("v2")!;
        var lines = new ArrayBufferWriter<byte>(ReferenceTickets * 500);
        foreach (var (ticket, outcome, at) in traffic.Past(3, ReferenceTickets).OrderBy(t => t.At))
        {
            if (model == PredictionEvents.RefundModel && !ticket.HasOrder)
                continue;
            PredictionEvents.WriteReferenceRow(
                lines,
                model,
                new AnswerReport(ticket, at, release.Version, release.Answer(ticket), 0, "ok", null),
                outcome
            );
            lines.Write("\n"u8);
        }

        return Results.Bytes(lines.WrittenMemory, "application/x-ndjson");
    }

    private static IResult Backfill(
        HttpRequest request,
        HistoryBackfill backfill,
        TicketTraffic traffic,
        TicketRouterOptions options,
        TimeProvider time
    )
    {
        if (options.Plumbline is null)
            return Wrong("The program was started without --plumbline: there is nobody to post to.");
        var (from, to) = (traffic.Scenario.Start, time.GetUtcNow());
        if (
            request.Query["from"].ToString() is { Length: > 0 } fromText
            && !DateTimeOffset.TryParse(fromText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out from)
        )
        {
            return Wrong($"from: '{fromText}' is no time.");
        }

        if (
            request.Query["to"].ToString() is { Length: > 0 } toText
            && !DateTimeOffset.TryParse(toText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out to)
        )
        {
            return Wrong($"to: '{toText}' is no time.");
        }

        if (from >= to || to - from > TimeSpan.FromDays(DemoScenario.MaxDays + 1))
            return Wrong($"from must be before to, by at most {DemoScenario.MaxDays} days.");
        return Results.Stream(
            body => StreamAsync(body, backfill, from, to, time, request.HttpContext.RequestAborted),
            "application/x-ndjson"
        );
    }

    /// <summary>A line of progress a few times a second, and a last one that has either <c>done</c> or <c>error</c>.</summary>
    private static async Task StreamAsync(
        Stream body,
        HistoryBackfill backfill,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var progress = new BackfillProgress();
        var running = backfill.RunAsync(from, to, progress, ct);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(250), time, ct));
            if (!running.IsCompleted)
                await LineAsync(done: false, null);
        }

        try
        {
            await running;
            await LineAsync(done: true, null);
        }
        catch (HttpRequestException failure)
        {
            await LineAsync(done: false, failure.Message);
        }

        async Task LineAsync(bool done, string? error)
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    hours = progress.Hours,
                    total_hours = progress.TotalHours,
                    predictions = progress.Predictions,
                    ground_truth = progress.GroundTruth,
                    signals = progress.Signals,
                    rejected = progress.Rejected,
                    first_rejection = progress.FirstRejection,
                    to,
                    done,
                    error,
                }
            );
            await body.WriteAsync(line, ct);
            await body.WriteAsync("\n"u8.ToArray(), ct);
            await body.FlushAsync(ct);
        }
    }
}
