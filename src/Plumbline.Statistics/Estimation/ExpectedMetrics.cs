using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Estimation;

/// <summary>Expected counts with the metrics that follow, and the variance of each when labels are independent coin flips.</summary>
internal readonly record struct ExpectedMetrics(
    BinaryConfusion Confusion,
    double VarianceAmongPositive,
    double VarianceAmongNegative,
    ExpectedRanking Ranking
)
{
    private double PredictedPositives => Confusion.TruePositive + Confusion.FalsePositive;

    private double ExpectedPositives => Confusion.TruePositive + Confusion.FalseNegative;

    public double Accuracy => (Confusion.TruePositive + Confusion.TrueNegative) / Confusion.Total;

    // Exact: the number of right decisions is Poisson-binomial.
    public double AccuracyVariance => (VarianceAmongPositive + VarianceAmongNegative) / (Confusion.Total * Confusion.Total);

    public double Precision => PredictedPositives == 0 ? 0 : Confusion.TruePositive / PredictedPositives;

    public double PrecisionVariance => PredictedPositives == 0 ? 0 : VarianceAmongPositive / (PredictedPositives * PredictedPositives);

    public double Recall => ExpectedPositives == 0 ? 0 : Confusion.TruePositive / ExpectedPositives;

    // R = A / (A + B) with independent A, B.
    public double RecallVariance =>
        ExpectedPositives == 0
            ? 0
            : ((1 - Recall) * (1 - Recall) * VarianceAmongPositive + Recall * Recall * VarianceAmongNegative)
                / (ExpectedPositives * ExpectedPositives);

    public double F1 =>
        PredictedPositives + ExpectedPositives == 0 ? 0 : 2 * Confusion.TruePositive / (PredictedPositives + ExpectedPositives);

    // F1 = 2A / (predicted + A + B); predicted is fixed.
    public double F1Variance
    {
        get
        {
            var sum = PredictedPositives + ExpectedPositives;
            return sum == 0 ? 0 : ((2 - F1) * (2 - F1) * VarianceAmongPositive + F1 * F1 * VarianceAmongNegative) / (sum * sum);
        }
    }

    public static ExpectedMetrics Of(ExpectedGroups groups, ReadOnlySpan<double> calibrated, bool withVariance)
    {
        double tp = 0,
            fp = 0,
            fn = 0,
            tn = 0,
            amongPositive = 0,
            amongNegative = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var c = calibrated[i];
            var (positive, negative) = (groups.PredictedPositive[i], groups.PredictedNegative[i]);
            tp += positive * c;
            fp += positive * (1 - c);
            fn += negative * c;
            tn += negative * (1 - c);
            amongPositive += positive * c * (1 - c);
            amongNegative += negative * c * (1 - c);
        }

        return new ExpectedMetrics(
            new BinaryConfusion(tp, fp, fn, tn),
            amongPositive,
            amongNegative,
            ExpectedRanking.Of(groups, calibrated, withVariance)
        );
    }
}

/// <summary>
/// Mean squares of the metrics' deviations over bootstrap refits of the calibration, taken around the metric of the fit itself, not around
/// the refits' mean: an isotonic fit follows its own noise and so flatters the ranking, a refit does it once more, and the distance between
/// the two says how much. (Around the mean, intervals of the ROC area held 90 % rather than 95 % with a reference of 1,000 rows.)
/// </summary>
internal readonly record struct CalibrationSpread(
    double Accuracy,
    double Precision,
    double Recall,
    double F1,
    double Area,
    double CountPositive,
    double CountNegative,
    double CountBoth
)
{
    /// <summary>
    /// Mean over the refits of <see cref="ExpectedMetrics.VarianceAmongPositive"/>: above 0 where the fit itself is sure of everything.
    /// </summary>
    public double VarianceAmongPositive { get; init; }

    /// <summary>The same of the predicted negatives.</summary>
    public double VarianceAmongNegative { get; init; }

    private const int GridRows = 1000;

    public static CalibrationSpread Of(BinaryCalibration calibration, ExpectedGroups groups)
    {
        var refits = calibration.Refits;
        if (refits.Count < 2)
            return default;
        // The spread needs no more resolution than a thousand groups; the point estimate is not touched by this.
        var coarse = Coarsen(groups);
        var calibrated = new double[coarse.Count];
        var accuracy = new double[refits.Count];
        var precision = new double[refits.Count];
        var recall = new double[refits.Count];
        var f1 = new double[refits.Count];
        var area = new double[refits.Count];
        var positive = new double[refits.Count];
        var negative = new double[refits.Count];
        double amongPositive = 0,
            amongNegative = 0;
        for (var r = 0; r < refits.Count; r++)
        {
            refits[r].PredictAscending(coarse.Scores, calibrated);
            var metrics = ExpectedMetrics.Of(coarse, calibrated, withVariance: false);
            (accuracy[r], precision[r], recall[r], f1[r]) = (metrics.Accuracy, metrics.Precision, metrics.Recall, metrics.F1);
            area[r] = double.IsNaN(metrics.Ranking.Area) ? 0.5 : metrics.Ranking.Area;
            (amongPositive, amongNegative) = (
                amongPositive + metrics.VarianceAmongPositive / refits.Count,
                amongNegative + metrics.VarianceAmongNegative / refits.Count
            );
            (positive[r], negative[r]) = (metrics.Confusion.TruePositive, metrics.Confusion.FalseNegative);
        }

        for (var i = 0; i < calibrated.Length; i++)
            calibrated[i] = calibration.Predict(coarse.Scores[i]);
        var fit = ExpectedMetrics.Of(coarse, calibrated, withVariance: false);
        var fitArea = double.IsNaN(fit.Ranking.Area) ? 0.5 : fit.Ranking.Area;
        var (tp, fn) = (fit.Confusion.TruePositive, fit.Confusion.FalseNegative);
        return new CalibrationSpread(
            Square(accuracy, fit.Accuracy),
            Square(precision, fit.Precision),
            Square(recall, fit.Recall),
            Square(f1, fit.F1),
            Square(area, fitArea),
            Square(positive, tp),
            Square(negative, fn),
            Product(positive, tp, negative, fn)
        )
        {
            VarianceAmongPositive = amongPositive,
            VarianceAmongNegative = amongNegative,
        };
    }

    private static double Square(double[] values, double around) => Product(values, around, values, around);

    private static double Product(double[] a, double aroundA, double[] b, double aroundB)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - aroundA) * (b[i] - aroundB);
        return sum / a.Length;
    }

    private static ExpectedGroups Coarsen(ExpectedGroups groups)
    {
        if (groups.Count <= GridRows)
            return groups;
        var total = 0.0;
        for (var i = 0; i < groups.Count; i++)
            total += groups.RowsAt(i);
        List<double> scores = [],
            positive = [],
            negative = [];
        double before = 0;
        var last = -1;
        for (var i = 0; i < groups.Count; i++)
        {
            var rows = groups.RowsAt(i);
            var cell = (int)Math.Min(GridRows - 1, (before + rows / 2) / total * GridRows);
            before += rows;
            if (cell != last)
            {
                scores.Add(0);
                positive.Add(0);
                negative.Add(0);
                last = cell;
            }

            scores[^1] += rows * groups.Scores[i];
            positive[^1] += groups.PredictedPositive[i];
            negative[^1] += groups.PredictedNegative[i];
        }

        for (var i = 0; i < scores.Count; i++)
            scores[i] /= positive[i] + negative[i];
        return new ExpectedGroups([.. scores], [.. positive], [.. negative]);
    }
}
