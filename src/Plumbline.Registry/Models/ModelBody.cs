using System.Text.Json;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Reads the JSON of a declaration, in the spelling of <see cref="ModelSpecification.Json"/>.</summary>
public static class ModelBody
{
    /// <summary>The value, or what to answer instead of it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">Longer bodies are answered 413.</param>
    /// <param name="tooLarge">The sentence of that answer.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(
        HttpRequest request,
        int maxBytes,
        string tooLarge,
        CancellationToken cancellation
    )
    {
        if (await RequestBody.ReadAsync(request, maxBytes, cancellation) is not { } body)
            return (default, Problems.Make(StatusCodes.Status413PayloadTooLarge, "The body is too large", "body_too_large", tooLarge));
        try
        {
            var value = JsonSerializer.Deserialize<T>(body.Span, ModelSpecification.Json);
            return value is null ? (default, Problems.BadRequest("body_missing", "A JSON object is needed.")) : (value, null);
        }
        catch (JsonException error)
        {
            return (
                default,
                Problems.BadRequest(
                    "json_invalid",
                    $"Not readable at {error.Path ?? "$"}, line {error.LineNumber + 1}, byte {error.BytePositionInLine}: {error.Message}"
                )
            );
        }
    }
}
