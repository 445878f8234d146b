using Plumbline.Server.Hosting;

namespace Plumbline.Server.Models;

/// <summary>A model as the API answers it: what was declared and what was inferred.</summary>
public sealed record ModelView(
    string Name,
    string Task,
    string? PositiveClass,
    IReadOnlyList<string> Classes,
    IReadOnlyDictionary<string, FeatureView> Features,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> Versions,
    string Window,
    string AllowedLateness,
    string? LabelDelay,
    CostSpecification? Cost,
    BudgetSpecification? FalseAlarmBudget,
    RetentionSpecification? Retention)
{
    public static ModelView Of(ModelDefinition model, ModelCatalog catalog) => new(
        model.Name,
        model.Task.ToString().ToLowerInvariant(),
        model.PositiveClass,
        model.Classes,
        // Ordinal order is the order of declaration: the reader finds the features as they were written.
        new Dictionary<string, FeatureView>(model.Features.Select(feature => KeyValuePair.Create(feature.Name, new FeatureView(feature.Type.ToString().ToLowerInvariant(), feature.Unit, feature.Declared))), StringComparer.Ordinal),
        model.Segments,
        catalog.Versions(model.Id),
        DurationText.Format(model.Window),
        DurationText.Format(model.AllowedLateness),
        model.LabelDelay is { } delay ? DurationText.Format(delay) : null,
        model.Cost is { } cost ? new CostSpecification { FalsePositive = cost.FalsePositive, FalseNegative = cost.FalseNegative, Currency = cost.Currency } : null,
        model.FalseAlarmBudget is { } budget ? new BudgetSpecification { Alarms = budget.Alarms, Per = budget.Per } : null,
        model.PredictionRetention is null && model.ProfileRetention is null ? null : new RetentionSpecification { Predictions = model.PredictionRetention, Profiles = model.ProfileRetention });
}

/// <summary>A feature as the API answers it.</summary>
public sealed record FeatureView(string Type, string? Unit, bool Declared);
