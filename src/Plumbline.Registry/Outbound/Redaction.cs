using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Plumbline.Registry.Outbound;

/// <summary>Takes secrets out of texts that came from outside, such as an answer that echoes a header.</summary>
public sealed class Redaction
{
    // Shorter parts of a secret are words like Bearer, which say nothing.
    private const int MinPartLength = 7;
    private readonly ImmutableArray<string> _leaks;

    /// <param name="secrets">What must not be seen; of an address, its path and query.</param>
    public Redaction(IEnumerable<(string Secret, bool IsAddress)> secrets)
    {
        // Every form in which a secret may come back: whole, in parts, and as JSON, URLs and base64 write it. Longest first, so that no
        // part is left of a whole.
        var written = secrets
            .SelectMany(secret => PartsOf(secret.Secret, secret.IsAddress))
            .SelectMany(part =>
                new[]
                {
                    part,
                    JsonEncodedText.Encode(part).Value,
                    Uri.EscapeDataString(part),
                    Convert.ToBase64String(Encoding.UTF8.GetBytes(part)),
                }
            );
        _leaks = [.. written.Distinct(StringComparer.Ordinal).OrderByDescending(part => part.Length)];
    }

    /// <summary>The text with *** in place of every secret.</summary>
    public string Of(string text)
    {
        foreach (var leak in _leaks)
            text = text.Replace(leak, "***", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    private static IEnumerable<string> PartsOf(string secret, bool isAddress)
    {
        yield return secret;
        var text = secret;
        if (isAddress && Uri.TryCreate(secret, UriKind.Absolute, out var url))
        {
            text = url.PathAndQuery;
            if (text.Length > 1)
                yield return text;
        }

        foreach (var part in text.Split(isAddress ? ['/', '?', '&', '='] : [' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Length >= MinPartLength)
                yield return part;
        }
    }
}
