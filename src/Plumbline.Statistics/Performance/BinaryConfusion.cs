using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Performance;

/// <summary>
/// The four counts of a binary classifier. Counts need not be whole: expected counts and weights are allowed. Merges by addition.
/// Zero division follows scikit-learn's <c>zero_division=0</c>: precision without predicted positives, recall without positives and F1
/// without either are 0 (with no interval); without any rows everything is <see cref="EstimateStatus.InsufficientData"/>.
/// </summary>
/// <param name="TruePositive">Predicted positive, truly positive.</param>
/// <param name="FalsePositive">Predicted positive, truly negative.</param>
/// <param name="FalseNegative">Predicted negative, truly positive.</param>
/// <param name="TrueNegative">Predicted negative, truly negative.</param>
public readonly record struct BinaryConfusion(double TruePositive, double FalsePositive, double FalseNegative, double TrueNegative)
{
    /// <summary>All rows.</summary>
    public double Total => TruePositive + FalsePositive + FalseNegative + TrueNegative;

    /// <summary>All rows, rounded.</summary>
    public long N => (long)Math.Round(Total);

    /// <summary>Adds two matrices: merging windows or shards.</summary>
    public static BinaryConfusion operator +(BinaryConfusion a, BinaryConfusion b) =>
        new(
            a.TruePositive + b.TruePositive,
            a.FalsePositive + b.FalsePositive,
            a.FalseNegative + b.FalseNegative,
            a.TrueNegative + b.TrueNegative
        );

    /// <summary>Adds two matrices.</summary>
    public BinaryConfusion Add(BinaryConfusion other) => this + other;

    /// <summary>The matrix with <paramref name="count"/> more rows of one kind.</summary>
    public BinaryConfusion With(bool groundTruth, bool prediction, double count) =>
        (groundTruth, prediction) switch
        {
            (true, true) => this with { TruePositive = TruePositive + count },
            (false, true) => this with { FalsePositive = FalsePositive + count },
            (true, false) => this with { FalseNegative = FalseNegative + count },
            _ => this with { TrueNegative = TrueNegative + count },
        };

    /// <summary>(TP + TN) / all, with Wilson's interval.</summary>
    public Estimate Accuracy() => Rate(TruePositive + TrueNegative, Total);

    /// <summary>TP / (TP + FP), with Wilson's interval.</summary>
    public Estimate Precision() => Rate(TruePositive, TruePositive + FalsePositive);

    /// <summary>TP / (TP + FN), with Wilson's interval.</summary>
    public Estimate Recall() => Rate(TruePositive, TruePositive + FalseNegative);

    /// <summary>TN / (TN + FP), with Wilson's interval.</summary>
    public Estimate Specificity() => Rate(TrueNegative, TrueNegative + FalsePositive);

    /// <summary>
    /// 2 TP / (2 TP + FP + FN). Interval: with J = TP / (TP + FP + FN), a proportion among the rows that are not true negatives, F1 = 2J /
    /// (1 + J) is monotone, so Wilson's interval of J carries over.
    /// </summary>
    public Estimate F1()
    {
        var relevant = TruePositive + FalsePositive + FalseNegative;
        if (Total == 0)
            return NoRows();
        if (relevant == 0)
            return Estimate.Of(0, N);
        var j = Wilson.Of(TruePositive, relevant)!.Value;
        return Estimate.Of(FromJaccard(TruePositive / relevant), N).With(new Interval(FromJaccard(j.Lower), FromJaccard(j.Upper)));
    }

    /// <summary>The mean of recall and specificity; undefined when a class is absent.</summary>
    public Estimate BalancedAccuracy()
    {
        var positives = TruePositive + FalseNegative;
        var negatives = TrueNegative + FalsePositive;
        if (Total == 0)
            return NoRows();
        return positives == 0 || negatives == 0
            ? Estimate.Undefined(N, null, "the ground truth has one class only")
            : Estimate.Of((TruePositive / positives + TrueNegative / negatives) / 2, N);
    }

    /// <summary>Matthews correlation in [-1, 1]; 0 when a margin is empty, as scikit-learn has it.</summary>
    public Estimate MatthewsCorrelation()
    {
        if (Total == 0)
            return NoRows();
        var product =
            (TruePositive + FalsePositive)
            * (TruePositive + FalseNegative)
            * (TrueNegative + FalsePositive)
            * (TrueNegative + FalseNegative);
        return Estimate.Of(product == 0 ? 0 : (TruePositive * TrueNegative - FalsePositive * FalseNegative) / Math.Sqrt(product), N);
    }

    private static double FromJaccard(double j) => 2 * j / (1 + j);

    private static Estimate NoRows() => Estimate.Insufficient(0, null, "no rows");

    private Estimate Rate(double successes, double trials)
    {
        if (Total == 0)
            return NoRows();
        return trials == 0 ? Estimate.Of(0, N) : Estimate.Of(successes / trials, N).With(Wilson.Of(successes, trials));
    }
}
