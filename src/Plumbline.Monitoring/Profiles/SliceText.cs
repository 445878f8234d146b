using System.Globalization;
using System.Text;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>A watched slice in the engine's words: its name for rows in it, NULL for others.</summary>
internal static class SliceText
{
    /// <summary>
    /// An expression of type Nullable(String) over a table with the model's columns. It stands in statements that bind other things, so
    /// values are written into it: numbers by our own hand, texts as hexadecimal digits.
    /// </summary>
    public static string Expression(ModelDefinition model, WatchedSlice slice) =>
        $"CAST(if({string.Join(" AND ", slice.Where.Select(condition => Holds(model.FindFeature(condition.Feature), condition)))}, "
        + $"{Literal(slice.Name)}, NULL), 'Nullable(String)')";

    private static string Holds(FeatureDefinition? feature, SliceCondition condition) =>
        (feature?.Type, condition) switch
        {
            // Not seen yet: no row is known to be in the slice.
            (null, _) => "0",
            (FeatureType.Numeric, { Missing: true }) => $"isNaN({feature.Column})",
            (_, { Missing: true }) => $"isNull({feature.Column})",
            (FeatureType.Numeric, { Is: null }) => $"(NOT isNaN({feature.Column}) AND {Between(feature.Column, condition)})",
            (FeatureType.Text, { Is: null }) => $"ifNull({Between($"lengthUTF8({feature.Column})", condition)}, 0)",
            (FeatureType.Boolean, { Is: { } value }) => $"ifNull({feature.Column} = {(value == "true" ? "1" : "0")}, 0)",
            (FeatureType.Categorical, { Is: { } value }) => $"ifNull(CAST({feature.Column}, 'Nullable(String)') = {Literal(value)}, 0)",
            _ => "0",
        };

    private static string Between(string value, SliceCondition condition)
    {
        string[] ends =
        [
            .. condition.From is { } from ? [$"{value} >= {SqlNumber.Of(from)}"] : Array.Empty<string>(),
            .. condition.To is { } to ? [$"{value} < {SqlNumber.Of(to)}"] : Array.Empty<string>(),
        ];
        return string.Join(" AND ", ends);
    }

    private static string Literal(string text) => $"unhex('{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}')";
}
