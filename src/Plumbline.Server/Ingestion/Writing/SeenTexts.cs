using System.Text;

namespace Plumbline.Server.Ingestion.Writing;

/// <summary>The different texts among many, up to a limit; a text seen before costs no string.</summary>
internal sealed class SeenTexts(int limit)
{
    private const int LongestBytes = 1024;
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly List<string> _inOrder = [];

    /// <summary>In the order first seen.</summary>
    public IReadOnlyList<string> InOrder => _inOrder;

    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > LongestBytes)
            return;
        Span<char> text = stackalloc char[utf8.Length];
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        if (_texts.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text) || _texts.Count >= limit)
            return;
        var added = text.ToString();
        _texts.Add(added);
        _inOrder.Add(added);
    }
}
