using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.OutsideAlerts;

/// <summary>/v1/infrastructure-alerts: a webhook of Alertmanager, and what it told; what of it is beside an incident.</summary>
public static class InfrastructureEndpoints
{
    private const int MaxBodyBytes = 2 << 20;

    /// <summary>Tells of alerts.</summary>
    public static Command Tell { get; } = new("infrastructure.tell", ApiRole.Ingest);

    public static IServiceCollection AddInfrastructureAlerts(this IServiceCollection services) =>
        services.AddSingleton<InfrastructureAlerts>().AddSingleton<InfrastructureBeside>();

    public static void MapInfrastructureAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/infrastructure-alerts", TakeAsync).Runs(Tell).WithTags("Incidents");
        routes.MapGet("/v1/infrastructure-alerts", ListAsync).RequireRole(ApiRole.Read).WithTags("Incidents");
        routes.MapGet("/v1/incidents/{id:long}/infrastructure", BesideAsync).RequireRole(ApiRole.Read).WithTags("Incidents");
    }

    private static async Task<IResult> TakeAsync(HttpContext http, InfrastructureAlerts alerts, CancellationToken cancellation)
    {
        if (await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation) is not { } body)
        {
            var limit = $"A message has at most {MaxBodyBytes >> 20} MiB.";
            return Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", limit);
        }

        AlertmanagerMessage? message;
        try
        {
            message = JsonSerializer.Deserialize<AlertmanagerMessage>(body.Span, AlertmanagerMessage.Json);
        }
        catch (JsonException error)
        {
            return Problems.BadRequest(
                "message_invalid",
                $"The body is no message of Alertmanager: {Problems.Shorten(error.Message, 300)}"
            );
        }

        if (message?.Alerts is not { Count: <= AlertmanagerMessage.MaxAlerts } given)
            return Problems.BadRequest("message_invalid", $"alerts: a list of at most {AlertmanagerMessage.MaxAlerts} is needed.");
        var errors = given
            .Index()
            .Select(one => new FieldError($"alerts[{one.Index}]", one.Item is null ? "an object is needed." : one.Item.Wrong ?? ""))
            .Where(error => error.Reason.Length > 0)
            .ToList();
        if (errors.Count > 0)
            return Problems.Invalid("message_invalid", "Nothing was taken; see errors.", errors);
        var others = given.OfType<AlertmanagerMessage.Alert>().Where(alert => !alert.IsOurs).ToList();
        var added = await alerts.TakeAsync(others, cancellation);
        return TypedResults.Ok(
            new
            {
                taken = added,
                repeated = others.Count - added,
                own = given.Count - others.Count,
            }
        );
    }

    private static async Task<IResult> ListAsync(
        string? from,
        string? to,
        InfrastructureAlerts alerts,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!RequestTimes.TryParse(to, time.GetUtcNow(), out var end))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("to", to));
        if (!RequestTimes.TryParse(from, end - TimeSpan.FromDays(1), out var start))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("from", from));
        return start < end
            ? TypedResults.Ok(new { alerts = (await alerts.ReadAsync(start, end, null, cancellation)).Select(alert => View(alert)) })
            : Problems.BadRequest("range_invalid", "from must be before to.");
    }

    private static async Task<IResult> BesideAsync(long id, InfrastructureBeside beside, CancellationToken cancellation) =>
        await beside.ReadAsync(id, cancellation) is { } found
            ? TypedResults.Ok(new { alerts = found.Alerts.Select(alert => View(alert, InfrastructureBeside.Words(alert, found.Onset))) })
            : Problems.NotFound("unknown_incident", $"There is no incident {id}.");

    private static object View(InfrastructureAlert alert, string? when = null) =>
        new
        {
            name = alert.Name,
            severity = alert.Severity.Length == 0 ? null : alert.Severity,
            model = alert.Model.Length == 0 ? null : alert.Model,
            summary = alert.Summary.Length == 0 ? null : alert.Summary,
            labels = alert.Labels,
            starts_at = alert.StartsAt,
            ends_at = alert.EndsAt,
            when,
        };
}
