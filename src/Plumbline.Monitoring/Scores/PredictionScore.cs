using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// A number of a single prediction that says how much it deserves a person's look. It is an expression over the columns of the model's
/// predictions: history and live traffic have it alike, and it is never older than the reference that it compares with.
/// </summary>
/// <param name="Kind">Which.</param>
/// <param name="Sql">Of type Float64; NaN where a prediction has none.</param>
/// <param name="Full">The value from which it counts fully where scores are weighed against each other; above 0.</param>
/// <param name="Parameters">Values of the expression's placeholders, whose names no other score has.</param>
public sealed record PredictionScore(ScoreKind Kind, string Sql, double Full, IReadOnlyList<SqlParameter> Parameters)
{
    /// <summary>Expression of the value as a share of <see cref="Full"/>, in 0..1; 0 where there is none.</summary>
    public string Share =>
        ScoreSql.Let(
            "s",
            $"toFloat64({Sql})",
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"greatest(0., least(1., if(isNaN(s), 0., s) / {Full:R}))")
        );
}

/// <summary>What a score is.</summary>
/// <param name="Name">Stable: in filters (<c>scores.oddity</c>), policies and stored tasks.</param>
/// <param name="Title">On pages.</param>
/// <param name="Unit">Of the value; empty for a share or a pure number.</param>
/// <param name="Definition">One sentence with its range.</param>
public sealed record ScoreKind(string Name, string Title, string Unit, string Definition)
{
    /// <summary>How it is written in filters and orders.</summary>
    public string Field => Prefix + Name;

    /// <summary>What the fields of scores begin with.</summary>
    public const string Prefix = "scores.";

    public static ScoreKind Oddity { get; } =
        new(
            "oddity",
            "Oddity of the input",
            "bits",
            "How rare the input is against the reference, in bits: 0 is ordinary, 10 is as rare as one row of a thousand. The rarest "
                + "feature, or all numbers together, corrected for how many features were looked at."
        );

    public static ScoreKind Uncertainty { get; } =
        new(
            "uncertainty",
            "Uncertainty",
            "",
            "Entropy of the model's class probabilities divided by that of pure chance, 0..1, with the temperature that fits the labelled "
                + "reference best."
        );

    public static ScoreKind Margin { get; } =
        new("margin", "Narrowness", "", "1 minus the difference between the two most probable classes, 0..1: 1 is a tie.");

    public static ScoreKind LeastConfidence { get; } =
        new("least_confidence", "Least confidence", "", "1 minus the probability of the answer, 0..1 as a share of what pure chance has.");

    public static ScoreKind ExpectedError { get; } =
        new(
            "expected_error",
            "Expected error",
            "",
            "Classes: the probability that the answer is wrong, by calibration on the labelled reference (1 minus the confidence without "
                + "one). Numbers: the absolute error that such inputs and answers had in the labelled reference, by boosted trees."
        );

    public static ScoreKind ExpectedCost { get; } =
        new("expected_cost", "Expected cost", "", "What the decision costs on average by the declared costs and the expected error.");

    public static ScoreKind Disagreement { get; } =
        new(
            "disagreement",
            "Shadow disagrees",
            "",
            "1 where a shadow version, whose answer has the same trace_id, answered another class, or a number farther away than the "
                + "reference's usual error; else 0."
        );

    public static ScoreKind Complaint { get; } =
        new("complaint", "Complaint", "", "1 where a business signal that is bad when it rises came for the prediction; else 0.");

    public static ScoreKind ColdSpot { get; } =
        new(
            "cold_spot",
            "In a cold spot",
            "",
            "1 where the prediction lies in a slice that the newest search found worse than the rest; else 0."
        );

    public static ScoreKind Guard { get; } =
        new("guard", "Guard", "", "1 where the prediction was rejected, or a value had another type than its feature; else 0.");

    /// <summary>All, in the order in which pages list them.</summary>
    public static IReadOnlyList<ScoreKind> All { get; } =
    [ExpectedError, ExpectedCost, Uncertainty, Margin, LeastConfidence, Oddity, Disagreement, Complaint, ColdSpot, Guard];

    /// <summary>The kind of that name; null when there is none.</summary>
    public static ScoreKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Whether a model can have it: only classes have probabilities.</summary>
    public bool Fits(ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Task != ModelTask.Regression || (this != Uncertainty && this != Margin && this != LeastConfidence);
    }
}
