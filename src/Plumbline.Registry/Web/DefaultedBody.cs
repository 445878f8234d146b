using System.Text.Json;

namespace Plumbline.Registry.Web;

/// <summary>Bodies that need not say everything: what they leave out, up to all of it, is as by default.</summary>
public static class DefaultedBody
{
    /// <summary>The value, or what to answer instead of it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="word">What it is, as in "A policy has at most ..": the code of a refusal is <c>policy_invalid</c>.</param>
    /// <param name="maxBytes">Longer bodies are answered 413; a whole number of KiB.</param>
    /// <param name="json">How it is written.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<(T Value, IResult? Problem)> ReadAsync<T>(
        HttpRequest request,
        string word,
        int maxBytes,
        JsonSerializerOptions json,
        CancellationToken cancellation
    )
        where T : new()
    {
        if (await RequestBody.ReadAsync(request, maxBytes, cancellation) is not { } body)
        {
            var limit = $"A {word} has at most {maxBytes / 1024} KiB.";
            return (new T(), Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", limit));
        }

        try
        {
            return (body.IsEmpty ? new T() : JsonSerializer.Deserialize<T>(body.Span, json) ?? new T(), null);
        }
        catch (JsonException error)
        {
            return (new T(), Problems.BadRequest($"{word}_invalid", $"The body is not a {word}: {Problems.Shorten(error.Message, 300)}"));
        }
    }
}
