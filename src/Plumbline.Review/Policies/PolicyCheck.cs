using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Policies;

/// <summary>Checks a policy: everything that can be known without looking at predictions.</summary>
public static class PolicyCheck
{
    /// <summary>Characters of <see cref="ReviewPolicy.Guidelines"/>.</summary>
    public const int MaxGuidelines = 20_000;

    private static readonly TimeSpan ShortestAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(90);

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    public static IReadOnlyList<FieldError> Check(ReviewPolicy policy, ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(model);
        var errors = new List<FieldError>();
        CheckRanges(policy, errors);
        CheckWeights(policy, [.. ScoreKind.All.Where(kind => kind.Fits(model))], "No score of this model; it has", errors);
        CheckQuota(policy, model, errors);
        CheckFilter(policy, model, errors);
        return errors;
    }

    /// <summary>What is wrong whatever the model is, by field; empty when nothing is.</summary>
    public static IReadOnlyList<FieldError> CheckAlone(ReviewPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var errors = new List<FieldError>();
        CheckRanges(policy, errors);
        CheckWeights(policy, ScoreKind.All, "No score; there are", errors);
        return errors;
    }

    private static void CheckRanges(ReviewPolicy policy, List<FieldError> errors)
    {
        if (!IsName(policy.Name))
            errors.Add(new("name", "1 to 64 characters of A-Z a-z 0-9 . _ - are needed."));
        Range(errors, "quota_share", policy.QuotaShare, 0.01, 1);
        if (policy.Filter.IsDefault)
            errors.Add(new("filter", "A list of conditions."));
        else if (policy.Filter.Length > PredictionSearch.MaxConditions)
            errors.Add(new("filter", $"At most {PredictionSearch.MaxConditions} conditions."));
        Range(errors, "sharpness", policy.Sharpness, 0, 20);
        Range(errors, "per_day", policy.PerDay, 1, 1_000_000);
        Range(errors, "uniform_share", policy.UniformShare, 0, 1);
        Range(errors, "cold_spot_share", policy.ColdSpotShare, 0, 1);
        Range(errors, "annotators", policy.Annotators, 1, 9);
        Range(errors, "gold_share", policy.GoldShare, 0, 0.5);
        if (policy.MaxAge < ShortestAge || policy.MaxAge > LongestAge)
            errors.Add(new("max_age", $"{DurationText.Format(policy.MaxAge)} is outside 1h..90d."));
        if (policy.Guidelines is null || policy.Guidelines.Length > MaxGuidelines)
            errors.Add(new("guidelines", $"A text of at most {MaxGuidelines} characters."));
    }

    /// <summary>The conditions of the filter; those that cannot be read (any more) are left out.</summary>
    public static IReadOnlyList<FilterCondition> Conditions(ReviewPolicy policy, ModelDefinition model) =>
        [.. policy.Filter.Select(text => FilterText.Read(text, model, out _)).OfType<FilterCondition>()];

    private static void CheckWeights(ReviewPolicy policy, IReadOnlyList<ScoreKind> kinds, string unknown, List<FieldError> errors)
    {
        foreach (var (name, weight) in policy.Weights)
        {
            if (kinds.Any(kind => kind.Name == name))
                Range(errors, $"weights.{name}", weight, 0, 100);
            else
                errors.Add(new($"weights.{Problems.Shorten(name)}", $"{unknown} {string.Join(", ", kinds.Select(kind => kind.Name))}."));
        }

        if (!policy.Weights.Values.Any(weight => weight > 0) && policy.UniformShare < 1)
            errors.Add(new("weights", "At least one above 0, or a uniform_share of 1."));
    }

    private static void CheckQuota(ReviewPolicy policy, ModelDefinition model, List<FieldError> errors)
    {
        if (policy.QuotaBy is null || (policy.IsQuotaByAnswer && model.Task != ModelTask.Regression))
            return;
        if (!model.Segments.Contains(policy.QuotaBy))
        {
            errors.Add(
                new(
                    "quota_by",
                    $"{(model.Task == ModelTask.Regression ? "One" : "prediction, or one")} of the model's segments: "
                        + $"{(model.Segments.IsEmpty ? "it has none" : string.Join(", ", model.Segments))}."
                )
            );
        }
    }

    private static void CheckFilter(ReviewPolicy policy, ModelDefinition model, List<FieldError> errors)
    {
        if (policy.Filter.IsDefault)
            return;
        for (var i = 0; i < policy.Filter.Length; i++)
        {
            if (FilterText.Read(policy.Filter[i] ?? "", model, out var reason) is null)
                errors.Add(new($"filter[{i}]", reason));
        }
    }

    private static void Range(List<FieldError> errors, string field, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            errors.Add(new(field, $"{Figures.Format(value)} is outside {Figures.Format(least)}..{Figures.Format(most)}."));
    }

    private static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 64 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
