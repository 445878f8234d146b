using System.Globalization;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Frame;

/// <summary>The time range of a page as its address says it: a preset that ends now, all there is, or two fixed times.</summary>
public sealed record TimeRange(string? Preset, DateTimeOffset? From, DateTimeOffset? To)
{
    public const string All = "all";
    public const string DefaultPreset = "7d";

    /// <summary>The length of <see cref="DefaultPreset"/>.</summary>
    public static readonly TimeSpan DefaultLength = TimeSpan.FromDays(7);

    /// <summary>Ten years: nothing is kept longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary>What the chooser offers, shortest first.</summary>
    public static readonly IReadOnlyList<(string Key, string Words, TimeSpan Length)> Presets =
    [
        ("1h", "Last hour", TimeSpan.FromHours(1)),
        ("6h", "Last 6 hours", TimeSpan.FromHours(6)),
        ("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        ("7d", "Last 7 days", TimeSpan.FromDays(7)),
        ("14d", "Last 14 days", TimeSpan.FromDays(14)),
        ("30d", "Last 30 days", TimeSpan.FromDays(30)),
        ("90d", "Last 90 days", TimeSpan.FromDays(90)),
        (All, "Everything", TimeSpan.MaxValue),
    ];

    /// <summary>True when the address names no range: then a page may move the range to where the events are.</summary>
    public bool Unchosen => Preset is null && From is null;

    public bool Fixed => From is not null && To is not null;

    public static TimeRange Parse(string? preset, string? from, string? to)
    {
        if (Time(from) is { } start && Time(to) is { } end && start < end)
            return new TimeRange(null, start, end);
        return new TimeRange(LengthOf(preset) is null ? null : preset, null, null);
    }

    /// <summary>
    /// What somebody typed as a range that ends now, as it stands in an address: "now-3h", "3h" and "last 3h" are "3h". Null when it is
    /// none.
    /// </summary>
    public static string? Typed(string? text)
    {
        var trimmed = (text ?? "").Trim().Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        foreach (var word in new[] { "now-", "last", "-" })
        {
            if (trimmed.StartsWith(word, StringComparison.Ordinal))
                trimmed = trimmed[word.Length..];
        }

        return LengthOf(trimmed) is null ? null : trimmed;
    }

    private static TimeSpan? LengthOf(string? preset)
    {
        var known = Presets.FirstOrDefault(known => known.Key == preset);
        if (known.Key is not null)
            return known.Length;
        return DurationText.TryParse(preset ?? "", out var length) && length >= TimeSpan.FromMinutes(1) && length <= Longest
            ? length
            : null;
    }

    /// <summary>
    /// The two times meant. <paramref name="first"/> and <paramref name="last"/> are the model's first and last event, if any;
    /// <paramref name="usual"/> is how long the range is when nobody chose one, seven days at least, but not from before the first event.
    /// </summary>
    public (DateTimeOffset From, DateTimeOffset To) Resolve(
        DateTimeOffset now,
        DateTimeOffset? first = null,
        DateTimeOffset? last = null,
        TimeSpan usual = default
    )
    {
        if (Fixed)
            return (From!.Value, To!.Value);
        var length = LengthOf(Preset ?? DefaultPreset)!.Value;
        if (Preset == All)
            return (Floor(first ?? now - TimeSpan.FromDays(7)), last is { } end ? Ceiling(end) : now);
        // An import of years ago has nothing in the last seven days: without a choice of the reader, look where the events are.
        var to = Unchosen && last is { } newest && newest < now - length ? Ceiling(newest) : now;
        if (!Unchosen || usual <= length || first is not { } oldest)
            return (to - length, to);
        var from = Floor(oldest) > to - usual ? Floor(oldest) : to - usual;
        return (from < to - length ? from : to - length, to);
    }

    public string Words =>
        Fixed ? "Custom range" : Presets.FirstOrDefault(known => known.Key == (Preset ?? DefaultPreset)).Words ?? $"Last {Preset}";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static DateTimeOffset Ceiling(DateTimeOffset time) => Floor(time) + TimeSpan.FromHours(1);

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;
}
