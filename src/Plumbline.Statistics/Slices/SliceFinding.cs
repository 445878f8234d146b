namespace Plumbline.Statistics.Slices;

/// <summary>A slice whose rows have a higher loss than the rest: found on one half of the rows, shown to hold on the other.</summary>
public sealed record SliceFinding
{
    /// <summary>Its one to three conditions, by ascending index of their feature; a row of the slice meets them all.</summary>
    public required IReadOnlyList<SlicePredicate> Predicates { get; init; }

    /// <summary>Rows of the slice, both halves.</summary>
    public required int Rows { get; init; }

    /// <summary>Share of all rows, 0 .. 1.</summary>
    public required double Share { get; init; }

    /// <summary>Mean loss of the slice, confirmation half only: the half that found it is partial to it.</summary>
    public required double LossInside { get; init; }

    /// <summary>Mean loss of the other rows of the confirmation half.</summary>
    public required double LossOutside { get; init; }

    /// <summary>Inside minus outside on the confirmation half, with its 95 % interval (Welch); N rows inside, M outside.</summary>
    public required Estimate Difference { get; init; }

    /// <summary>
    /// One-sided p-value on the confirmation half, adjusted for the number of slices tested there (Holm): the chance of at least one false
    /// finding is at most the level. For a slice that overlaps with one before it, of what it adds to that one.
    /// </summary>
    public required double PValue { get; init; }

    /// <summary>
    /// Loss that would vanish if the slice were like the rest: its rows times the difference. For losses of 0 and 1, the errors that it
    /// explains.
    /// </summary>
    public required double ExcessLoss { get; init; }

    /// <summary>The excess as a share of the loss of all rows; null when that is not positive.</summary>
    public required double? ShareOfLoss { get; init; }

    /// <summary>Its share of the rows of the previous period; null when no previous period was given.</summary>
    public required double? PreviousShare { get; init; }

    /// <summary>
    /// Share now over share then, minus 1: 0.5 = grew by half faster than all traffic. Null without a previous period or when it had no row
    /// there.
    /// </summary>
    public double? TrafficGrowth => PreviousShare is > 0 ? Share / PreviousShare.Value - 1 : null;

    /// <summary>
    /// How much better the slice explains the losses of the search half than no slice does, in nats, after paying for its description; it
    /// orders the findings.
    /// </summary>
    public required double Score { get; init; }
}

/// <summary>What a search found and on how much it rests.</summary>
public sealed record SliceSearchResult
{
    /// <summary>The confirmed slices, the one that explains most first.</summary>
    public required IReadOnlyList<SliceFinding> Findings { get; init; }

    /// <summary>Rows in which slices were searched.</summary>
    public required int SearchRows { get; init; }

    /// <summary>Rows in which they were confirmed.</summary>
    public required int ConfirmationRows { get; init; }

    /// <summary>Slices that were taken to the confirmation half; those that it did not confirm are not reported.</summary>
    public required int Candidates { get; init; }

    /// <summary>Mean loss of all rows.</summary>
    public required double MeanLoss { get; init; }

    /// <summary>In words why nothing could be searched; null when it could.</summary>
    public string? Reason { get; init; }
}
