using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Plumbline.Registry.Models;

/// <summary>
/// What a decision costs once the ground truth is known: the two costs of a binary model, or a matrix over classes, or a price per unit of
/// a regression's error.
/// </summary>
/// <param name="FalsePositive">Cost of one false positive, in <paramref name="Currency"/>; binary models without a matrix.</param>
/// <param name="FalseNegative">Cost of one false negative, in <paramref name="Currency"/>; binary models without a matrix.</param>
/// <param name="Currency">A code such as EUR; display only.</param>
public sealed record DecisionCost(double FalsePositive, double FalseNegative, string Currency)
{
    /// <summary>[ground truth][decision] = cost; negative where the decision earns. Null: the two costs above.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, double>>? Matrix { get; init; }

    /// <summary>
    /// A numeric feature that every cost is multiplied by, such as the amount of an order. A row without it costs what a row with 1 does.
    /// </summary>
    public string? ValueFeature { get; init; }

    /// <summary>Regression: cost of one unit of absolute error.</summary>
    public double? PerUnitOfError { get; init; }

    /// <summary>Whether a class can be priced.</summary>
    [JsonIgnore]
    public IReadOnlyCollection<string> MatrixClasses => Matrix is null ? [] : [.. Matrix.Keys];

    /// <summary>
    /// The cost of deciding <paramref name="decision"/> when <paramref name="truth"/> is true, before the row's value; null when the matrix
    /// does not know the pair.
    /// </summary>
    public double? Of(string truth, string decision, string? positiveClass)
    {
        if (Matrix is not null)
            return Matrix.TryGetValue(truth, out var row) && row.TryGetValue(decision, out var cost) ? cost : null;
        if (positiveClass is null)
            return null;
        if (truth == decision)
            return 0;
        // A binary model has two classes: a wrong positive decision is a false positive, every other error a false negative or a confusion
        // of negatives.
        return decision == positiveClass ? FalsePositive
            : truth == positiveClass ? FalseNegative
            : 0;
    }
}
