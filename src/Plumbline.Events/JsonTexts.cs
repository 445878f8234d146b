using System.Text;

namespace Plumbline.Events;

/// <summary>Rules for text and numbers of JSON that more than one place needs.</summary>
public static class JsonTexts
{
    private const int ShownCharacters = 80;

    /// <summary>
    /// The one text of a number where a class or category is wanted, so that <c>1</c>, <c>1.0</c> and <c>"1"</c> are the same class: integers
    /// as they are, else the shortest text that reads back as the same double.
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
        (value == 0 ? 0.0 : value).TryFormat(scratch, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
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

    /// <summary>True for a minus sign or none, then digits only.</summary>
    internal static bool IsInteger(ReadOnlySpan<byte> number)
    {
        var digits = number is [(byte)'-', ..] ? number[1..] : number;
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    internal static bool HasControlCharacters(ReadOnlySpan<byte> utf8) => utf8.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0 || utf8.IndexOf((byte)0x7f) >= 0;

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
