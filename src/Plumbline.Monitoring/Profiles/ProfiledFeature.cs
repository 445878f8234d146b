using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Profiles;

/// <summary>A feature as the profile SQL needs it: its name, its type, and the expression of its value in a model's table.</summary>
/// <param name="Name">Feature, or one of <see cref="PseudoFeatures"/>.</param>
/// <param name="Type">How it is counted; text is only counted as present or missing.</param>
/// <param name="Sql">Expression of the value: Float64 (NaN missing) for numeric, nullable text for the others.</param>
/// <param name="Classes">For the predicted class: every class that the model ever had, which are the bins while there is no baseline. They
/// only grow at the end, so profiles stay addable.</param>
internal sealed record ProfiledFeature(string Name, FeatureType Type, string Sql, IReadOnlyList<string>? Classes = null)
{
    /// <summary>Everything of a model that is profiled: its answers first, then its features.</summary>
    public static IReadOnlyList<ProfiledFeature> Of(ModelDefinition model)
    {
        var features = new List<ProfiledFeature>(Outputs(model))
        {
            new(PseudoFeatures.LatencyMs, FeatureType.Numeric, "latency_ms"),
            new(PseudoFeatures.Status, FeatureType.Categorical, "status"),
        };
        features.AddRange(
            model.Features.Select(feature => new ProfiledFeature(
                feature.Name,
                feature.Type,
                feature.Type switch
                {
                    FeatureType.Boolean => $"toString({feature.Column})",
                    _ => feature.Column,
                }
            ))
        );
        return features;
    }

    /// <summary>Those with bins of the reference: the features that are no text, <c>@prediction</c> and <c>@score</c>.</summary>
    public static IReadOnlyList<ProfiledFeature> OfReference(ModelDefinition model) =>
        [.. Of(model).Where(feature => feature.Type != FeatureType.Text && FixedBins(feature.Name) is null)];

    /// <summary>The bins of a feature: fixed, the baseline's, or none.</summary>
    public FeatureBins Bins(Baseline? baseline)
    {
        if (FixedBins(Name) is { } bins)
            return bins;
        return baseline is not null && Type != FeatureType.Text && baseline.Features.TryGetValue(Name, out var known)
                ? FeatureBins.Of(known, baseline.Generation)
            : Classes is { Count: > 0 } ? new FeatureBins(0, IsNumeric: false, Categories: Classes)
            : FeatureBins.None(Type == FeatureType.Numeric);
    }

    /// <summary>How the engine counts it.</summary>
    /// <param name="index">Number of the feature in its statement.</param>
    /// <param name="bins">Its bins.</param>
    /// <param name="referenceTable">Table of the reference's rows; null when no feature has other values.</param>
    public ProfileColumn ToColumn(int index, FeatureBins bins, string? referenceTable) =>
        Type == FeatureType.Numeric
            ? ProfileColumn.OfNumber(index, Name, Sql, bins)
            : ProfileColumn.OfCategory(
                index,
                Name,
                Sql,
                bins,
                referenceTable is null ? null : $"SELECT {Sql} FROM {referenceTable}",
                collective: bins.Baseline != 0
            );

    private static FeatureBins? FixedBins(string name) =>
        name == PseudoFeatures.Status ? new FeatureBins(0, IsNumeric: false, Categories: PseudoFeatures.Statuses)
        : PseudoFeatures.FixedEdges(name) is { } edges ? new FeatureBins(0, IsNumeric: true, edges)
        : null;

    private static IEnumerable<ProfiledFeature> Outputs(ModelDefinition model)
    {
        if (model.Task == ModelTask.Regression)
        {
            yield return new(PseudoFeatures.Prediction, FeatureType.Numeric, "prediction_value");
            yield break;
        }
        yield return new(PseudoFeatures.Prediction, FeatureType.Categorical, "nullIf(prediction, '')", model.ClassBins);
        yield return new(PseudoFeatures.Score, FeatureType.Numeric, "score");
        yield return new(PseudoFeatures.Confidence, FeatureType.Numeric, "confidence");
        yield return new(PseudoFeatures.Entropy, FeatureType.Numeric, "entropy");
    }
}
