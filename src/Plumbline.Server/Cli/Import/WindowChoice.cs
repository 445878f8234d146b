using System.Globalization;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// The length of a new model's windows, by how many rows come in an hour: drift and performance of a window with a handful of rows cannot
/// be judged, and a model whose windows are all too small is an empty page.
/// </summary>
public static class WindowChoice
{
    /// <summary>Rows that a window should have: intervals of a share are then some percentage points wide.</summary>
    public const int EnoughRows = 300;

    /// <summary>A file with fewer rows says little of the traffic, and the default stays.</summary>
    public const int FewestRows = 1_000;

    private static readonly int[] Hours = [1, 2, 3, 4, 6, 8, 12, 24];

    /// <summary>Hours of a window that has enough rows, at most a day; null when too few rows are known to say.</summary>
    /// <param name="rows">Rows of the predictions.</param>
    /// <param name="span">From the earliest to the latest of them.</param>
    public static int? HoursFor(long rows, TimeSpan span) =>
        rows < FewestRows || span < TimeSpan.FromHours(1)
            ? null
            : Hours.FirstOrDefault(hours => rows / span.TotalHours * hours >= EnoughRows, 24);

    /// <summary>As an option: 6h, 1d.</summary>
    public static string Text(int hours) => hours == 24 ? "1d" : string.Create(CultureInfo.InvariantCulture, $"{hours}h");

    /// <summary>From the earliest to the latest time of a column; null when no time can be read.</summary>
    public static TimeSpan? SpanOf(RowSource rows, string column, TimeFormat? format, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        DateTimeOffset? first = null,
            last = null;
        while (rows.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (rows.Fault is not null || IndexOf(rows.Columns, column) is not { } index)
                continue;
            var text = rows[index].Text;
            if (!(format is null ? WrittenTime.TryParse(text, out var time) : format.TryParse(text, out time)))
                continue;
            first = first is null || time < first ? time : first;
            last = last is null || time > last ? time : last;
        }

        return last - first;
    }

    private static int? IndexOf(IReadOnlyList<string> columns, string column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] == column)
                return i;
        }

        return null;
    }
}
