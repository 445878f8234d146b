using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>
/// Reads bodies about accounts and keys; a mistake says where it is, and never repeats the body, which may hold a password.
/// </summary>
internal static class AccountBody
{
    private const int MaxBodyBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : class
    {
        if (await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation) is not { } body)
        {
            return (
                null,
                Problems.Make(
                    StatusCodes.Status413PayloadTooLarge,
                    "The body is too large",
                    "body_too_large",
                    $"At most {MaxBodyBytes / 1024} KiB."
                )
            );
        }

        try
        {
            var value = JsonSerializer.Deserialize<T>(body.Span, Json);
            return value is null ? (null, Problems.BadRequest("body_missing", "A JSON object is needed.")) : (value, null);
        }
        catch (JsonException error)
        {
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
}
