using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Plumbline.Events;

/// <summary>Rules for text and numbers of JSON that more than one place needs.</summary>
public static class JsonTexts
{
    private const int ShownCharacters = 80;
    private const int EscapeBytes = 6;

    /// <summary>
    /// The one text of a number where a class or category is wanted, so that <c>1</c>, <c>1.0</c> and <c>"1"</c> are the same class:
    /// integers as they are, else the shortest text that reads back as the same double.
    /// </summary>
    /// <param name="number">The JSON number's text.</param>
    /// <param name="value">The same as a double.</param>
    /// <param name="scratch">At least 32 bytes, for a result that is not part of <paramref name="number"/>.</param>
    public static ReadOnlySpan<byte> CanonicalNumber(ReadOnlySpan<byte> number, double value, Span<byte> scratch)
    {
        if (IsInteger(number) && !number.SequenceEqual("-0"u8))
            return number;
        return CanonicalNumber(value, scratch);
    }

    /// <summary>The shortest text that reads back as the same double; 0 for -0.</summary>
    /// <param name="value">The number.</param>
    /// <param name="scratch">At least 32 bytes.</param>
    public static ReadOnlySpan<byte> CanonicalNumber(double value, Span<byte> scratch)
    {
        (value == 0 ? 0.0 : value).TryFormat(scratch, out var written, default, CultureInfo.InvariantCulture);
        return scratch[..written];
    }

    /// <summary>True for the texts NaN, Infinity and -Infinity: the way to send them, since JSON numbers cannot.</summary>
    public static bool TryParseSpecialNumber(ReadOnlySpan<byte> text, out double value)
    {
        value = text switch
        {
            _ when text.SequenceEqual("NaN"u8) => double.NaN,
            _ when text.SequenceEqual("Infinity"u8) => double.PositiveInfinity,
            _ when text.SequenceEqual("-Infinity"u8) => double.NegativeInfinity,
            _ => 0,
        };
        return value != 0;
    }

    /// <summary>
    /// Where JSON has text that is no text: bytes that are not UTF-8, or an escape for half of a surrogate pair, which parsers let pass and
    /// only the one who reads the value stumbles over.
    /// </summary>
    /// <returns>The offset in bytes, or -1 when all is well.</returns>
    public static int IndexOfBrokenText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return IndexOfInvalidUtf8(json);
        var at = 0;
        while (json[at..].IndexOf((byte)'\\') is var found and >= 0)
        {
            at += found;
            var unit = EscapedUnit(json[at..]);
            if (char.IsLowSurrogate((char)unit))
                return at;
            if (!char.IsHighSurrogate((char)unit))
            {
                at = Math.Min(json.Length, at + 2);
                continue;
            }
            if (!char.IsLowSurrogate((char)EscapedUnit(json[(at + EscapeBytes)..])))
                return at;
            at += 2 * EscapeBytes;
        }
        return -1;
    }

    private static int IndexOfInvalidUtf8(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out var size) == System.Buffers.OperationStatus.Done)
            at += size;
        return at;
    }

    // The UTF-16 unit of an escape at the start; 0 when there is none.
    private static ushort EscapedUnit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeBytes
        && json.StartsWith("\\u"u8)
        && ushort.TryParse(json[2..EscapeBytes], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? unit
            : (ushort)0;

    /// <summary>True for a minus sign or none, then digits only.</summary>
    internal static bool IsInteger(ReadOnlySpan<byte> number)
    {
        var digits = number is [(byte)'-', ..] ? number[1..] : number;
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    internal static bool HasControlCharacters(ReadOnlySpan<byte> utf8) =>
        utf8.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0 || utf8.IndexOf((byte)0x7f) >= 0;

    /// <summary>A client's text as it may be shown in an answer: short, without control characters, always valid.</summary>
    internal static string Shown(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8.Length > ShownCharacters * 4 ? utf8[..(ShownCharacters * 4)] : utf8);
        var shown = new StringBuilder(Math.Min(text.Length, ShownCharacters + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= ShownCharacters)
            {
                shown.Append('…');
                break;
            }
            shown.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }
        return shown.ToString();
    }
}
