using System.Collections.Immutable;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.References;

/// <summary>The segment dimensions by which a reference's rows can be told apart.</summary>
internal static class ReferenceSegments
{
    /// <summary>Those of the model whose column the rows have, with the values that are told apart everywhere.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">The values told apart of each dimension, in the order of the model's.</param>
    /// <param name="reference">Whose rows they are: they have the columns of its own features only. Null for production's rows.</param>
    public static List<SegmentColumn> Of(ModelDefinition model, IReadOnlyList<ImmutableArray<string>> values, Baseline? reference)
    {
        var segments = new List<SegmentColumn>();
        for (var i = 0; i < model.Segments.Length; i++)
        {
            if (
                model.FindFeature(model.Segments[i]) is { Type: FeatureType.Categorical or FeatureType.Boolean } feature
                && values[i].Length > 0
                && (reference is null || reference.Features.ContainsKey(feature.Name))
            )
            {
                segments.Add(
                    new SegmentColumn(
                        model.Segments[i],
                        feature.Type == FeatureType.Boolean ? $"toString({feature.Column})" : feature.Column,
                        values[i]
                    )
                );
            }
        }

        return segments;
    }
}
