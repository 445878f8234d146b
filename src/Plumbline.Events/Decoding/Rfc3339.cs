namespace Plumbline.Events.Decoding;

/// <summary>Reads RFC 3339 times from UTF-8. The framework's parsers accept other forms too, and times without an offset.</summary>
public static class Rfc3339
{
    /// <summary>
    /// Reads for example <c>2026-03-01T08:15:02.123Z</c> or <c>2026-03-01 09:15:02+01:00</c>. Fractions beyond milliseconds are cut;
    /// second 60 is the first of the next minute.
    /// </summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="epochMs">Milliseconds since 1970-01-01T00:00:00Z.</param>
    /// <returns>False when the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long epochMs)
    {
        epochMs = 0;
        if (
            !HasSeparators(text)
            || !TryParseDate(text[..10], out var midnightMs)
            || !TryParseClock(text[11..19], out var seconds)
            || !TryParseFraction(text[19..], out var milliseconds, out var rest)
            || !TryParseOffset(rest, out var offsetMinutes)
        )
        {
            return false;
        }

        epochMs = midnightMs + ((seconds - (offsetMinutes * 60L)) * 1000) + milliseconds;
        return true;
    }

    private static bool HasSeparators(ReadOnlySpan<byte> text) =>
        text.Length >= 20 && text[4] == '-' && text[7] == '-' && text[13] == ':' && text[16] == ':' && (text[10] | 0x20) is 't' or 0x20;

    private static bool TryParseDate(ReadOnlySpan<byte> text, out long midnightMs)
    {
        midnightMs = 0;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        midnightMs =
            (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return true;
    }

    private static bool TryParseClock(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (!Digits(text[..2], out var hour) || !Digits(text[3..5], out var minute) || !Digits(text[6..8], out var second))
            return false;
        if (hour > 23 || minute > 59 || second > 60)
            return false;
        seconds = (((hour * 60) + minute) * 60) + second;
        return true;
    }

    private static bool TryParseFraction(ReadOnlySpan<byte> text, out int milliseconds, out ReadOnlySpan<byte> rest)
    {
        milliseconds = 0;
        rest = text;
        if (text[0] != '.')
            return true;
        var scale = 100;
        var i = 1;
        for (; i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            milliseconds += (text[i] - '0') * scale;
            scale /= 10;
        }
        rest = text[i..];
        return i > 1;
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return (text[0] | 0x20) == 'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return false;
        if (!Digits(text[1..3], out var hour) || !Digits(text[4..6], out var minute) || hour > 23 || minute > 59)
            return false;
        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + (c - '0');
        }
        return true;
    }
}
