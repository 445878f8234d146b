using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Plumbline.Ingestion.Writing;

/// <summary>The different texts among many, up to a limit; a text seen before costs no string.</summary>
internal sealed class SeenTexts(int limit)
{
    private const int LongestBytes = 1024;
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly List<string> _inOrder = [];

    /// <summary>In the order first seen.</summary>
    public IReadOnlyList<string> InOrder => _inOrder;

    /// <summary>The most frequent first; of those seen equally often, the one seen first.</summary>
    public IReadOnlyCollection<string> ByFrequency => _inOrder.Count < 2 ? _inOrder : [.. _inOrder.OrderByDescending(text => _texts[text])];

    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > LongestBytes)
            return;
        Span<char> text = stackalloc char[utf8.Length];
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_texts.GetAlternateLookup<ReadOnlySpan<char>>(), text);
        if (!Unsafe.IsNullRef(ref count))
        {
            count++;
            return;
        }
        if (_texts.Count >= limit)
            return;
        var added = text.ToString();
        _texts.Add(added, 1);
        _inOrder.Add(added);
    }
}
