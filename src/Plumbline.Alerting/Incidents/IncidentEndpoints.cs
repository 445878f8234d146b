using System.Text.Json;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>/v1/incidents and what a model has of them.</summary>
public static class IncidentEndpoints
{
    private const int MaximumLimit = 500;
    private const int MaxBodyBytes = 32 * 1024;

    public static void MapIncidents(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/v1/incidents",
                (
                    string? state,
                    string? severity,
                    string? from,
                    string? to,
                    int? limit,
                    long? before,
                    IncidentReader reader,
                    TimeProvider time,
                    CancellationToken cancellation
                ) => ListAsync(null, state, severity, from, to, limit, before, reader, time, cancellation)
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Incidents");
        routes
            .MapGet(
                "/v1/models/{model}/incidents",
                async (
                    string model,
                    string? state,
                    string? severity,
                    string? from,
                    string? to,
                    int? limit,
                    long? before,
                    ModelCatalog models,
                    IncidentReader reader,
                    TimeProvider time,
                    CancellationToken cancellation
                ) =>
                    models.Find(model) is { } found
                        ? await ListAsync(found, state, severity, from, to, limit, before, reader, time, cancellation)
                        : Problems.UnknownModel(model)
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Incidents");
        routes
            .MapGet(
                "/v1/models/{model}/alerts",
                async (
                    string model,
                    bool? firing,
                    int? limit,
                    ModelCatalog models,
                    IncidentReader reader,
                    CancellationToken cancellation
                ) =>
                {
                    if (models.Find(model) is not { } found)
                        return Problems.UnknownModel(model);
                    if (limit is < 1 or > MaximumLimit)
                        return Problems.BadRequest("limit_invalid", $"limit: 1 to {MaximumLimit}.");
                    return Results.Json(
                        new { alerts = await reader.AlertsAsync(found, firing ?? false, limit ?? 100, cancellation) },
                        Rule.ViewJson
                    );
                }
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Incidents");
        routes
            .MapGet(
                "/v1/incidents/{id:long}",
                async (long id, IncidentReader reader, CancellationToken cancellation) =>
                    await reader.FindAsync(id, cancellation) is { } found ? Results.Json(found, Rule.ViewJson) : Unknown(id)
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Incidents");
        routes
            .MapPost(
                "/v1/incidents/{id:long}/acknowledge",
                (long id, HttpContext http, IncidentActions actions, CancellationToken cancellation) =>
                    ActAsync(id, http, needed: false, (who, comment) => actions.AcknowledgeAsync(id, who, comment, cancellation))
            )
            .Runs(IncidentCommands.Acknowledge)
            .WithTags("Incidents");
        routes
            .MapPost(
                "/v1/incidents/{id:long}/resolve",
                (long id, HttpContext http, IncidentActions actions, CancellationToken cancellation) =>
                    ActAsync(id, http, needed: false, (who, comment) => actions.ResolveAsync(id, who, comment, cancellation))
            )
            .Runs(IncidentCommands.Resolve)
            .WithTags("Incidents");
        routes.MapPost("/v1/incidents/{id:long}/silence", SilenceAsync).Runs(IncidentCommands.Silence).WithTags("Incidents");
        routes
            .MapPost(
                "/v1/incidents/{id:long}/comments",
                (long id, HttpContext http, IncidentActions actions, CancellationToken cancellation) =>
                    ActAsync(id, http, needed: true, (who, comment) => actions.CommentAsync(id, who, comment!, cancellation))
            )
            .Runs(IncidentCommands.Comment)
            .WithTags("Incidents");
    }

    private static async Task<IResult> ListAsync(
        ModelDefinition? model,
        string? state,
        string? severity,
        string? from,
        string? to,
        int? limit,
        long? before,
        IncidentReader reader,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!TryRead<IncidentState>(state, out var wanted))
            return Problems.BadRequest("state_invalid", "state: open, acknowledged or resolved.");
        if (!TryRead<AlertSeverity>(severity, out var atLeast))
        {
            return Problems.BadRequest(
                "severity_invalid",
                "severity: digest, warning or critical; incidents at least as severe are listed."
            );
        }

        if (!RequestTimes.TryParse(from, DateTimeOffset.UnixEpoch, out var start))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("from", from));
        if (!RequestTimes.TryParse(to, time.GetUtcNow() + TimeSpan.FromDays(1), out var end))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("to", to));
        if (limit is < 1 or > MaximumLimit)
            return Problems.BadRequest("limit_invalid", $"limit: 1 to {MaximumLimit}.");
        var take = limit ?? 50;
        var incidents = await reader.ListAsync(
            new IncidentQuery
            {
                ModelId = model?.Id,
                State = wanted,
                AtLeast = atLeast,
                From = start,
                To = end,
                Limit = take,
                Before = before,
            },
            cancellation
        );
        return Results.Json(new { incidents, next = incidents.Count == take ? incidents[^1].Id : (long?)null }, Rule.ViewJson);
    }

    /// <summary>Silences what is told of this and of every later incident of the same model, cause and feature.</summary>
    private static async Task<IResult> SilenceAsync(
        long id,
        HttpContext http,
        string? @for,
        IncidentReader reader,
        IncidentActions actions,
        Silences silences,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (await reader.FindAsync(id, cancellation) is not { } found)
            return Unknown(id);
        var (comment, problem) = await ReadCommentAsync(http);
        if (problem is not null)
            return problem;
        var specification = new SilenceSpecification
        {
            Matchers = IncidentNotifications.Matchers(found.Incident),
            For = @for ?? "4h",
            Comment = string.IsNullOrWhiteSpace(comment) ? $"Incident {id}: {Problems.Shorten(found.Incident.Headline, 200)}" : comment,
        };
        if (specification.Check(time.GetUtcNow()) is { Count: > 0 } errors)
            return Problems.Invalid("silence_invalid", "Nothing is silenced; see errors.", errors);
        var who = Actor.Of(http).Name;
        if (await silences.AddAsync(specification, who, cancellation) is not { } added)
            return Problems.Conflict("too_many_silences", $"There are {Silences.MaxSilences} silences already; end some.");
        await actions.RememberSilenceAsync(
            id,
            who,
            $"Silenced until {added.EndsAt:yyyy-MM-dd HH:mm} UTC: {string.Join(", ", added.Matchers)}.",
            cancellation
        );
        return TypedResults.Created($"/v1/silences/{added.Id}", new { id = added.Id, ends_at = added.EndsAt });
    }

    private static async Task<IResult> ActAsync(long id, HttpContext http, bool needed, Func<string, string?, Task<bool>> act)
    {
        var (comment, problem) = await ReadCommentAsync(http);
        if (problem is not null)
            return problem;
        if (comment is { Length: > IncidentActions.MaxComment })
            return Problems.BadRequest("comment_invalid", $"comment: at most {IncidentActions.MaxComment} characters.");
        if (needed && string.IsNullOrWhiteSpace(comment))
            return Problems.BadRequest("comment_invalid", "The body is {\"comment\":\"..\"} with some text.");
        return await act(Actor.Of(http).Name, comment) ? TypedResults.NoContent() : Unknown(id);
    }

    /// <summary>The comment of a body that may be missing.</summary>
    private static async Task<(string? Comment, IResult? Problem)> ReadCommentAsync(HttpContext http)
    {
        if (await RequestBody.ReadAsync(http.Request, MaxBodyBytes, http.RequestAborted) is not { } read)
        {
            return (
                null,
                Problems.Make(
                    StatusCodes.Status413PayloadTooLarge,
                    "Too large",
                    "body_too_large",
                    $"A comment has at most {IncidentActions.MaxComment} characters."
                )
            );
        }

        if (read.IsEmpty)
            return (null, null);
        try
        {
            using var body = JsonDocument.Parse(read);
            return
                body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("comment", out var text)
                && text.ValueKind == JsonValueKind.String
                ? (text.GetString(), null)
                : (null, null);
        }
        catch (JsonException)
        {
            return (null, Problems.BadRequest("body_invalid", "The body is {\"comment\":\"..\"}, or empty."));
        }
    }

    private static bool TryRead<T>(string? text, out T? value)
        where T : struct, Enum
    {
        value = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!Enum.TryParse<T>(text, ignoreCase: true, out var read) || !Enum.IsDefined(read) || char.IsAsciiDigit(text[0]))
            return false;
        value = read;
        return true;
    }

    private static IResult Unknown(long id) =>
        Problems.NotFound("unknown_incident", $"There is no incident {id} on which this can be done. GET /v1/incidents lists them.");
}
