using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>What makes a row bad.</summary>
public enum ColdSpotLoss
{
    /// <summary>The first of the following that can be had: error, estimated error, uncertainty.</summary>
    Auto,

    /// <summary>Against ground truth: 1 for a wrong class, the absolute error of a number.</summary>
    Error,

    /// <summary>
    /// Classes, without ground truth: the probability that the answer is wrong, by an estimator fitted on the labelled reference.
    /// </summary>
    EstimatedError,

    /// <summary>Classes: 1 minus the confidence of the answer.</summary>
    Uncertainty,

    /// <summary>Classes, against ground truth: confidence minus 1 for a right and 0 for a wrong answer.</summary>
    Overconfidence,

    /// <summary>A business signal, in its bad direction.</summary>
    Signal,
}

/// <summary>What is searched for.</summary>
/// <param name="Loss">What makes a row bad.</param>
/// <param name="Signal">Name of the signal when the loss is one; else null.</param>
/// <param name="Days">Days back from now, 1 .. 90.</param>
/// <param name="Version">One version, or empty for all.</param>
/// <param name="AskedBy">Who asked; empty for the daily search.</param>
public sealed record ColdSpotRequest(
    ColdSpotLoss Loss = ColdSpotLoss.Auto,
    string? Signal = null,
    int Days = ColdSpotRequest.DefaultDays,
    string Version = "",
    string AskedBy = ""
)
{
    public const int DefaultDays = 7;
    public const int MaxDays = 90;
}

/// <summary>One condition of a slice.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Kind"><c>category</c>, <c>interval</c>, <c>length</c> (an interval of the length of a text, in characters), <c>other</c>
/// (none of the reference's categories) or <c>missing</c>.</param>
/// <param name="Category">The value of a category.</param>
/// <param name="From">Inclusive lower end of an interval; null when it has none.</param>
/// <param name="To">Exclusive upper end of an interval; null when it has none.</param>
/// <param name="Text">The condition in words.</param>
public sealed record ColdSpotCondition(string Feature, string Kind, string? Category, double? From, double? To, string Text)
{
    /// <summary>
    /// The condition as one of a watched slice; null for those that a slice cannot state: "none of the frequent values", and "is there".
    /// </summary>
    public SliceCondition? AsSliceCondition() =>
        this is { Kind: "other" } or { Kind: "interval" or "length", From: null, To: null }
            ? null
            : new SliceCondition(Feature, Category, From, To, Kind == "missing");
}

/// <summary>A slice that is worse than the rest.</summary>
public sealed record ColdSpot
{
    /// <summary>1, 2, .. in order of how much of the loss they explain.</summary>
    public required int Number { get; init; }

    /// <summary>Its conditions in words.</summary>
    public required string Text { get; init; }

    public required IReadOnlyList<ColdSpotCondition> Conditions { get; init; }

    /// <summary>
    /// The same conditions as filters of GET /v1/models/{model}/predictions; null when one of them cannot be written as one.
    /// </summary>
    public required IReadOnlyList<string>? Filters { get; init; }

    /// <summary>Searched rows in the slice.</summary>
    public required int Rows { get; init; }

    /// <summary>Their share of the searched rows.</summary>
    public required double Share { get; init; }

    /// <summary>Mean loss inside and outside, on the half of the rows that had no part in finding it.</summary>
    public required double LossInside { get; init; }

    public required double LossOutside { get; init; }

    /// <summary>Inside minus outside with its 95 % interval, on that half.</summary>
    public required double Difference { get; init; }

    public required double? Lower { get; init; }

    public required double? Upper { get; init; }

    /// <summary>Adjusted for the number of slices tested.</summary>
    public required double PValue { get; init; }

    /// <summary>Loss of the searched rows that it explains; of errors, their number.</summary>
    public required double Excess { get; init; }

    /// <summary>The same as a share of the loss of all searched rows; null when that is not positive.</summary>
    public required double? ShareOfLoss { get; init; }

    /// <summary>All answered predictions of the period in the slice, with or without ground truth.</summary>
    public long TrafficRows { get; init; }

    /// <summary>Their share of all answered predictions.</summary>
    public double? TrafficShare { get; init; }

    /// <summary>The share in the period of the same length before; null without predictions there.</summary>
    public double? PreviousTrafficShare { get; init; }

    /// <summary>Traffic share over the previous one, minus 1; null when that was nothing.</summary>
    public double? TrafficGrowth { get; init; }

    /// <summary>Ids of its worst predictions.</summary>
    public required IReadOnlyList<string> Examples { get; init; }
}

/// <summary>What one search found.</summary>
public sealed record ColdSpotReport
{
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };

    public required ColdSpotLoss Loss { get; init; }

    /// <summary>Name of the signal when the loss is one.</summary>
    public string? Signal { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required string Version { get; init; }

    public required string AskedBy { get; init; }

    public required DateTimeOffset ComputedAt { get; init; }

    /// <summary>Answered predictions of the period.</summary>
    public required long Predictions { get; init; }

    /// <summary>Rows with a loss that were searched; a seeded sample when there are more than <see cref="ColdSpotRows.MaxRows"/>.</summary>
    public required int Rows { get; init; }

    /// <summary>Features that conditions can be about.</summary>
    public required int Features { get; init; }

    /// <summary>
    /// Features that were left out: without a reference, nearly ids, or beyond <see cref="ColdSpotFeatures.MaxFeatures"/>.
    /// </summary>
    public required int FeaturesLeftOut { get; init; }

    /// <summary>Mean loss of the searched rows; null without any.</summary>
    public double? MeanLoss { get; init; }

    /// <summary>Slices that were tested on the second half; what is not in <see cref="ColdSpots"/> was not confirmed.</summary>
    public int Candidates { get; init; }

    /// <summary>Why nothing could be searched; null when it could.</summary>
    public string? Reason { get; init; }

    public required IReadOnlyList<ColdSpot> ColdSpots { get; init; }
}

/// <summary>A finished search, as it is stored: the newest few of each model.</summary>
public sealed class ColdSpotRunRow
{
    public long Id { get; set; }

    public int ModelId { get; set; }

    public long ComputedAtMs { get; set; }

    /// <summary>The JSON of the <see cref="ColdSpotReport"/>.</summary>
    public required string Content { get; set; }
}
