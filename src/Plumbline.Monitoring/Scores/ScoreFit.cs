using System.Collections.Immutable;
using Plumbline.Statistics.Outliers;

namespace Plumbline.Monitoring.Scores;

/// <summary>What scores learned of a model's reference. Immutable.</summary>
public sealed record ScoreFit
{
    /// <summary>Nothing: the model has no reference.</summary>
    public static ScoreFit None { get; } = new();

    /// <summary>Rows of the reference that were looked at.</summary>
    public long Rows { get; init; }

    /// <summary>Those with ground truth.</summary>
    public long LabelledRows { get; init; }

    /// <summary>How rare values of each feature are.</summary>
    public ImmutableArray<FeatureRarity> Features { get; init; } = [];

    /// <summary>How rare numbers are together; null with fewer than two features that vary.</summary>
    public JointRarity? Joint { get; init; }

    /// <summary>
    /// The expected error by the score (binary: P(positive) by the score; several classes: P(wrong) by the confidence). Null for numbers
    /// and without enough ground truth.
    /// </summary>
    public Curve? Error { get; init; }

    /// <summary>The expected absolute error of numbers. Null for classes and without enough ground truth.</summary>
    public LossTrees? Losses { get; init; }

    /// <summary>By which the logarithms of probabilities are divided; 1 without enough ground truth.</summary>
    public double Temperature { get; init; } = 1;
}

/// <summary>How rare values of one feature are.</summary>
/// <param name="Feature">Name.</param>
/// <param name="Measure">What of it is measured: empty for the value itself, <c>length</c> or <c>script</c> of a text.</param>
/// <param name="Unit">Of the values; for words only.</param>
/// <param name="Sql">Expression: Float64 (NaN missing) of a number, nullable text of a category.</param>
/// <param name="Missing">Bits of a missing value.</param>
public sealed record FeatureRarity(string Feature, string Measure, string Unit, string Sql, double Missing)
{
    /// <summary>Of numbers; null for categories.</summary>
    public TailRarity? Number { get; init; }

    /// <summary>Of categories; null for numbers.</summary>
    public CategoryRarity? Category { get; init; }
}

/// <summary>How rare the numbers of a row are together.</summary>
/// <param name="Columns">Expressions of the numbers, in the order of <paramref name="Distance"/>.</param>
/// <param name="Distance">From the middle of the reference.</param>
/// <param name="Rarity">Of those distances.</param>
public sealed record JointRarity(ImmutableArray<string> Columns, MahalanobisDistance Distance, TailRarity Rarity);

/// <summary>A line through points, constant beyond the first and the last.</summary>
/// <param name="X">Strictly ascending.</param>
/// <param name="Y">As many.</param>
public sealed record Curve(ImmutableArray<double> X, ImmutableArray<double> Y)
{
    /// <summary>The value at a place.</summary>
    public double At(double x)
    {
        x = Math.Clamp(x, X[0], X[^1]);
        var found = X.BinarySearch(x);
        if (found >= 0)
            return Y[found];
        var before = ~found - 1;
        return Y[before] + (Y[before + 1] - Y[before]) * (x - X[before]) / (X[before + 1] - X[before]);
    }
}
