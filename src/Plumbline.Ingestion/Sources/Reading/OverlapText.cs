using System.Globalization;
using Plumbline.Registry.Text;

namespace Plumbline.Ingestion.Sources.Reading;

/// <summary>An overlap as people write it.</summary>
internal static class OverlapText
{
    /// <summary>The longest overlap in time.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private const long MostRows = 100_000_000;

    /// <summary>Reads a duration (0s..7d) or a count (0..100,000,000).</summary>
    internal static bool TryRead(string text, out TimeSpan? duration, out long? count)
    {
        (duration, count) = (null, null);
        if (DurationText.TryParse(text, out var parsed) && parsed <= Longest)
            duration = parsed;
        else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows <= MostRows)
            count = rows;
        return duration is not null || count is not null;
    }
}
