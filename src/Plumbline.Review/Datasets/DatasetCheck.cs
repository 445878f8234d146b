using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Datasets;

/// <summary>Checks a recipe: everything that can be known without looking at predictions.</summary>
public static class DatasetCheck
{
    private const int MaxLeftOut = 5_000;
    private const int MaxEntity = 256;

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    public static IReadOnlyList<FieldError> Check(string name, DatasetRecipe recipe, ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(model);
        var errors = new List<FieldError>();
        if (!IsName(name))
            errors.Add(new("name", "1 to 64 characters of A-Z a-z 0-9 . _ - are needed, a letter or digit first."));
        CheckTimes(recipe, errors);
        CheckSplit(recipe.Split, errors);
        CheckParts(recipe, model, errors);
        if (recipe.LeaveOut.IsDefault || recipe.LeaveOut.Length > MaxLeftOut || recipe.LeaveOut.Contains(null!))
            errors.Add(new("leave_out", $"A list of at most {MaxLeftOut} names."));
        else if (recipe.LeaveOut.FirstOrDefault(DatasetColumns.Needed.Contains) is { } needed)
            errors.Add(new("leave_out", $"'{needed}' is in every data set."));
        Range(errors, "seed", recipe.Seed, 0, int.MaxValue);
        return errors;
    }

    /// <summary>The conditions of a part; those that cannot be read (any more) are left out.</summary>
    internal static IReadOnlyList<FilterCondition> Conditions(DatasetPart part, ModelDefinition model) =>
        [.. part.Filter.Select(text => FilterText.Read(text, model, out _)).OfType<FilterCondition>()];

    private static void CheckTimes(DatasetRecipe recipe, List<FieldError> errors)
    {
        if (recipe.Days is { } days)
        {
            Range(errors, "days", days, 1, 3650);
            if (recipe.From is not null || recipe.To is not null)
                errors.Add(new("days", "Either days, or from and to."));
        }

        if (recipe.From >= recipe.To)
            errors.Add(new("to", "Later than from."));
    }

    private static void CheckSplit(DatasetSplit? split, List<FieldError> errors)
    {
        if (split is null)
        {
            errors.Add(new("split", "An object such as {\"by\":\"time\"}."));
            return;
        }

        Range(errors, "split.train", split.Train, 0, 1);
        Range(errors, "split.validation", split.Validation, 0, 1);
        Range(errors, "split.test", split.Test, 0, 1);
        if (!(Math.Abs(split.Train + split.Validation + split.Test - 1) < 1e-6))
            errors.Add(new("split", "train, validation and test are shares that make 1 together."));
        if (split.By == SplitKind.Entity && string.IsNullOrEmpty(split.Entity))
            errors.Add(new("split.entity", "A feature, or a field of the metadata, that says whom a row is about."));
        if (split.Entity?.Length > MaxEntity)
            errors.Add(new("split.entity", $"At most {MaxEntity} characters."));
    }

    private static void CheckParts(DatasetRecipe recipe, ModelDefinition model, List<FieldError> errors)
    {
        if (recipe.Parts.IsDefaultOrEmpty || recipe.Parts.Length > DatasetRecipe.MaxParts)
        {
            errors.Add(new("parts", $"A list of 1 to {DatasetRecipe.MaxParts} parts such as {{\"kind\":\"reviewed\"}}."));
            return;
        }

        for (var i = 0; i < recipe.Parts.Length; i++)
        {
            if (recipe.Parts[i] is not { } part)
            {
                errors.Add(new($"parts[{i}]", "A part such as {\"kind\":\"reviewed\"}."));
                continue;
            }

            Range(errors, $"parts[{i}].rows", part.Rows, 1, DatasetRecipe.MaxRows);
            if (part.Policy is not null && part.Kind != DatasetPartKind.Reviewed)
                errors.Add(new($"parts[{i}].policy", "Only the part 'reviewed' has one."));
            if (part.Unlabelled && part.Kind is not (DatasetPartKind.Random or DatasetPartKind.Reference))
                errors.Add(new($"parts[{i}].unlabelled", "Only the parts 'random' and 'reference' may have rows without ground truth."));
            CheckFilter(part, $"parts[{i}].filter", model, errors);
        }

        if (recipe.Parts.Sum(part => (long)(part?.Rows ?? 0)) > DatasetRecipe.MaxRows)
            errors.Add(new("parts", $"The rows of all parts are at most {DatasetRecipe.MaxRows} together."));
    }

    private static void CheckFilter(DatasetPart part, string field, ModelDefinition model, List<FieldError> errors)
    {
        if (part.Filter.IsDefault || part.Filter.Length > PredictionSearch.MaxConditions)
        {
            errors.Add(new(field, $"A list of at most {PredictionSearch.MaxConditions} conditions."));
            return;
        }

        for (var i = 0; i < part.Filter.Length; i++)
        {
            var condition = FilterText.Read(part.Filter[i] ?? "", model, out var reason);
            if (condition is null)
                errors.Add(new($"{field}[{i}]", reason));
            else if (part.Kind == DatasetPartKind.Reference && !IsOfReference(condition.Field))
                errors.Add(new($"{field}[{i}]", "The reference is filtered by features and by what was answered."));
        }
    }

    private static bool IsOfReference(SearchField field) =>
        field.Score is null && field.Kind is not (FieldKind.GroundTruth or FieldKind.Correct);

    private static void Range(List<FieldError> errors, string field, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            errors.Add(new(field, $"{Figures.Format(value)} is outside {Figures.Format(least)}..{Figures.Format(most)}."));
    }

    private static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 64 }
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
