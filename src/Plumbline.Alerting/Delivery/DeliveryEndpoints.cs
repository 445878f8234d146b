using System.Globalization;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>GET /v1/deliveries.</summary>
public static class DeliveryEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapDeliveries(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/deliveries",
                async (HttpRequest request, DeliveryHistory history, CancellationToken cancellation) =>
                {
                    var (query, error) = ReadQuery(request.Query);
                    return error is not null
                        ? Problems.BadRequest("query_invalid", error)
                        : Results.Json(await history.PageAsync(query!, cancellation), NotificationOutbox.Json);
                }
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Deliveries");

    /// <summary>Reads a query string; also used by the page, so that both understand the same.</summary>
    public static (DeliveryQuery? Query, string? Error) ReadQuery(IQueryCollection query)
    {
        DeliveryState? state = null;
        if (Text("state") is { } stateText)
        {
            if (!Enum.TryParse<DeliveryState>(stateText, ignoreCase: true, out var known) || char.IsAsciiDigit(stateText[0]))
            {
                return (
                    null,
                    $"state: one of {string.Join(", ", Enum.GetNames<DeliveryState>().Select(name => name.ToLowerInvariant()))} is needed."
                );
            }

            state = known;
        }

        var limit = DeliveryQuery.DefaultLimit;
        if (
            Text("limit") is { } limitText
            && (
                !int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                || limit is < 1 or > DeliveryQuery.MaxLimit
            )
        )
        {
            return (null, $"limit: 1..{DeliveryQuery.MaxLimit}.");
        }

        if (!TryNumber("cursor", out var before))
            return (null, "cursor: the text of next is needed.");
        if (!TryNumber("incident", out var incident))
            return (null, "incident: a number is needed.");
        if (!TryTime("from", out var from) || !TryTime("to", out var to))
            return (null, "from and to are times such as 2026-03-01T08:00:00Z, or epoch milliseconds.");
        return (
            new DeliveryQuery
            {
                Receiver = Text("receiver"),
                State = state,
                Model = Text("model"),
                IncidentId = incident,
                From = from,
                To = to,
                Limit = limit,
                Before = before,
            },
            null
        );

        string? Text(string key) => query[key].ToString() is { Length: > 0 } text ? text : null;

        bool TryNumber(string key, out long? value)
        {
            value = null;
            if (Text(key) is not { } text)
                return true;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            value = number;
            return true;
        }

        bool TryTime(string key, out DateTimeOffset? value)
        {
            value = null;
            if (Text(key) is not { } text)
                return true;
            if (!RequestTimes.TryParse(text, default, out var time))
                return false;
            value = time;
            return true;
        }
    }
}
