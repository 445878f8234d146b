using System.Collections.Immutable;

namespace Plumbline.Registry.Models;

/// <summary>
/// What traffic and people add to a definition. A change that changes nothing gives the very same definition, by which
/// <see cref="ModelCatalog"/> knows that there is nothing to save.
/// </summary>
internal static class ModelChanges
{
    /// <summary>With the features that it does not have yet and that were not dropped.</summary>
    public static ModelDefinition WithFeatures(
        ModelDefinition model,
        IReadOnlyList<(string Name, FeatureType Type)> inferred,
        bool provisional
    )
    {
        var missing = inferred
            .DistinctBy(feature => feature.Name, StringComparer.Ordinal)
            .Where(feature => model.FindFeature(feature.Name) is null && !model.DroppedFeatures.Contains(feature.Name))
            .ToList();
        if (missing.Count == 0)
            return model;
        var count = model.Features.Length + missing.Count;
        if (count > ModelLimits.MaxFeatures)
            throw new FeatureLimitException(model.Name, count);
        var next = model.NextOrdinal;
        var added = missing.Select(
            (feature, i) => new FeatureDefinition(next + i, feature.Name, feature.Type, Unit: null, Declared: false, provisional)
        );
        return model with { Features = [.. model.Features, .. added] };
    }

    /// <summary>With guessed types that stand from now on.</summary>
    public static ModelDefinition WithSettled(ModelDefinition model, IReadOnlyCollection<string> names)
    {
        var settled = names.ToHashSet(StringComparer.Ordinal);
        return !model.Features.Any(feature => feature.Provisional && settled.Contains(feature.Name))
            ? model
            : model with
            {
                Features =
                [
                    .. model.Features.Select(feature => settled.Contains(feature.Name) ? feature with { Provisional = false } : feature),
                ],
            };
    }

    /// <summary>With another definition of a feature that it has, or, where that is null, without the feature.</summary>
    public static ModelDefinition WithFeature(ModelDefinition model, string name, Func<FeatureDefinition, FeatureDefinition?> change)
    {
        if (model.FindFeature(name) is not { } feature)
            return model;
        var changed = change(feature);
        if (changed == feature)
            return model;
        return changed is not null
            ? model with
            {
                Features = model.Features.Replace(feature, changed),
                NextOrdinal = Math.Max(model.NextOrdinal, changed.Ordinal + 1),
            }
            : model with
            {
                Features = model.Features.Remove(feature),
                NextOrdinal = model.NextOrdinal,
                DroppedFeatures = model.DroppedFeatures.Add(name),
            };
    }

    /// <summary>With the classes that it does not have yet, as far as there are places for them.</summary>
    public static ModelDefinition WithClasses(ModelDefinition model, IReadOnlyList<string> classes)
    {
        var missing = classes
            .Distinct(StringComparer.Ordinal)
            .Except(model.Classes, StringComparer.Ordinal)
            .Take(ModelLimits.MaxClasses - model.Classes.Length)
            .ToList();
        return missing.Count == 0 || model.Task == ModelTask.Regression ? model : model with { Classes = [.. model.Classes, .. missing] };
    }

    /// <summary>With the signals that it does not know yet, as far as there are places for them.</summary>
    public static ModelDefinition WithSignals(ModelDefinition model, IReadOnlyCollection<string> names)
    {
        var missing = names.Where(name => model.FindSignal(name) is null).Take(ModelLimits.MaxSignals - model.Signals.Length).ToList();
        return missing.Count == 0 ? model : model with { Signals = [.. model.Signals, .. missing.Select(SignalDefinition.Seen)] };
    }

    /// <summary>With features as segments, and two of them as a cross; as it is where that is too many.</summary>
    public static ModelDefinition WithSegments(ModelDefinition model, IReadOnlyList<string> features, out bool fits)
    {
        var segments = model.Segments.Union(features, StringComparer.Ordinal).ToImmutableArray();
        var crosses =
            features.Count != 2
            || model.Crosses.Any(cross =>
                features.Contains(cross.First, StringComparer.Ordinal) && features.Contains(cross.Second, StringComparer.Ordinal)
            )
                ? model.Crosses
                : model.Crosses.Add(new SegmentCross(features[0], features[1]));
        fits = segments.Length <= ModelLimits.MaxSegments && crosses.Length <= ModelLimits.MaxCrosses;
        return !fits || (segments.Length == model.Segments.Length && crosses.Length == model.Crosses.Length)
            ? model
            : model with
            {
                Segments = segments,
                Crosses = crosses,
            };
    }

    /// <summary>With one more watched slice; as it is where that is too many.</summary>
    public static ModelDefinition WithSlice(ModelDefinition model, WatchedSlice slice, out bool fits)
    {
        var slices = model.Slices.RemoveAll(known => known.Name == slice.Name).Add(slice);
        fits = slices.Length <= ModelLimits.MaxSlices;
        return fits ? model with { Slices = slices } : model;
    }
}
