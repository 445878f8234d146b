using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Drawing;

/// <summary>
/// An expression that is equal for predictions that are nearly the same: numbers in the same reference percentile, equal categories, texts
/// that share most of their words (MinHash of word shingles, Broder 1997).
/// </summary>
internal static class NearDuplicates
{
    /// <summary>Features that are looked at; a wider model is represented by its first ones.</summary>
    private const int MostFeatures = 50;

    /// <summary>Words from which shingles say something; shorter texts are compared without digits and case.</summary>
    private const int ShingledFrom = 6;

    public static string Key(ModelDefinition model, Baseline? baseline)
    {
        var parts = model.Features.Take(MostFeatures).Select(feature => Part(feature, baseline?.Features.GetValueOrDefault(feature.Name)));
        return $"cityHash64({string.Join(", ", parts.DefaultIfEmpty("id_hash"))})";
    }

    private static string Part(FeatureDefinition feature, FeatureBaseline? baseline)
    {
        var column = feature.Column;
        switch (feature.Type)
        {
            case FeatureType.Numeric when baseline is { IsNumeric: true, Edges.Length: > 0 }:
                // Below the first edge and above the last is the tail, in which nothing is nearly the same as anything.
                var edges = string.Join(", ", baseline.Edges.Select(SqlNumber.Of));
                return $"if({column} < {SqlNumber.Of(baseline.Edges[0])} OR {column} > {SqlNumber.Of(baseline.Edges[^1])}, {column}, "
                    + $"roundDown({column}, [{edges}]))";
            case FeatureType.Text:
                var text = $"ifNull(toString({column}), '')";
                return $"if(length(splitByWhitespace({text})) >= {ShingledFrom}, "
                    + $"cityHash64(wordShingleMinHashCaseInsensitiveUTF8({text})), "
                    + $"cityHash64(replaceRegexpAll(lowerUTF8({text}), '[0-9]+', '0')))";
            default:
                return $"ifNull(toString({column}), '')";
        }
    }
}
