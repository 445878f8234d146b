using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Web;

/// <summary>Bodies of requests about retraining.</summary>
internal static class RetrainingJson
{
    private const int MaxBodyBytes = 256 * 1024;

    /// <summary>How they are written.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Converters = { new DurationJsonConverter() },
        };

    /// <summary>Reads one; a mistake says where it is and never repeats the body, which may hold a secret.</summary>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, string code, CancellationToken cancellation)
    {
        if (await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation) is not { } body)
        {
            return (
                default,
                Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", $"At most {MaxBodyBytes / 1024} KiB.")
            );
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Options) is { } value
                ? (value, null)
                : (default, Problems.BadRequest(code, "A JSON object is needed."));
        }
        catch (JsonException error)
        {
            var unknown = error.Message.Contains("could not be mapped", StringComparison.Ordinal) ? " a key is not known:" : "";
            return (
                default,
                Problems.BadRequest(
                    code,
                    $"Not readable:{unknown} at {error.Path ?? "$"}, line {error.LineNumber + 1}, byte {error.BytePositionInLine}."
                )
            );
        }
    }
}
