using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Explore;

/// <summary>How a field is compared.</summary>
public enum FilterOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>The text is in it, upper and lower case alike.</summary>
    Contains,

    /// <summary>One of several values.</summary>
    In,

    /// <summary>There is no value (a value of the wrong type is not missing).</summary>
    Missing,

    Present,

    /// <summary>There was a value of another type than the feature's.</summary>
    TypeError,
}

/// <summary>Which kind of column a field is; it decides the operators and how a value is read.</summary>
public enum FieldKind
{
    Number,
    Category,
    Boolean,
    Text,

    /// <summary>Something that the engine has to look up in the ground truth.</summary>
    GroundTruth,
    Correct,
}

/// <summary>Something of a prediction that can be filtered on: a feature or one of the prediction's own columns.</summary>
/// <param name="Name">As written in a filter: <c>score</c>, <c>latency_ms</c>, or <c>features.amount</c> (a feature's plain name also works
/// where no own column is called so).</param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="Column">The engine's column; made of our own names and numbers only. Empty for a score, which is an expression.</param>
/// <param name="Feature">The feature, or null for what is none.</param>
/// <param name="Score">The score, or null for what is none.</param>
public sealed record SearchField(string Name, FieldKind Kind, string Column, FeatureDefinition? Feature, ScoreKind? Score = null);

/// <summary>One condition of a filter; all conditions of a search hold together.</summary>
/// <param name="Field">What is compared.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">None for missing, present and type_error; several for in; otherwise one. Already checked to be readable as the
/// field's kind.</param>
public sealed record FilterCondition(SearchField Field, FilterOperator Operator, IReadOnlyList<string> Values);

/// <summary>What a page of predictions is ordered by. Rows without the value come last in both directions.</summary>
public enum SortField
{
    Timestamp,
    Score,
    Confidence,
    Entropy,
    LatencyMs,
    PredictionValue,
    ExpectedError,
    ExpectedCost,
    Uncertainty,
    Oddity,
}

/// <summary>Which predictions, in which order, how many, after which one.</summary>
public sealed record PredictionSearch
{
    /// <summary>Rows of a page when nobody says.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most rows of one page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Most conditions of one search.</summary>
    public const int MaxConditions = 20;

    /// <summary>Features of a row when nobody names columns.</summary>
    public const int DefaultColumns = 50;

    /// <summary>Most features of a row in a page; one decision on its own always has all.</summary>
    public const int MaxColumns = 500;

    /// <summary>Inclusive; null: from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive; null: to the last.</summary>
    public DateTimeOffset? To { get; init; }

    public string? Version { get; init; }

    /// <summary>ok, error, timeout or rejected.</summary>
    public string? Status { get; init; }

    /// <summary>primary or shadow; null: both.</summary>
    public string? Role { get; init; }

    /// <summary>The predicted class.</summary>
    public string? Class { get; init; }

    public IReadOnlyList<FilterCondition> Conditions { get; init; } = [];

    public SortField Sort { get; init; } = SortField.Timestamp;

    /// <summary>True: the largest (newest) first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>1..<see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Continues after this row; null: from the first.</summary>
    public PageCursor? After { get; init; }

    /// <summary>The features that the rows carry, in this order.</summary>
    public IReadOnlyList<FeatureDefinition> Columns { get; init; } = [];

    /// <summary>The scores that the rows carry, in this order.</summary>
    public IReadOnlyList<ScoreKind> ScoreColumns { get; init; } = [];

    /// <summary>The scores as they can be had, once somebody has looked; see <see cref="NeedsScores"/>.</summary>
    public ScoreSet? Scores { get; init; }

    /// <summary>Whether the search filters by, sorts by or shows scores.</summary>
    public bool NeedsScores =>
        ScoreColumns.Count > 0 || SortFields.ScoreOf(Sort) is not null || Conditions.Any(condition => condition.Field.Score is not null);

    /// <summary>The same search, with the scores that it needs.</summary>
    internal async Task<PredictionSearch> WithScoresAsync(
        PredictionScores scores,
        ModelDefinition model,
        SearchField? also,
        CancellationToken cancellation
    ) =>
        Scores is null && (NeedsScores || also?.Score is not null)
            ? this with
            {
                Scores = await scores.OfAsync(model, From, To, cancellation),
            }
            : this;
}
