using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TicketRouter.Retraining;

/// <summary>What Plumbline asks for: a model trained with the rows of a data set.</summary>
/// <param name="Id">The run there; the same however often it is asked.</param>
/// <param name="Model">Which model.</param>
/// <param name="Dataset">Where the version of the data set is.</param>
/// <param name="Callback">Where to tell how it goes.</param>
public sealed record RetrainingRequest(string Id, string Model, Uri Dataset, Uri Callback)
{
    public const string EventType = "dev.plumbline.retraining.requested.v1";

    /// <summary>A request older than this, or from the future by as much, is somebody else's copy of one.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    /// <summary>Whether the body comes from who knows the secret, and now.</summary>
    public static bool IsGenuine(string secret, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Freshness.TotalSeconds)
            return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. body];
        var expected = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        return signature is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature));
    }

    /// <summary>Reads the event; null when something of it is missing.</summary>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    public static RetrainingRequest? Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (
            Text(root, "type") != EventType
            || Text(root, "id") is not { } id
            || !root.TryGetProperty("data", out var data)
            || Text(data, "model") is not { } model
            || !data.TryGetProperty("dataset", out var dataset)
            || !Uri.TryCreate(Text(dataset, "uri"), UriKind.Absolute, out var uri)
            || !Uri.TryCreate(Text(data, "callback_url"), UriKind.Absolute, out var callback)
        )
        {
            return null;
        }

        return new RetrainingRequest(id, model, uri, callback);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
