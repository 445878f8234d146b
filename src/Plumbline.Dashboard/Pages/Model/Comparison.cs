using Plumbline.Dashboard.Frame;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// What a model's page is compared with: another version, an earlier time or another segment, all else being the same. Stands in the
/// address as <c>compare=version:v6</c>, <c>compare=period:7d</c> or <c>compare=country:BR</c>.
/// </summary>
/// <param name="Text">As it stands in the address.</param>
/// <param name="Words">As it is called in legends and tables.</param>
public sealed record Comparison(string Text, string Words)
{
    /// <summary>The key in an address.</summary>
    public const string Key = "compare";

    private const string VersionKind = "version:";
    private const string PeriodKind = "period:";

    /// <summary>For segments of a dimension that is called "version", "period" or has a colon in its name.</summary>
    private const string SegmentKind = "segment:";

    /// <summary>As long before as nothing is kept.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary>Periods that the chooser offers.</summary>
    private static readonly string[] Periods = ["1d", "7d", "28d"];

    /// <summary>How much earlier the other side is; zero when it is of the same time.</summary>
    public TimeSpan Earlier { get; private init; }

    /// <summary>The version of the other side; null: the one of the page.</summary>
    public string? Version { get; private init; }

    /// <summary>The segment of the other side as <c>key=value</c>; null: the one of the page.</summary>
    public string? Segment { get; private init; }

    /// <summary>What an address says; null when it says nothing that can be compared with.</summary>
    public static Comparison? Parse(string? text)
    {
        if (text is null || text.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon) || colon == text.Length - 1)
            return null;
        var rest = text[(colon + 1)..];
        if (text.StartsWith(VersionKind, StringComparison.Ordinal))
            return new(text, rest) { Version = rest };
        if (text.StartsWith(PeriodKind, StringComparison.Ordinal))
        {
            return DurationText.TryParse(rest, out var earlier) && earlier > TimeSpan.Zero && earlier <= Longest
                ? new(text, $"{Figures.Span(earlier)} earlier") { Earlier = earlier }
                : null;
        }

        var segment = text.StartsWith(SegmentKind, StringComparison.Ordinal) ? rest : $"{text[..colon]}={rest}";
        return segment.IndexOf('=', StringComparison.Ordinal) > 0 ? new(text, Of(segment)) { Segment = segment } : null;
    }

    /// <summary>What a page may be compared with, by kind: the text of the address and the words for it.</summary>
    /// <param name="scope">The page; its own version and segment are no choice.</param>
    /// <param name="versions">Of the model, oldest first.</param>
    /// <param name="segments">Of the model, as <c>key=value</c>.</param>
    public static IReadOnlyList<(string Kind, IReadOnlyList<(string Text, string Words)> Choices)> Choices(
        PageScope scope,
        IReadOnlyList<string> versions,
        IReadOnlyList<string> segments
    ) =>
        [
            ("Earlier", [.. Periods.Select(period => (PeriodKind + period, Parse(PeriodKind + period)!.Words))]),
            (
                "Versions",
                [.. versions.Reverse().Where(version => version != scope.Version).Select(version => (VersionKind + version, version))]
            ),
            ("Segments", [.. segments.Where(segment => segment != scope.Segment).Select(segment => (TextOf(segment), Of(segment)))]),
        ];

    /// <summary>The points of the other side that correspond to some of the page's.</summary>
    public MetricQuery Of(MetricQuery query) =>
        query with
        {
            Version = Version ?? query.Version,
            Segment = Segment ?? query.Segment,
            From = query.From - Earlier,
            To = query.To - Earlier,
        };

    /// <summary>The page's own side in words.</summary>
    public string WordsOfPage(string version, string segment) =>
        Earlier > TimeSpan.Zero ? "this range"
        : Version is not null
            ? version.Length == 0 ? "all versions"
                : version
        : segment.Length == 0 ? "all rows"
        : Of(segment);

    /// <summary>A version as an address names it; null: nothing.</summary>
    public static string? OfVersion(string? version) => version is null ? null : VersionKind + version;

    /// <summary>A segment (<c>key=value</c>) as an address names it; null: nothing.</summary>
    public static string? OfSegment(string? segment) => segment is null ? null : TextOf(segment);

    private static string TextOf(string segment)
    {
        var at = segment.IndexOf('=', StringComparison.Ordinal);
        var key = segment[..at];
        return key is "version" or "period" or "segment" || key.Contains(':', StringComparison.Ordinal)
            ? SegmentKind + segment
            : $"{key}:{segment[(at + 1)..]}";
    }

    private static string Of(string segment) => segment.Replace("=", ": ", StringComparison.Ordinal);
}
