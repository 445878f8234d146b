using Plumbline.Review.Datasets;
using Plumbline.Statistics;
using Plumbline.Statistics.Paired;

namespace Plumbline.Review.Proof;

/// <summary>What the cases of a comparison have in common.</summary>
public enum ProofSliceKind
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those that a policy chose by score: the cases that asked for a better version.</summary>
    Asked,

    /// <summary>Those that chance chose: they speak for all traffic.</summary>
    Chance,

    /// <summary>What the score was that made most of a task.</summary>
    Score,

    /// <summary>A value of a segment.</summary>
    Segment,

    /// <summary>What was right.</summary>
    Label,
}

/// <summary>Two versions on the cases of a slice.</summary>
/// <param name="Kind">What they have in common.</param>
/// <param name="Name">Which, such as <c>country=BR</c> or <c>oddity</c>; empty for all.</param>
/// <param name="Compared">
/// The old version and the new one; the difference is positive where the new one is better. Of numbers the values are minus the absolute
/// error.
/// </param>
/// <param name="IsWorse">True where the new version is shown to be worse there, however many slices were looked at (Holm).</param>
public sealed record ProofSlice(ProofSliceKind Kind, string Name, PairedComparison Compared, bool IsWorse = false);

/// <summary>Live traffic that the new version answered as a shadow.</summary>
/// <param name="Pairs">Requests that both answered.</param>
/// <param name="Agreement">Share of them with the same answer; null without any.</param>
/// <param name="From">Time of the first; null without any.</param>
/// <param name="Slices">The labelled ones, all and by segment and label.</param>
/// <param name="AnyTime">
/// The difference over all labelled ones with an interval that holds at all times at once, so that it may be looked at while traffic comes
/// (95 %; Waudby-Smith and Ramdas 2024); of numbers null.
/// </param>
public sealed record LiveProof(long Pairs, double? Agreement, DateTimeOffset? From, IReadOnlyList<ProofSlice> Slices, Interval? AnyTime);

/// <summary>What may be said of a new version.</summary>
public enum Verdict
{
    /// <summary>There are too few cases to say anything.</summary>
    NotEnoughData,

    /// <summary>It is not shown to be better on the cases that asked for it.</summary>
    NotShown,

    /// <summary>It is shown to be worse, there or on the whole.</summary>
    Worse,

    /// <summary>It is better on the cases that asked for it, and not worse than the margin on the whole.</summary>
    Better,
}

/// <summary>A new version against the one that answered: on held-out rows of a data set, and on live traffic.</summary>
/// <param name="Version">The new one.</param>
/// <param name="Dataset">The data set whose test split it answered; null where it told nothing.</param>
/// <param name="HeldOut">Held-out rows, all of them first.</param>
/// <param name="Live">Live traffic.</param>
/// <param name="Margin">How much worse it may be on the whole and still be called not worse, in the unit of the difference.</param>
/// <param name="Verdict">What follows.</param>
/// <param name="Reasons">Why, sentence by sentence.</param>
public sealed record VersionProof(
    string Version,
    DatasetVersion? Dataset,
    IReadOnlyList<ProofSlice> HeldOut,
    LiveProof Live,
    double Margin,
    Verdict Verdict,
    IReadOnlyList<string> Reasons
);
