using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>The signature of a request to AWS, version 4.</summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The headers that sign a request: X-Amz-Date, Authorization and, with a session, X-Amz-Security-Token.</summary>
    /// <param name="credentials">Whose request it is.</param>
    /// <param name="scope">Region and name of the service.</param>
    /// <param name="method">GET, POST ..</param>
    /// <param name="address">Where to. Its path is sent as it is.</param>
    /// <param name="headers">Further headers that are signed, such as Content-Type.</param>
    /// <param name="body">As it is sent.</param>
    /// <param name="now">The time; the other side takes it for a few minutes.</param>
    public static IReadOnlyList<(string Name, string Value)> Headers(
        AwsCredentials credentials,
        (string Region, string Service) scope,
        string method,
        Uri address,
        IEnumerable<(string Name, string Value)> headers,
        ReadOnlySpan<byte> body,
        DateTimeOffset now
    )
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<(string Name, string Value)> added = [("X-Amz-Date", time)];
        if (credentials.SessionToken is { } session)
            added.Add(("X-Amz-Security-Token", session));
        var signed = headers
            .Concat(added)
            .Append(("Host", address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}"))
            .Select(header => (Name: header.Item1.ToLowerInvariant(), Value: header.Item2.Trim()))
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .ToList();
        var names = string.Join(';', signed.Select(header => header.Name));
        var request = string.Join(
            '\n',
            method,
            address.AbsolutePath,
            QueryOf(address),
            string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n")),
            names,
            Hex(SHA256.HashData(body))
        );
        var day = time[..8];
        var place = $"{day}/{scope.Region}/{scope.Service}/aws4_request";
        var text = string.Join('\n', Algorithm, time, place, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request))));
        var key = Keyed(
            Keyed(Keyed(Keyed(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey), day), scope.Region), scope.Service),
            "aws4_request"
        );
        added.Add(
            (
                "Authorization",
                $"{Algorithm} Credential={credentials.KeyId}/{place}, SignedHeaders={names}, Signature={Hex(Keyed(key, text))}"
            )
        );
        return added;
    }

    private static string QueryOf(Uri address) =>
        string.Join('&', address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private static byte[] Keyed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

/// <summary>An access key of AWS. Not shown: its text form is its name.</summary>
/// <param name="KeyId">Its public part.</param>
/// <param name="SecretKey">Its secret part.</param>
/// <param name="SessionToken">Of temporary keys; null for others.</param>
internal sealed record AwsCredentials(string KeyId, string SecretKey, string? SessionToken)
{
    public override string ToString() => KeyId;
}
