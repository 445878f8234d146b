using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>A column of the files.</summary>
/// <param name="Name">As in the files.</param>
/// <param name="Kind"><c>string</c>, <c>number</c>, <c>boolean</c> or <c>time</c>.</param>
/// <param name="Sql">Its value, by the columns of the gathered rows; made of our own names and numbers.</param>
/// <param name="Feature">The feature that it holds; null for other columns.</param>
internal sealed record DatasetColumn(string Name, string Kind, string Sql, FeatureDefinition? Feature = null)
{
    /// <summary>Whether its values leave only where an administrator asks.</summary>
    public bool IsPrivate => Feature?.Private == true;
}

/// <summary>Which columns the files of a data set have, in which order.</summary>
internal static class DatasetColumns
{
    /// <summary>Classes that get a column of their probability each; a model with more has none.</summary>
    private const int MostClasses = 50;

    /// <summary>Columns that cannot be left out: without them a row is nobody's.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["prediction_id", "label", "split"];

    /// <summary>The columns, without those that the recipe leaves out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">What is left out.</param>
    /// <param name="split">The expression of a row's split.</param>
    /// <param name="parameters">Gets what is bound.</param>
    public static IReadOnlyList<DatasetColumn> Of(
        ModelDefinition model,
        DatasetRecipe recipe,
        string split,
        ICollection<SqlParameter> parameters
    )
    {
        var isNumber = model.Task == ModelTask.Regression;
        List<DatasetColumn> own =
        [
            new("prediction_id", "string", "prediction_id"),
            new("event_time", "time", "if(timestamp = toDateTime64(0, 3, 'UTC'), NULL, toDateTime64(timestamp, 6, 'UTC'))"),
            new("model_version", "string", "nullIf(version, '')"),
            // It is whom the feature names, so it is as private as that.
            new("entity_id", "string", "nullIf(entity, '')", model.FindFeature(recipe.Split.Entity ?? "")),
        ];
        List<DatasetColumn> answers =
        [
            isNumber ? new("prediction", "number", Number("prediction_value")) : new("prediction", "string", "nullIf(prediction, '')"),
            new("score", "number", Number("score")),
            .. Probabilities(model, parameters),
            isNumber ? new("label", "number", Number("label_number")) : new("label", "string", "nullIf(label, '')"),
            new("label_time", "time", "toDateTime64(label_time, 6, 'UTC')"),
            new("label_source", "string", "nullIf(label_source, '')"),
            new("sample_weight", "number", "weight"),
            new("selection_reason", "string", "reason"),
            new("split", "string", split),
        ];
        var taken = own.Concat(answers).Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // A feature that is called as one of our columns keeps its name behind a word that says so.
        var features = model.Features.Select(feature => new DatasetColumn(
            taken.Contains(feature.Name) ? "features." + feature.Name : feature.Name,
            feature.Type switch
            {
                FeatureType.Numeric => "number",
                FeatureType.Boolean => "boolean",
                _ => "string",
            },
            feature.Column,
            feature
        ));
        var without = recipe.LeaveOut.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. own.Concat(features)
                .Concat(answers)
                .Where(column => !without.Contains(column.Feature is { } held ? held.Name : column.Name) || Needed.Contains(column.Name)),
        ];
    }

    /// <summary>The columns as the engine is told of a file's: names in it are quoted, and the whole is bound as a value.</summary>
    public static string Structure(IEnumerable<(string Name, string Kind)> columns) =>
        string.Join(", ", columns.Select(column => $"{Quoted(column.Name)} {EngineType(column.Kind)}"));

    private static string EngineType(string kind) =>
        kind switch
        {
            "number" => "Nullable(Float64)",
            "boolean" => "Nullable(Bool)",
            "time" => "Nullable(DateTime64(6, 'UTC'))",
            _ => "Nullable(String)",
        };

    private static IEnumerable<DatasetColumn> Probabilities(ModelDefinition model, ICollection<SqlParameter> parameters)
    {
        if (model.Task == ModelTask.Regression || model.Classes.Length > MostClasses)
            yield break;
        for (var i = 0; i < model.Classes.Length; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"class{i}");
            parameters.Add(new SqlParameter(name, model.Classes[i]));
            yield return new DatasetColumn(
                "proba." + model.Classes[i],
                "number",
                $"if(mapContains(probabilities, {{{name}:String}}), probabilities[{{{name}:String}}], NULL)"
            );
        }
    }

    private static string Number(string column) => $"if(isNaN({column}), NULL, {column})";

    private static string Quoted(string name) =>
        $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";
}
