using System.Collections.Immutable;
using Plumbline.Events;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Reads what decisions cost, and says what is missing by the name of the class.</summary>
internal static class CostReader
{
    private const double Largest = 1e12;

    public static DecisionCost? Read(
        CostSpecification? declared,
        ModelTask task,
        ImmutableArray<string> classes,
        ClassForm form,
        ImmutableArray<FeatureDefinition> features,
        List<FieldError> errors
    )
    {
        if (declared is null)
            return null;
        if (Finite(declared.FalsePositive) is false || Finite(declared.FalseNegative) is false)
            errors.Add(new("cost", "Costs are between 0 and 1e12."));
        CheckPerUnitOfError(declared, task, errors);
        CheckMatrix(declared, task, errors);
        CheckValueFeature(declared, features, errors);
        return new(declared.FalsePositive ?? 0, declared.FalseNegative ?? 0, declared.Currency ?? "")
        {
            Matrix = ReadMatrix(Spelled(declared.Matrix, form, errors), classes, errors),
            ValueFeature = declared.ValueFeature,
            PerUnitOfError = declared.PerUnitOfError,
        };
    }

    private static void CheckPerUnitOfError(CostSpecification declared, ModelTask task, List<FieldError> errors)
    {
        if (declared.PerUnitOfError is { } price && (task != ModelTask.Regression || Finite(price) is false))
            errors.Add(new("cost.per_unit_of_error", "Between 0 and 1e12, for regression models."));
        if (task == ModelTask.Regression && declared.PerUnitOfError is null)
            errors.Add(new("cost.per_unit_of_error", "Needed for a regression model: what one unit of absolute error costs."));
    }

    private static void CheckMatrix(CostSpecification declared, ModelTask task, List<FieldError> errors)
    {
        if (task == ModelTask.Multiclass && declared.Matrix is null)
            errors.Add(new("cost.matrix", "Needed for a model of several classes: {\"truth\":{\"decision\":cost}}."));
        if (declared.Matrix is not null && task == ModelTask.Regression)
            errors.Add(new("cost.matrix", "A regression model has no classes; declare per_unit_of_error."));
        if (declared.Matrix is not null && (declared.FalsePositive is not null || declared.FalseNegative is not null))
            errors.Add(new("cost", "Either a matrix or the costs of the two errors, not both."));
    }

    private static void CheckValueFeature(CostSpecification declared, ImmutableArray<FeatureDefinition> features, List<FieldError> errors)
    {
        if (
            declared.ValueFeature is { } value
            && features.FirstOrDefault(feature => feature.Name == value) is { Type: not FeatureType.Numeric } other
        )
        {
            errors.Add(
                new("cost.value_feature", $"'{Problems.Shorten(value)}' is {other.Type.ToString().ToLowerInvariant()}; a value is numeric.")
            );
        }
    }

    // Under the names that events are stored with; a name that is there twice then would lose a price.
    private static Dictionary<string, IReadOnlyDictionary<string, double>>? Spelled(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? matrix,
        ClassForm form,
        List<FieldError> errors
    )
    {
        if (matrix is null)
            return null;
        var spelled = new Dictionary<string, IReadOnlyDictionary<string, double>>(StringComparer.Ordinal);
        foreach (var (truth, row) in matrix)
        {
            var prices = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var (decision, price) in row ?? ImmutableDictionary<string, double>.Empty)
            {
                if (!prices.TryAdd(ClassNames.Canonical(decision, form), price))
                    errors.Add(new("cost.matrix", $"The row '{Problems.Shorten(truth)}' prices '{Problems.Shorten(decision)}' twice."));
            }

            if (!spelled.TryAdd(ClassNames.Canonical(truth, form), prices))
                errors.Add(new("cost.matrix", $"The class '{Problems.Shorten(truth)}' has two rows."));
        }

        return spelled;
    }

    /// <summary>
    /// A matrix is whole, or it would price some errors at nothing: every class that is known or named has a row, with every other class in
    /// it. The diagonal may be left out and is 0.
    /// </summary>
    private static ImmutableDictionary<string, ImmutableDictionary<string, double>>? ReadMatrix(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? matrix,
        ImmutableArray<string> classes,
        List<FieldError> errors
    )
    {
        if (matrix is null)
            return null;
        var named = matrix
            .Keys.Concat(matrix.Values.Where(row => row is not null).SelectMany(row => row.Keys))
            .Concat(classes)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (named.Count > ModelLimits.MaxClasses)
        {
            errors.Add(new("cost.matrix", $"At most {ModelLimits.MaxClasses} classes."));
            return null;
        }

        var rows = ImmutableDictionary.CreateBuilder<string, ImmutableDictionary<string, double>>(StringComparer.Ordinal);
        foreach (var truth in named)
        {
            if (!classes.IsEmpty && !classes.Contains(truth))
            {
                errors.Add(new("cost.matrix", $"'{Problems.Shorten(truth)}' is not among the classes."));
                continue;
            }

            if (!matrix.TryGetValue(truth, out var row) || row is null)
            {
                errors.Add(new("cost.matrix", $"The class '{Problems.Shorten(truth)}' has no row."));
                continue;
            }

            foreach (var decision in named.Where(decision => decision != truth && !row.ContainsKey(decision)))
            {
                errors.Add(
                    new("cost.matrix", $"The row '{Problems.Shorten(truth)}' does not price the decision '{Problems.Shorten(decision)}'.")
                );
            }

            foreach (var (decision, cost) in row.Where(cell => !(Math.Abs(cell.Value) <= Largest)))
            {
                errors.Add(
                    new(
                        "cost.matrix",
                        $"The cost of '{Problems.Shorten(decision)}' for '{Problems.Shorten(truth)}' is {cost}; "
                            + "costs are between -1e12 and 1e12."
                    )
                );
            }

            rows[truth] = row.ToImmutableDictionary(StringComparer.Ordinal).SetItem(truth, row.GetValueOrDefault(truth));
        }

        return rows.ToImmutable();
    }

    private static bool? Finite(double? cost) => cost is null ? null : cost is >= 0 and <= Largest;
}
