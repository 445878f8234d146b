using System.Globalization;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// Times as files write them: RFC 3339, "2018-10-30 18:00:00.000", a date alone, epoch seconds or milliseconds. Without a zone they are
/// UTC.
/// </summary>
public static class WrittenTime
{
    // Epoch numbers below this are seconds (it is the year 5138 in seconds, March 1973 in milliseconds).
    private const double FirstMilliseconds = 100_000_000_000;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        var written = text.AsSpan().Trim();
        // Eight digits are a date (20180101), not an epoch of August 1970.
        if (
            written.Length == 8
            && DateTimeOffset.TryParseExact(written, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        )
        {
            return true;
        }

        if (double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var epoch))
        {
            var milliseconds = Math.Abs(epoch) < FirstMilliseconds ? epoch * 1000 : epoch;
            if (!double.IsFinite(epoch) || Math.Abs(milliseconds) > 253_402_300_799_999 || milliseconds < -62_135_596_800_000)
                return false;
            time = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(milliseconds));
            return true;
        }

        // Only the unambiguous order (year first) is read: 03/04/2018 means two different days to two readers.
        return written.Length >= 10
            && written[..4].IndexOfAnyExceptInRange('0', '9') < 0
            && written[4] is '-' or '/'
            && DateTimeOffset.TryParse(
                written,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out time
            );
    }

    /// <summary>RFC 3339 in UTC with milliseconds.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
