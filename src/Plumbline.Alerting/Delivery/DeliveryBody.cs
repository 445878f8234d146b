using System.Text.Json;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>Reads small JSON bodies; a mistake says where it is, and never repeats the body, which may hold a secret.</summary>
internal static class DeliveryBody
{
    private const int MaxBodyBytes = 256 * 1024;

    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(
        HttpRequest request,
        CancellationToken cancellation,
        JsonSerializerOptions? json = null
    )
        where T : class
    {
        if (await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation) is not { } body)
            return (null, TooLarge());
        try
        {
            var value = JsonSerializer.Deserialize<T>(body.Span, json ?? NotificationOutbox.Json);
            return value is null ? (null, Problems.BadRequest("body_missing", "A JSON object is needed.")) : (value, null);
        }
        catch (JsonException error)
        {
            // The exception's own message can hold a part of the body; of it only the name of an unknown key is told.
            var unknown = error.Message.Contains("could not be mapped", StringComparison.Ordinal) ? " a key is not known:" : "";
            return (
                null,
                Problems.BadRequest(
                    "json_invalid",
                    $"Not readable:{unknown} at {error.Path ?? "$"}, line {error.LineNumber + 1}, byte {error.BytePositionInLine}."
                )
            );
        }
    }

    private static IResult TooLarge() =>
        Problems.Make(
            StatusCodes.Status413PayloadTooLarge,
            "The body is too large",
            "body_too_large",
            $"At most {MaxBodyBytes / 1024} KiB."
        );
}
