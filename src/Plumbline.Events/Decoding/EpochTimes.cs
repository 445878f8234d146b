namespace Plumbline.Events.Decoding;

internal static class EpochTimes
{
    /// <summary>As milliseconds this is March 1973, as seconds the year 5138: a smaller number is a sender's mistake of the unit.</summary>
    public const long SmallestPlausibleMs = 100_000_000_000;

    public static string Describe(TimeSpan span) => span.TotalDays >= 1 ? $"{span.TotalDays:0.##} d" : $"{span.TotalHours:0.##} h";
}
