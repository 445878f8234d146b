using System.Globalization;

namespace Plumbline.Server.Cli.Report;

/// <summary>Numbers of a CSV from their bytes.</summary>
internal static class NumberBytes
{
    // Up to these, a mantissa and a power of ten are exact doubles, and their one division is correctly rounded.
    private const int ExactDigits = 15;
    private static readonly double[] Powers = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Whether the bytes are a number, by the rules of <see cref="Registry.FeatureTypes.WrittenNumbers"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        if (TryPlain(text, out number))
            return true;
        if (text.IsEmpty || !MayBeNumber(text))
            return false;
        var trimmed = text.Trim(" \t"u8);
        if (IsInfinity(trimmed))
        {
            number = trimmed[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && !double.IsNaN(number);
    }

    /// <summary>Digits after a leading zero: the name of something.</summary>
    public static bool IsCode(ReadOnlySpan<byte> text) => text.Length > 1 && text[0] == '0' && text[1] is >= (byte)'0' and <= (byte)'9';

    /// <summary>An integer that a double does not keep apart from its neighbours.</summary>
    public static bool IsLongInteger(ReadOnlySpan<byte> text, double number) =>
        text.Length > ExactDigits
        && Math.Abs(number) >= 1L << 53
        && text.TrimStart("+-"u8).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    // -123.456 and its like, which nearly all numbers of files are.
    private static bool TryPlain(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        var at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        if (text.Length - at is 0 or > ExactDigits + 1)
            return false;
        long mantissa = 0;
        int digits = 0,
            point = -1;
        for (var i = at; i < text.Length; i++)
        {
            var digit = text[i] - '0';
            if ((uint)digit <= 9)
            {
                mantissa = mantissa * 10 + digit;
                digits++;
            }
            else if (text[i] == '.' && point < 0)
            {
                point = digits;
            }
            else
            {
                return false;
            }
        }

        if (digits is 0 or > ExactDigits)
            return false;
        var size = point < 0 ? mantissa : mantissa / Powers[digits - point];
        number = text[0] == '-' ? -size : size;
        return true;
    }

    private static bool MayBeNumber(ReadOnlySpan<byte> text) => text[0] <= '9' || text[0] is (byte)'i' or (byte)'I';

    private static bool IsInfinity(ReadOnlySpan<byte> text)
    {
        var unsigned = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        return System.Text.Ascii.EqualsIgnoreCase(unsigned, "inf"u8) || System.Text.Ascii.EqualsIgnoreCase(unsigned, "infinity"u8);
    }
}
