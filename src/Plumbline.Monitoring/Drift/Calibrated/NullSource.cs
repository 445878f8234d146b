using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Alarms;
using Plumbline.Store;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>
/// Where the windows without a shift come from. The reference's own, when its rows carry timestamps over at least three days and
/// forty-eight windows; else production's first seven days (at least twenty windows), which are learned once they are over.
/// </summary>
/// <param name="Table">Table of the rows.</param>
/// <param name="From">Start of the first window.</param>
/// <param name="To">End of the last one.</param>
/// <param name="IsReference">False when these are production's first days.</param>
/// <param name="Grain">Length of the windows that are learned from: the model's window, or a multiple of it where that holds too few
/// rows.</param>
internal sealed record NullSource(string Table, DateTimeOffset From, DateTimeOffset To, bool IsReference, TimeSpan Grain)
{
    /// <summary>Rows that a learning window should hold; a reference is often a thin sample of a long time.</summary>
    private const int RowsPerWindow = 40;

    /// <summary>Multiples of the model's window that are tried; a day at most.</summary>
    private static readonly int[] Multiples = [1, 2, 3, 4, 6, 8, 12, 24];

    /// <summary>Windows that are learned from at most, the latest ones: six weeks of hours.</summary>
    public const int MostWindows = 1008;

    private const int FewestReferenceWindows = 48;
    private const int FewestWindows = 20;
    private static readonly TimeSpan ReferenceHistory = TimeSpan.FromDays(3);
    private static readonly TimeSpan Learning = TimeSpan.FromDays(7);

    /// <summary>The reference as the source; null when it is too short or has no timestamps.</summary>
    public static NullSource? OfReference(ModelDefinition model, Baseline baseline)
    {
        if (
            baseline is not { From: { } from, To: { } to }
            || to - from < ReferenceHistory - model.Window
            || (to - from) / model.Window < FewestReferenceWindows
        )
        {
            return null;
        }

        if (GrainOf(model, to - from, baseline.Rows) is not { } grain)
            return null;
        // The windows at both ends are cut off by the reference's own range and hold only part of their rows, which their sampling variance
        // accounts for.
        var first = Floor(from, grain);
        var last = Floor(to, grain) + grain;
        return new NullSource(
            ModelTables.Reference(model.Id, baseline.Generation),
            Max(first, last - MostWindows * grain),
            last,
            IsReference: true,
            grain
        );
    }

    /// <summary>
    /// The shortest multiple of the window whose windows hold enough rows on average; null when there are too few of them. What varies from
    /// one window to the next within it is then not seen, but windows that thin vary by chance far more than by anything else.
    /// </summary>
    private static TimeSpan? GrainOf(ModelDefinition model, TimeSpan span, long rows)
    {
        foreach (var multiple in Multiples)
        {
            var grain = multiple * model.Window;
            if (grain > TimeSpan.FromDays(1) || span / grain < FewestWindows)
                break;
            if (rows * (grain / span) >= RowsPerWindow)
                return grain;
        }

        return null;
    }

    /// <summary>Production's first days as the source.</summary>
    public static NullSource OfProduction(ModelDefinition model, DateTimeOffset firstPrediction)
    {
        var first = Floor(firstPrediction, model.Window);
        var length = Learning > FewestWindows * model.Window ? Learning : FewestWindows * model.Window;
        var windows = Math.Min(MostWindows, (int)Math.Ceiling(length / model.Window));
        return new NullSource(ModelTables.Predictions(model.Id), first, first + windows * model.Window, IsReference: false, model.Window);
    }

    /// <summary>The profiles of some features in all of the source's windows and scopes, versions together.</summary>
    public ProfileStatement Statement(
        ModelDefinition model,
        Baseline baseline,
        IEnumerable<ProfiledFeature> features,
        IReadOnlyList<SegmentColumn> segments
    )
    {
        var length = (long)Grain.TotalSeconds;
        var role = IsReference ? "" : "role = 'primary' AND ";
        return new ProfileStatement
        {
            Table = Table,
            Where = role + "timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}",
            WindowSeconds = string.Create(
                CultureInfo.InvariantCulture,
                $"toUInt32(intDiv(toUnixTimestamp(timestamp), {length}) * {length})"
            ),
            WindowLength = length,
            Version = "''",
            Columns =
            [
                .. features.Select(
                    (feature, i) => feature.ToColumn(i, feature.Bins(baseline), ModelTables.Reference(model.Id, baseline.Generation))
                ),
            ],
            Segments = segments,
            Parameters = [new("from", From), new("to", To)],
        };
    }

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan length) =>
        new(time.UtcTicks - (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) % length.Ticks, TimeSpan.Zero);

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>One stream: a feature in one segment.</summary>
internal readonly record struct CalibratedStream(string SegmentKey, string SegmentValue, string Feature);

/// <summary>What was learned of one model: a null distribution per stream. Immutable.</summary>
/// <param name="Generation">Generation of the baseline whose bins these are.</param>
/// <param name="Known">Features and segment values that were known then; when there are more, it is learned again.</param>
/// <param name="LearnedUntil">Windows before this were learned from and are not judged; null when they are the reference's.</param>
/// <param name="Streams">The null of each stream; a stream that is missing cannot be judged.</param>
internal sealed record LearnedNulls(
    int Generation,
    int Known,
    DateTimeOffset? LearnedUntil,
    IReadOnlyDictionary<CalibratedStream, BinnedNull> Streams
);
