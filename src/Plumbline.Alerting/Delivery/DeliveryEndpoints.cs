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
        if (!TryState(query, out var state))
        {
            var states = Enum.GetNames<DeliveryState>().Select(name => name.ToLowerInvariant());
            return (null, $"state: one of {string.Join(", ", states)} is needed.");
        }

        if (!TryLimit(query, out var limit))
            return (null, $"limit: 1..{DeliveryQuery.MaxLimit}.");
        if (!TryNumber(query, "cursor", out var before))
            return (null, "cursor: the text of next is needed.");
        if (!TryNumber(query, "incident", out var incident))
            return (null, "incident: a number is needed.");
        if (!TryTime(query, "from", out var from) || !TryTime(query, "to", out var to))
            return (null, "from and to are times such as 2026-03-01T08:00:00Z, or epoch milliseconds.");
        return (
            new DeliveryQuery
            {
                Receiver = Text(query, "receiver"),
                State = state,
                Model = Text(query, "model"),
                IncidentId = incident,
                From = from,
                To = to,
                Limit = limit,
                Before = before,
            },
            null
        );
    }

    private static string? Text(IQueryCollection query, string key) => query[key].ToString() is { Length: > 0 } text ? text : null;

    private static bool TryState(IQueryCollection query, out DeliveryState? state)
    {
        state = null;
        if (Text(query, "state") is not { } text)
            return true;
        if (!Enum.TryParse<DeliveryState>(text, ignoreCase: true, out var known) || char.IsAsciiDigit(text[0]))
            return false;
        state = known;
        return true;
    }

    private static bool TryLimit(IQueryCollection query, out int limit)
    {
        limit = DeliveryQuery.DefaultLimit;
        return Text(query, "limit") is not { } text
            || (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= 1 and <= DeliveryQuery.MaxLimit
            );
    }

    private static bool TryNumber(IQueryCollection query, string key, out long? value)
    {
        value = null;
        if (Text(query, key) is not { } text)
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        value = number;
        return true;
    }

    private static bool TryTime(IQueryCollection query, string key, out DateTimeOffset? value)
    {
        value = null;
        if (Text(query, key) is not { } text)
            return true;
        if (!RequestTimes.TryParse(text, default, out var time))
            return false;
        value = time;
        return true;
    }
}
