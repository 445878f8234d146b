using System.Text;

namespace Plumbline.Server.Cli.Report;

/// <summary>How often each text occurs, up to a number of different ones; the rest is counted together.</summary>
internal sealed class CategoryCounter(int limit)
{
    private const int ShortText = 256;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<long> _counts = [];

    /// <summary>Different texts that are counted.</summary>
    public int Different => _counts.Count;

    /// <summary>Values that came after the limit was reached and are none of the counted ones.</summary>
    public long Uncounted { get; private set; }

    public IEnumerable<(string Text, long Count)> Counts => _places.Select(pair => (pair.Key, _counts[pair.Value]));

    /// <summary>Counts a text in UTF-8; its place, or -1 beyond the limit.</summary>
    /// <exception cref="DecoderFallbackException">The bytes are not UTF-8.</exception>
    public int Add(ReadOnlySpan<byte> utf8, long count = 1)
    {
        if (utf8.Length > ShortText)
            return Add(Strict.GetString(utf8), count);
        Span<char> chars = stackalloc char[ShortText];
        return Add(chars[..Strict.GetChars(utf8, chars)], count);
    }

    /// <summary>Counts a text; its place, or -1 beyond the limit.</summary>
    public int Add(ReadOnlySpan<char> text, long count = 1)
    {
        var lookup = _places.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out var place))
        {
            if (_counts.Count >= limit)
            {
                Uncounted += count;
                return -1;
            }

            place = _counts.Count;
            lookup[text] = place;
            _counts.Add(0);
        }

        _counts[place] += count;
        return place;
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
