using System.Collections.Frozen;
using System.Text;

namespace Plumbline.Events;

/// <summary>
/// The words by which tools write that a value is missing where their format has no null: NaN, NA, NULL, None and their like. They mean
/// that among numbers and among true and false; among categories and texts they stay what they are, because NA is a country too.
/// </summary>
public static class MissingWords
{
    private const int Longest = 5;

    private static readonly FrozenSet<string> Words = FrozenSet.ToFrozenSet(
        ["NaN", "nan", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "NULL", "Null", "null", "None", "NaT", "<NA>"],
        StringComparer.Ordinal
    );

    /// <summary>All of them; capitals count.</summary>
    public static IReadOnlyCollection<string> All => Words;

    /// <summary>Whether a text, white space around it aside, is one of them.</summary>
    public static bool Contains(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Words.Contains(text.Trim());
    }

    /// <summary>The same for UTF-8.</summary>
    public static bool Contains(ReadOnlySpan<byte> utf8)
    {
        var text = utf8.Trim(" \t\r\n"u8);
        if (text.Length is < 2 or > Longest)
            return false;
        Span<char> chars = stackalloc char[Longest];
        return Encoding.UTF8.TryGetChars(text, chars, out var length)
            && Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(chars[..length]);
    }
}
