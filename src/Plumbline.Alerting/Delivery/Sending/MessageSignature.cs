using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>
/// The headers of what is posted to programs of others: which message it is, when it was sent, and with a secret a signature over both the
/// time and the body; the time lets the other side refuse what is old.
/// </summary>
public static class MessageSignature
{
    public const string KeyHeader = "Plumbline-Idempotency-Key";
    public const string TimestampHeader = "Plumbline-Timestamp";
    public const string SignatureHeader = "Plumbline-Signature";

    /// <summary>The headers of one attempt.</summary>
    /// <param name="key">The same on every attempt.</param>
    /// <param name="secret">Null: not signed.</param>
    /// <param name="body">As it is sent.</param>
    /// <param name="now">When it is sent.</param>
    public static List<(string Name, string Value)> Headers(string key, string? secret, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        List<(string, string)> headers = [(KeyHeader, key), (TimestampHeader, timestamp)];
        if (secret is not null)
            headers.Add((SignatureHeader, Sign(secret, timestamp, body)));
        return headers;
    }

    /// <summary>The signature header's value: <c>sha256=</c> and the HMAC-SHA256 of the timestamp, a full stop and the body.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        hash.AppendData(body);
        return "sha256=" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
