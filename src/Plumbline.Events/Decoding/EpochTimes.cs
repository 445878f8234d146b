namespace Plumbline.Events.Decoding;

/// <summary>What times as numbers may be, and how it is said that one is none.</summary>
public static class EpochTimes
{
    // As milliseconds this is March 1973, as seconds the year 5138: a smaller number is a sender's mistake of the unit.
    private const long SmallestPlausibleMs = 100_000_000_000;

    /// <summary>Whether a number of milliseconds is so small that it must be seconds.</summary>
    public static bool IsMistakenUnit(long milliseconds) => milliseconds is > -SmallestPlausibleMs and < SmallestPlausibleMs;

    /// <summary>Why such a number is refused.</summary>
    public static string MistakenUnit(long milliseconds) => $"{milliseconds} looks like seconds; a number must be epoch milliseconds.";

    /// <summary>Why a text, UTF-8, that is no time is refused.</summary>
    public static string NoTime(ReadOnlySpan<byte> text) =>
        $"'{JsonTexts.Shown(text)}' is neither RFC 3339 with an offset nor epoch milliseconds.";

    internal static string Describe(TimeSpan span) => span.TotalDays >= 1 ? $"{span.TotalDays:0.##} d" : $"{span.TotalHours:0.##} h";
}
