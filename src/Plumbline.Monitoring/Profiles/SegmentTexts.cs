using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// The segment values of single rows, as the profiles name them, so that all points of a segment are about the same rows.
/// </summary>
public static class SegmentTexts
{
    /// <summary>
    /// A select expression per segment feature and slice of the model, as <see cref="ModelDefinition.SegmentKeys"/> counts them: <c>s0</c>,
    /// <c>s1</c> .. of type Nullable(String).
    /// </summary>
    public static IReadOnlyList<string> Columns(ModelDefinition model) =>
        [.. Expressions(model).Select((text, i) => string.Create(CultureInfo.InvariantCulture, $"{text} AS s{i}"))];

    /// <summary>The expressions alone.</summary>
    public static IReadOnlyList<string> Expressions(ModelDefinition model) =>
        [
            .. model.Segments.Select(model.FindFeature).Select(Expression),
            .. model.Slices.Select(slice => SliceText.Expression(model, slice)),
        ];

    /// <summary>Values that the profiles do not tell apart are one group. Before any profile, all are told apart.</summary>
    public static string? ToldApart(string? value, ImmutableArray<string> known) =>
        value is null || known.IsEmpty || known.Contains(value, StringComparer.Ordinal) ? value : SegmentValues.Other;

    private static string Expression(FeatureDefinition? feature) =>
        feature switch
        {
            null => "CAST(NULL, 'Nullable(String)')",
            // A boolean segment is read as the text that the profiles use for it.
            { Type: FeatureType.Boolean } => $"CAST(if({feature.Column}, 'true', 'false'), 'Nullable(String)')",
            _ => $"CAST({feature.Column}, 'Nullable(String)')",
        };
}
