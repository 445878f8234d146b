using Plumbline.Registry.Text;

namespace Plumbline.Registry.Models;

/// <summary>A model as the API answers it: what was declared and what was inferred.</summary>
public sealed record ModelView(
    string Name,
    string Task,
    string? PositiveClass,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string>? UndeclaredClasses,
    IReadOnlyDictionary<string, FeatureView> Features,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> Versions,
    string Window,
    string AllowedLateness,
    string? LabelDelay,
    CostSpecification? Cost,
    IReadOnlyDictionary<string, SignalView> Signals,
    IReadOnlyList<IReadOnlyList<string>> Crosses,
    IReadOnlyList<SliceSpecification> Slices,
    BudgetSpecification? FalseAlarmBudget,
    RetentionSpecification? Retention
)
{
    public static ModelView Of(ModelDefinition model, ModelCatalog catalog) =>
        new(
            model.Name,
            model.Task.ToString().ToLowerInvariant(),
            model.PositiveClass,
            model.Classes,
            model.Classes.All(model.DeclaredClasses.Contains)
                ? null
                : [.. model.Classes.Except(model.DeclaredClasses, StringComparer.Ordinal)],
            // Ordinal order is the order of declaration: the reader finds the features as they were written.
            new Dictionary<string, FeatureView>(
                model.Features.Select(feature =>
                    KeyValuePair.Create(
                        feature.Name,
                        new FeatureView(feature.Type.ToString().ToLowerInvariant(), feature.Unit, feature.Declared, feature.Private)
                    )
                ),
                StringComparer.Ordinal
            ),
            model.Segments,
            catalog.Versions(model.Id),
            DurationText.Format(model.Window),
            DurationText.Format(model.AllowedLateness),
            model.LabelDelay is { } delay ? DurationText.Format(delay) : null,
            CostOf(model),
            model.Signals.ToDictionary(signal => signal.Name, SignalView.Of, StringComparer.Ordinal),
            [.. model.Crosses.Select(cross => (IReadOnlyList<string>)[cross.First, cross.Second])],
            [.. model.Slices.Select(SliceOf)],
            model.FalseAlarmBudget is { } budget ? new BudgetSpecification { Alarms = budget.Alarms, Per = budget.Per } : null,
            model.PredictionRetention is null && model.ProfileRetention is null
                ? null
                : new RetentionSpecification { Predictions = model.PredictionRetention, Profiles = model.ProfileRetention }
        );

    private static SliceSpecification SliceOf(WatchedSlice slice) =>
        new()
        {
            Name = slice.Name,
            Where =
            [
                .. slice.Where.Select(condition => new SliceConditionSpecification
                {
                    Feature = condition.Feature,
                    Is = condition.Is,
                    From = condition.From,
                    To = condition.To,
                    Missing = condition.Missing ? true : null,
                }),
            ],
        };

    private static CostSpecification? CostOf(ModelDefinition model)
    {
        if (model.Cost is not { } cost)
            return null;
        var two = model.Task == ModelTask.Binary && cost.Matrix is null;
        return new CostSpecification
        {
            FalsePositive = two ? cost.FalsePositive : null,
            FalseNegative = two ? cost.FalseNegative : null,
            Currency = cost.Currency,
            Matrix = cost.Matrix?.ToDictionary(
                row => row.Key,
                row => (IReadOnlyDictionary<string, double>)row.Value,
                StringComparer.Ordinal
            ),
            PerUnitOfError = cost.PerUnitOfError,
            ValueFeature = cost.ValueFeature,
        };
    }
}

/// <summary>A business signal as the API answers it.</summary>
public sealed record SignalView(string Kind, string? Good, string Unit, string AttributionWindow, bool Declared)
{
    /// <summary>How a signal is shown.</summary>
    public static SignalView Of(SignalDefinition signal) =>
        new(
            signal.Kind.ToString().ToLowerInvariant(),
            signal.UpIsGood switch
            {
                true => "up",
                false => "down",
                _ => null,
            },
            signal.Unit,
            DurationText.Format(signal.AttributionWindow),
            signal.Declared
        );
}

/// <summary>A feature as the API answers it.</summary>
public sealed record FeatureView(string Type, string? Unit, bool Declared, bool Private);
