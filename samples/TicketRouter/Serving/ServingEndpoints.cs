using System.Text.Json;
using TicketRouter.Releases;
using TicketRouter.Reporting;

namespace TicketRouter.Serving;

/// <summary>The service's own HTTP surface: three models, health, and the release that answers.</summary>
public static class ServingEndpoints
{
    public static void MapServing(this IEndpointRouteBuilder routes)
    {
        foreach (
            var (path, model) in new[]
            {
                ("/route", PredictionEvents.QueueModel),
                ("/refund-risk", PredictionEvents.RefundModel),
                ("/handling-time", PredictionEvents.HandlingModel),
            }
        )
        {
            routes.MapPost(
                path,
                (HttpRequest request, TicketAnswering answering, CancellationToken ct) => AnswerAsync(model, request, answering, ct)
            );
        }

        routes.MapGet("/healthz", Health);
        routes.MapPut("/release", DeployAsync);
    }

    private static async Task<IResult> AnswerAsync(string model, HttpRequest request, TicketAnswering answering, CancellationToken ct)
    {
        TicketReading reading;
        try
        {
            reading = await TicketReading.ReadAsync(request.Body, ct);
        }
        catch (JsonException wrong)
        {
            return Results.Problem(
                $"The body is no JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine}.",
                statusCode: StatusCodes.Status400BadRequest
            );
        }

        if (reading.Problems.Count > 0)
        {
            return Results.Problem(
                "Nothing was answered; see errors.",
                statusCode: StatusCodes.Status400BadRequest,
                extensions: new Dictionary<string, object?>
                {
                    ["errors"] = reading
                        .Problems.Take(50)
                        .Select(problem => new
                        {
                            index = problem.Index,
                            field = problem.Field,
                            detail = problem.Detail,
                        })
                        .ToArray(),
                }
            );
        }

        var reports = await Task.WhenAll(reading.Tickets.Select(ticket => answering.AnswerAsync(model, ticket, ct)));
        if (!reading.Many && reports[0] is { Status: not "ok" } failed)
        {
            return Results.Problem(
                failed.Error,
                statusCode: failed.Status == "timeout" ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status503ServiceUnavailable
            );
        }

        return Results.Stream(body => WriteAsync(body, model, reports, reading.Many), "application/json");
    }

    private static async Task WriteAsync(Stream body, string model, AnswerReport[] reports, bool many)
    {
        await using var json = new Utf8JsonWriter(body);
        if (many)
            json.WriteStartArray();
        foreach (var report in reports)
        {
            json.WriteStartObject();
            json.WriteString("ticket_id", report.Ticket.TicketId);
            json.WriteString("version", report.Version);
            if (report.Status == "ok")
                PredictionEvents.Prediction(json, model, report.Answer);
            json.WriteNumber("latency_ms", Math.Round(report.LatencyMs, 2));
            json.WriteString("status", report.Status);
            if (report.Error is { } error)
                json.WriteString("error", error);
            json.WriteEndObject();
        }

        if (many)
            json.WriteEndArray();
        await json.FlushAsync();
    }

    private static IResult Health(
        DeployedRelease deployed,
        ReleaseCatalog releases,
        PredictionReporter reporter,
        FactCourier courier,
        TicketAnswering answering
    ) =>
        Results.Json(
            new
            {
                status = "ok",
                version = deployed.Current.Release.Version,
                answered = answering.Answered,
                reports = new
                {
                    reported = reporter.Reported,
                    waiting = reporter.Waiting,
                    dropped = reporter.Dropped,
                    rejected = reporter.Refused,
                },
                ground_truth = new
                {
                    delivered = courier.Delivered,
                    waiting = courier.Waiting,
                    dropped = courier.Dropped,
                },
                releases = releases.All.Select(release => new
                {
                    version = release.Version,
                    description = release.Description,
                    held_out = releases.Evaluations[release.Version].ToString(),
                }),
            }
        );

    private static async Task<IResult> DeployAsync(
        HttpRequest request,
        DeployedRelease deployed,
        ReleaseCatalog releases,
        CancellationToken ct
    )
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, default, ct);
            var root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.String
            )
            {
                return Wrong("version is missing: { \"version\": \"v2\", \"error_share\": 0.1, \"extra_latency_ms\": 200 }");
            }

            if (!Number(root, "error_share", 1, out var errors))
                return Wrong("error_share must be a number from 0 to 1.");
            if (!Number(root, "extra_latency_ms", 60_000, out var latency))
                return Wrong("extra_latency_ms must be a number from 0 to 60000.");
            return deployed.TryDeploy(version.GetString()!, errors, latency)
                ? Results.Json(
                    new
                    {
                        version = version.GetString(),
                        error_share = errors,
                        extra_latency_ms = latency,
                    }
                )
                : Wrong($"There is no such version; there are {string.Join(", ", releases.All.Select(release => release.Version))}.");
        }
        catch (JsonException wrong)
        {
            return Wrong($"The body is no JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine}.");
        }

        static IResult Wrong(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

        static bool Number(JsonElement root, string name, double most, out double value)
        {
            value = 0;
            return !root.TryGetProperty(name, out var element)
                || (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && value >= 0 && value <= most);
        }
    }
}
