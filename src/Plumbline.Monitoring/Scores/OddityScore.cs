using Plumbline.Statistics.Outliers;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// How rare an input is: the rarest of its features, or all numbers together. That one of many features is rare is likely by chance alone:
/// the logarithm of how many were looked at is taken off (Bonferroni), so that of the reference's own rows at most 2^-b have b bits or
/// more.
/// </summary>
internal static class OddityScore
{
    /// <summary>Bits from which an input counts as fully odd: one row of a thousand.</summary>
    public const double Full = 10;

    /// <summary>Categories of a feature that have bits of their own; the rest, of a reference with more, share some.</summary>
    private const int MostCategories = 1_000;

    /// <summary>The score; null where nothing of the reference can be looked at.</summary>
    public static PredictionScore? Of(ScoreFit fit)
    {
        var sql = new ScoreSql(ScoreKind.Oddity.Name);
        if (Parts(fit, sql) is not { } parts)
            return null;
        var looks = Math.Log2(fit.Features.Length + (fit.Joint is null ? 0 : 1));
        return new PredictionScore(
            ScoreKind.Oddity,
            $"greatest(toFloat64(0), arrayMax({parts}) - {SqlNumber.Of(looks)})",
            Full,
            sql.Parameters
        );
    }

    /// <summary>
    /// An array expression with the bits of each of <see cref="ScoreFit.Features"/>, then those of all numbers together where they are
    /// looked at; null where there is nothing.
    /// </summary>
    public static string? Parts(ScoreFit fit, ScoreSql sql)
    {
        if (fit.Features.IsEmpty)
            return null;
        var parts = fit.Features.Select(feature => feature.Number is null ? OfCategory(feature, sql) : OfNumber(feature, sql)).ToList();
        if (fit.Joint is { } joint)
            parts.Add(Together(joint, sql));
        return $"[{string.Join(", ", parts)}]";
    }

    private static string OfNumber(FeatureRarity feature, ScoreSql sql)
    {
        var (number, x) = (feature.Number!, feature.Sql);
        var distance = $"abs({x} - {SqlNumber.Of(number.Middle)})";
        return $"if(isNaN({x}), {SqlNumber.Of(feature.Missing)}, {Bits(number, distance, sql)})";
    }

    private static string OfCategory(FeatureRarity feature, ScoreSql sql)
    {
        var rarity = feature.Category!;
        // The most frequent have the fewest bits; what is left out is at least as rare as the rarest that is not.
        var known = rarity.Bits.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostCategories).ToList();
        var other = known.Count < rarity.Bits.Count ? known[^1].Value : rarity.Unseen;
        var text = $"CAST({feature.Sql}, 'Nullable(String)')";
        var bits =
            $"transform(assumeNotNull({text}), {sql.Bind("Array(String)", known.Select(pair => pair.Key).ToArray())}, "
            + $"{sql.Numbers(known.Select(pair => pair.Value))}, {SqlNumber.Of(other)})";
        return $"if(isNull({text}), {SqlNumber.Of(feature.Missing)}, {bits})";
    }

    // A missing or infinite number is taken to be in the middle here: alone it has its bits already.
    private static string Together(JointRarity joint, ScoreSql sql)
    {
        var mean = joint.Distance.Mean.ToArray();
        var centred = string.Join(
            ", ",
            joint.Columns.Select((column, i) => $"if(isFinite({column}), {column} - {SqlNumber.Of(mean[i])}, toFloat64(0))")
        );
        var squares = Enumerable
            .Range(0, joint.Distance.Rank)
            .Select(direction => $"pow(arrayDotProduct({sql.Numbers(joint.Distance.Projection(direction))}, row), 2)");
        var distance = ScoreSql.Let("row", $"[{centred}]", $"sqrt({string.Join(" + ", squares)})");
        return ScoreSql.Let("distance", distance, Bits(joint.Rarity, "distance", sql));
    }

    private static string Bits(TailRarity rarity, string distance, ScoreSql sql)
    {
        var farthest = SqlNumber.Of(rarity.Distances[^1]);
        var beyond =
            $"{SqlNumber.Of(rarity.Beyond - rarity.Bits[^1])} + least({SqlNumber.Of(TailRarity.MostBeyond)}, "
            + $"greatest(toFloat64(0), log2({distance} / {farthest})))";
        return $"({sql.Step(distance, rarity.Distances.ToArray(), rarity.Bits.ToArray())} + if({distance} > {farthest}, {beyond}, "
            + "toFloat64(0)))";
    }
}
