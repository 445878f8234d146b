using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Explore;

/// <summary>Everything that can be filtered on for one model. The Explore page completes from it.</summary>
public static class SearchFields
{
    private const string FeaturePrefix = "features.";

    private static readonly SearchField[] Own =
    [
        new("prediction_id", FieldKind.Text, "prediction_id", null),
        new("version", FieldKind.Category, "version", null),
        new("role", FieldKind.Category, "role", null),
        new("status", FieldKind.Category, "status", null),
        new("prediction", FieldKind.Category, "prediction", null),
        new("score", FieldKind.Number, "score", null),
        new("confidence", FieldKind.Number, "confidence", null),
        new("entropy", FieldKind.Number, "entropy", null),
        new("latency_ms", FieldKind.Number, "latency_ms", null),
        new("error", FieldKind.Text, "error", null),
        new("trace_id", FieldKind.Text, "trace_id", null),
    ];

    private static readonly SearchField PredictedNumber = new("prediction", FieldKind.Number, "prediction_value", null);
    private static readonly SearchField GroundTruth = new("ground_truth", FieldKind.GroundTruth, "value", null);
    private static readonly SearchField GroundTruthNumber = new("ground_truth", FieldKind.GroundTruth, "value_number", null);
    private static readonly SearchField Correct = new("correct", FieldKind.Correct, "value", null);

    /// <summary>All fields, the prediction's own first, then the features in their order.</summary>
    public static IEnumerable<SearchField> Of(ModelDefinition model)
    {
        foreach (var field in Own)
            yield return field.Name == "prediction" && model.Task == ModelTask.Regression ? PredictedNumber : field;
        yield return model.Task == ModelTask.Regression ? GroundTruthNumber : GroundTruth;
        if (model.Task != ModelTask.Regression)
            yield return Correct;
        foreach (var score in ScoreKind.All.Where(score => score.Fits(model)))
            yield return new SearchField(score.Field, FieldKind.Number, "", null, score);
        foreach (var feature in model.Features)
            yield return Of(feature);
    }

    /// <summary>The field of that name; null when there is none.</summary>
    public static SearchField? Find(ModelDefinition model, string name)
    {
        foreach (var field in Of(model))
        {
            if (field.Feature is not null)
                break; // the rest is faster by name
            if (field.Name == name)
                return field;
        }

        var feature =
            (name.StartsWith(FeaturePrefix, StringComparison.Ordinal) ? model.FindFeature(name[FeaturePrefix.Length..]) : null)
            ?? model.FindFeature(name);
        return feature is null ? null : Of(feature);
    }

    /// <summary>The operators that make sense for a field.</summary>
    public static IReadOnlyList<FilterOperator> OperatorsOf(SearchField field)
    {
        FilterOperator[] operators = field.Kind switch
        {
            FieldKind.Number =>
            [
                FilterOperator.Equal,
                FilterOperator.NotEqual,
                FilterOperator.Less,
                FilterOperator.LessOrEqual,
                FilterOperator.Greater,
                FilterOperator.GreaterOrEqual,
                FilterOperator.In,
                FilterOperator.Missing,
                FilterOperator.Present,
            ],
            FieldKind.Boolean => [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.Missing, FilterOperator.Present],
            FieldKind.GroundTruth =>
            [
                FilterOperator.Equal,
                FilterOperator.NotEqual,
                FilterOperator.In,
                FilterOperator.Missing,
                FilterOperator.Present,
            ],
            FieldKind.Correct => [FilterOperator.Equal],
            _ =>
            [
                FilterOperator.Equal,
                FilterOperator.NotEqual,
                FilterOperator.Contains,
                FilterOperator.In,
                FilterOperator.Missing,
                FilterOperator.Present,
            ],
        };
        return field.Feature is null ? operators : [.. operators, FilterOperator.TypeError];
    }

    private static SearchField Of(FeatureDefinition feature) =>
        new(
            FeaturePrefix + feature.Name,
            feature.Type switch
            {
                FeatureType.Numeric => FieldKind.Number,
                FeatureType.Boolean => FieldKind.Boolean,
                FeatureType.Text => FieldKind.Text,
                _ => FieldKind.Category,
            },
            feature.Column,
            feature
        );
}
