using System.Globalization;

namespace Plumbline.Registry.Web;

/// <summary>Times in query strings: RFC 3339, epoch milliseconds, or relative to now is left to the pages.</summary>
public static class RequestTimes
{
    /// <summary>Parses, or takes the default when nothing was given.</summary>
    public static bool TryParse(string? text, DateTimeOffset defaultValue, out DateTimeOffset value)
    {
        value = defaultValue;
        if (string.IsNullOrEmpty(text))
            return true;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms))
        {
            if (ms is < -62_135_596_800_000 or > 253_402_300_799_999)
                return false;
            value = DateTimeOffset.FromUnixTimeMilliseconds(ms);
            return true;
        }

        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out value
        );
    }

    /// <summary>
    /// Parses a range that ends now, or where the caller says, and reaches back by a default. Gives the answer to a wrong one; null when it
    /// is right.
    /// </summary>
    public static IResult? Range(
        string? from,
        string? to,
        TimeSpan reach,
        TimeSpan longest,
        TimeProvider time,
        out (DateTimeOffset From, DateTimeOffset To) range
    )
    {
        range = default;
        if (!TryParse(to, time.GetUtcNow(), out var end))
            return Problems.BadRequest("time_invalid", Explain("to", to));
        if (!TryParse(from, end - reach, out var start))
            return Problems.BadRequest("time_invalid", Explain("from", from));
        if (start >= end || end - start > longest)
        {
            return Problems.BadRequest(
                "range_invalid",
                string.Create(CultureInfo.InvariantCulture, $"from must be before to, by at most {longest.TotalDays:0} days.")
            );
        }

        range = (start, end);
        return null;
    }

    /// <summary>The sentence for a value that does not parse.</summary>
    public static string Explain(string name, string? value) =>
        $"{name}: '{Problems.Shorten(value ?? "")}' is not a time; write 2026-03-01T08:00:00Z or epoch milliseconds.";
}
