using System.Globalization;

namespace Plumbline.Registry.FeatureTypes;

/// <summary>Numbers and truth values as files write them.</summary>
public static class WrittenNumbers
{
    /// <summary>
    /// Whether a text is a number; infinity in the spellings of the usual tools is one. NaN is none: it means that there is no value.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double number)
    {
        number = 0;
        if (IsInfinity(text))
        {
            number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && !double.IsNaN(number);
    }

    /// <summary>inf, Infinity and their like, with or without a sign.</summary>
    public static bool IsInfinity(ReadOnlySpan<char> text)
    {
        var unsigned = text.Length > 0 && text[0] is '-' or '+' ? text[1..] : text;
        return unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>true or false in any case.</summary>
    public static bool IsBoolean(ReadOnlySpan<char> text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>Digits after a leading zero: "00123" is the name of something, not the number 123.</summary>
    public static bool IsCode(ReadOnlySpan<char> text) => text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]);
}
