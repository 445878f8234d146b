using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>What people do with incidents beyond acknowledging them: who looks after one, which are one, and what is normal now.</summary>
public static class IncidentWorkEndpoints
{
    private const int MaxBodyBytes = 32 * 1024;
    private const int MaxName = 200;
    private const int MaxAlerts = 500;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static void MapIncidentWork(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/incidents/{id:long}/assign", AssignAsync).Runs(IncidentCommands.Assign).WithTags("Incidents");
        routes.MapPost("/v1/incidents/{id:long}/merge", MergeAsync).Runs(IncidentCommands.Merge).WithTags("Incidents");
        routes.MapPost("/v1/incidents/{id:long}/split", SplitAsync).Runs(IncidentCommands.Split).WithTags("Incidents");
        routes.MapPost("/v1/incidents/{id:long}/new-normal", AcceptAsync).Runs(IncidentCommands.Accept).WithTags("Incidents");
    }

    private sealed record Assignment(string? To);

    private sealed record Merge(long? Into);

    private sealed record Split(IReadOnlyList<long>? Alerts);

    private sealed record Acceptance(string? Comment);

    private static async Task<IResult> AssignAsync(long id, HttpContext http, IncidentActions actions, CancellationToken cancellation)
    {
        var (body, problem) = await ReadAsync<Assignment>(http, """{"to":"anna"}, or {"to":null} for nobody""");
        if (body is null)
            return problem!;
        if (body.To is { Length: 0 or > MaxName } || body.To?.Any(char.IsControl) == true)
            return Problems.BadRequest("assignee_invalid", $"to: 1 to {MaxName} characters, none of them a control character, or null.");
        return await actions.AssignAsync(id, Actor.Of(http).Name, body.To, cancellation) ? TypedResults.NoContent() : Unknown(id);
    }

    private static async Task<IResult> MergeAsync(long id, HttpContext http, IncidentWork work, CancellationToken cancellation)
    {
        var (body, problem) = await ReadAsync<Merge>(http, """{"into":7}: the number of the incident that goes on""");
        if (body is null)
            return problem!;
        if (body.Into is not { } into || into == id)
            return Problems.BadRequest("incident_invalid", "into: the number of another incident.");
        return await work.MergeAsync(id, into, Actor.Of(http).Name, cancellation)
            ? Results.Json(new { id = into })
            : Problems.NotFound("unknown_incident", $"There is no incident {id} or {into}. GET /v1/incidents lists them.");
    }

    private static async Task<IResult> SplitAsync(long id, HttpContext http, IncidentWork work, CancellationToken cancellation)
    {
        var (body, problem) = await ReadAsync<Split>(http, """{"alerts":[12,13]}: numbers of alerts of the incident""");
        if (body is null)
            return problem!;
        if (body.Alerts is not { Count: > 0 and <= MaxAlerts } alerts)
            return Problems.BadRequest("alerts_invalid", $"alerts: 1 to {MaxAlerts} numbers.");
        return await work.SplitAsync(id, alerts.ToHashSet(), Actor.Of(http).Name, cancellation) is { } begun
            ? TypedResults.Created($"/v1/incidents/{begun}", new { id = begun })
            : Problems.BadRequest(
                "alerts_invalid",
                $"alerts: some of those that GET /v1/incidents/{id} lists, and not all of them: the incident keeps the others."
            );
    }

    private static async Task<IResult> AcceptAsync(long id, HttpContext http, IncidentWork work, CancellationToken cancellation)
    {
        var (body, problem) = await ReadAsync<Acceptance>(http, """{"comment":".."}, or empty""");
        if (body is null)
            return problem!;
        if (body.Comment is { Length: > IncidentActions.MaxComment })
            return Problems.BadRequest("comment_invalid", $"comment: at most {IncidentActions.MaxComment} characters.");
        return await work.AcceptAsync(id, Actor.Of(http).Name, body.Comment, cancellation) is { } streams
            ? Results.Json(new { streams })
            : Unknown(id);
    }

    private static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpContext http, string form)
        where T : class
    {
        if (await RequestBody.ReadAsync(http.Request, MaxBodyBytes, http.RequestAborted) is not { } read)
        {
            var detail = $"The body has more than {MaxBodyBytes} bytes.";
            return (null, Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", detail));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(read.IsEmpty ? "{}"u8 : read.Span, Json) is { } body
                ? (body, null)
                : (null, Problems.BadRequest("body_invalid", $"The body is {form}."));
        }
        catch (JsonException)
        {
            return (null, Problems.BadRequest("body_invalid", $"The body is {form}."));
        }
    }

    private static IResult Unknown(long id) =>
        Problems.NotFound("unknown_incident", $"There is no incident {id}. GET /v1/incidents lists them.");
}
