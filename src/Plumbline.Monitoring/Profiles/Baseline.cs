using System.Collections.Frozen;
using System.Collections.Immutable;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Binning;

namespace Plumbline.Monitoring.Profiles;

/// <summary>The reference of a model, reduced to what comparisons need: frozen bins and the reference's own counts in them.</summary>
public sealed record Baseline
{
    /// <summary>1, 2, .. per model. A new reference is a new generation: windows are profiled again on its bins.</summary>
    public required int Generation { get; init; }

    /// <summary>False when nobody declared one and the first complete days became it.</summary>
    public required bool Declared { get; init; }

    /// <summary>Time range of the reference rows; null when they carry no timestamps.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Model version that the reference was scored with; null when not said.</summary>
    public string? Version { get; init; }

    public required long Rows { get; init; }

    /// <summary>Rows with ground truth.</summary>
    public long GroundTruthRows { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// How the bins were made; another than <see cref="CurrentBinning"/> is made anew from the reference's rows, as a new generation.
    /// </summary>
    public int Binning { get; init; } = CurrentBinning;

    /// <summary>
    /// 0: percentiles only, heavy values shared a bin with what lies above them. 1: a bin for every heavy value, finer tails.
    /// </summary>
    public const int CurrentBinning = 1;

    /// <summary>By feature name; includes @prediction and @score.</summary>
    public required FrozenDictionary<string, FeatureBaseline> Features { get; init; }

    /// <summary>
    /// This baseline without the features that lie in another column of the model than in the reference's rows: while a feature gets
    /// another type, or was dropped and has come again, there is nothing to compare its values with until the reference is made anew.
    /// </summary>
    public Baseline For(ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Features.Values.All(feature => feature.Fits(model))
            ? this
            : this with
            {
                Features = Features.Where(entry => entry.Value.Fits(model)).ToFrozenDictionary(StringComparer.Ordinal),
            };
    }
}

/// <summary>One feature of a baseline.</summary>
public sealed record FeatureBaseline
{
    public required string Feature { get; init; }

    /// <summary>
    /// Number of the column that holds it in the reference's rows; null for answers, and where it was not written down yet.
    /// </summary>
    public int? Ordinal { get; init; }

    /// <summary>True: <see cref="Edges"/> are the bins. False: <see cref="Categories"/> are.</summary>
    public required bool IsNumeric { get; init; }

    /// <summary>
    /// Numeric: strictly ascending edges as <see cref="PercentileEdges"/> makes them; none when the reference has no finite value.
    /// </summary>
    public ImmutableArray<double> Edges { get; init; } = [];

    /// <summary>Numeric: positions in <see cref="Edges"/> of the deciles' edges.</summary>
    public ImmutableArray<int> DecileIndices { get; init; } = [];

    /// <summary>Categorical: the 50 most frequent values, most frequent first, ties in ordinal order.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Mean of the finite reference values; 0 without any.</summary>
    public double Mean { get; init; }

    /// <summary>
    /// Standard deviation (divisor n) of the finite reference values; 0 without any, not finite when they are too large to be squared.
    /// </summary>
    public double StandardDeviation { get; init; }

    /// <summary>The reference's own counts in these bins.</summary>
    public required FeatureProfile Profile { get; init; }

    /// <summary>
    /// True when the reference has nearly one value per row and no row resembles another: texts of which even the most frequent occur about
    /// once, or a counter (whole numbers, nearly all different, close together). Every window has new values then, whatever the model sees,
    /// so nothing of it is compared with the reference.
    /// </summary>
    public bool IsNearIdentifier { get; init; }

    /// <summary>What points of such a feature say instead of a number.</summary>
    public const string NearIdentifier = "near-unique identifier: not compared";

    /// <summary>Categories that have a bin of their own; the others share one.</summary>
    public const int MaxCategories = 50;

    /// <summary>Present values below which categories are not called identifiers: among few rows many values are new.</summary>
    internal const int LeastTexts = 1_000;

    /// <summary>Present values below which whole numbers are not called a counter: a day's number or a year is none.</summary>
    internal const int LeastNumbers = 5_000;

    /// <summary>False when the model keeps the feature in another column, or has none of that name.</summary>
    internal bool Fits(ModelDefinition model) => Ordinal is null || model.FindFeature(Feature)?.Ordinal == Ordinal;

    /// <summary>True for categories of which the most frequent occur at most twice on average.</summary>
    internal static bool AreNearIdentifiers(FeatureProfile profile, int categories) =>
        profile.Present >= LeastTexts
        && categories >= MaxCategories
        && profile.Bins[..categories].Sum(count => (long)count) <= 2L * categories;

    /// <summary>True for whole numbers that are nearly all different and fill at least a quarter of their range.</summary>
    internal static bool AreCounter(ulong count, ulong whole, ulong different, double range) =>
        count >= LeastNumbers && whole == count && different >= 0.97 * count && range <= 4.0 * count;
}
