using Plumbline.Registry.Models;

namespace Plumbline.Registry.FeatureTypes;

/// <summary>
/// What the values of a feature are, counted over all that were seen. Every door (events, a reference, an import; CSV, NDJSON, Parquet)
/// fills one of these, and <see cref="Infer"/> is the only place that makes a type of it: so the same values get the same type whichever
/// way they come.
/// </summary>
/// <param name="Present">Values that are neither null nor empty.</param>
/// <param name="MissingWords">Of these, words for a missing value (<see cref="Events.MissingWords"/>).</param>
/// <param name="Numbers">Of these, numbers, infinite ones too. Text counts as a number only in a format without types.</param>
/// <param name="Booleans">Of these, true or false.</param>
/// <param name="Codes">Digits after a leading zero, as in 01003: the name of something, not a number.</param>
/// <param name="LongIntegers">Integers beyond 2^53, which a number would not keep apart.</param>
/// <param name="Characters">Characters of all values together.</param>
/// <param name="LongestText">Characters of the longest value.</param>
/// <param name="IsNearlyUnique">Whether more than <see cref="UniqueOfSample"/> of the first <see cref="Sample"/> values are
/// different.</param>
public readonly record struct FeatureEvidence(
    long Present,
    long MissingWords = 0,
    long Numbers = 0,
    long Booleans = 0,
    long Codes = 0,
    long LongIntegers = 0,
    long Characters = 0,
    long LongestText = 0,
    bool IsNearlyUnique = false
)
{
    /// <summary>The values that are looked at for how many are different.</summary>
    public const int Sample = 2_000;

    /// <summary>Different values of the sample above which they are texts, not categories.</summary>
    public const int UniqueOfSample = 1_000;

    /// <summary>The first integer that is not kept apart from its neighbour as a number: 2^53.</summary>
    public const long FirstInexactInteger = 1L << 53;

    /// <summary>
    /// A number column may hold some strays ("unknown"): they stay visible as type errors instead of turning thousands of numbers into
    /// categories.
    /// </summary>
    private const double NumericShare = 0.99;

    /// <summary>Characters per value above which values are prose.</summary>
    private const double ProseCharacters = 32;

    /// <summary>Characters of one value that no category has.</summary>
    private const int LongestCategory = 256;

    /// <summary>The type of these values; null when there is none but missing ones.</summary>
    public FeatureType? Infer()
    {
        var known = Present - MissingWords;
        if (known <= 0)
            return null;
        if (Booleans == known)
            return FeatureType.Boolean;
        if (Codes == 0 && LongIntegers <= (1 - NumericShare) * known && Numbers >= NumericShare * known)
            return FeatureType.Numeric;
        return IsNearlyUnique || LongestText > LongestCategory || Characters > ProseCharacters * Present
            ? FeatureType.Text
            : FeatureType.Categorical;
    }

    /// <summary>What two groups of values are together.</summary>
    public static FeatureEvidence operator +(FeatureEvidence one, FeatureEvidence other) =>
        new(
            one.Present + other.Present,
            one.MissingWords + other.MissingWords,
            one.Numbers + other.Numbers,
            one.Booleans + other.Booleans,
            one.Codes + other.Codes,
            one.LongIntegers + other.LongIntegers,
            one.Characters + other.Characters,
            Math.Max(one.LongestText, other.LongestText),
            one.IsNearlyUnique || other.IsNearlyUnique
        );
}
