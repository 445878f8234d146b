using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Performance;

/// <summary>How per-class numbers become one.</summary>
public enum ClassAverage
{
    /// <summary>The plain mean over the classes that occur in the ground truth or among the predictions (scikit-learn's default).</summary>
    Macro = 0,

    /// <summary>The mean weighted by how often the ground truth is the class.</summary>
    Weighted = 1,

    /// <summary>
    /// The plain mean over all known classes; one that neither occurs nor is predicted counts as 0 (scikit-learn's <c>labels</c> = all
    /// classes).
    /// </summary>
    MacroOfKnown = 2,
}

/// <summary>Precision, recall and F1 of one class against the rest.</summary>
/// <param name="Class">Index of the class.</param>
/// <param name="Support">Rows whose ground truth is the class.</param>
/// <param name="Predicted">Rows that were predicted as the class.</param>
/// <param name="Precision">TP / predicted; 0 when never predicted.</param>
/// <param name="Recall">TP / support; 0 when it never occurred.</param>
/// <param name="F1">Harmonic mean.</param>
public readonly record struct ClassPerformance(
    int Class,
    double Support,
    double Predicted,
    Estimate Precision,
    Estimate Recall,
    Estimate F1
);

/// <summary>
/// Counts of (ground truth, prediction) over K classes. Merges by addition. Zero division as in <see cref="BinaryConfusion"/>. A class that
/// occurs neither as ground truth nor as prediction does not enter averages, but for <see cref="ClassAverage.MacroOfKnown"/>.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly double[] _cells;

    /// <summary>An empty matrix of <paramref name="classes"/> x <paramref name="classes"/>.</summary>
    /// <param name="classes">Number of classes, 1 .. 10,000.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 10_000);
        Classes = classes;
        Known = classes;
        _cells = new double[classes * classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>
    /// The first classes, which <see cref="ClassAverage.MacroOfKnown"/> counts whether they occur or not; further ones count where they
    /// occur. All by default.
    /// </summary>
    public int Known { get; init; }

    /// <summary>All rows.</summary>
    public double Total { get; private set; }

    /// <summary>All rows, rounded.</summary>
    public long N => (long)Math.Round(Total);

    /// <summary>Rows with this ground truth and this prediction.</summary>
    public double this[int groundTruth, int prediction]
    {
        get
        {
            CheckClass(groundTruth, nameof(groundTruth));
            CheckClass(prediction, nameof(prediction));
            return _cells[groundTruth * Classes + prediction];
        }
    }

    /// <summary>Adds rows.</summary>
    /// <exception cref="ArgumentException">A class is outside 0 .. Classes - 1, or the count is negative or not finite.</exception>
    public void Add(int groundTruth, int prediction, double count = 1)
    {
        CheckClass(groundTruth, nameof(groundTruth));
        CheckClass(prediction, nameof(prediction));
        Require.Count(count, 0, nameof(count));
        _cells[groundTruth * Classes + prediction] += count;
        Total += count;
    }

    /// <summary>Adds all rows of another matrix.</summary>
    /// <exception cref="ArgumentException">The number of classes differs.</exception>
    public void Merge(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Require.SameLength(Classes, other.Classes, nameof(other));
        for (var i = 0; i < _cells.Length; i++)
            _cells[i] += other._cells[i];
        Total += other.Total;
    }

    /// <summary>One class against the rest.</summary>
    public BinaryConfusion OneVersusRest(int cls)
    {
        CheckClass(cls, nameof(cls));
        var (support, predicted) = Margins(cls);
        var hit = _cells[cls * Classes + cls];
        return new BinaryConfusion(hit, predicted - hit, support - hit, Math.Max(0, Total - support - predicted + hit));
    }

    /// <summary>Per-class numbers of the classes that occur, by index.</summary>
    public IReadOnlyList<ClassPerformance> PerClass()
    {
        var result = new List<ClassPerformance>();
        for (var k = 0; k < Classes; k++)
        {
            var (support, predicted) = Margins(k);
            if (support + predicted == 0)
                continue;
            var one = OneVersusRest(k);
            result.Add(new ClassPerformance(k, support, predicted, one.Precision(), one.Recall(), one.F1()));
        }

        return result;
    }

    /// <summary>Share of right predictions (Wilson). Equals the micro-averaged precision, recall and F1.</summary>
    public Estimate Accuracy()
    {
        var hits = 0.0;
        for (var k = 0; k < Classes; k++)
            hits += _cells[k * Classes + k];
        return Total == 0 ? Estimate.Insufficient(0, null, "no rows") : Estimate.Of(hits / Total, N).With(Wilson.Of(hits, Total));
    }

    /// <summary>
    /// Averaged precision. Intervals of the averages: delta method on the multinomial counts, put into Wilson's form through the effective
    /// number of rows.
    /// </summary>
    public Estimate Precision(ClassAverage average = ClassAverage.Macro) => Average(average, PrecisionOf);

    /// <summary>Averaged recall.</summary>
    public Estimate Recall(ClassAverage average = ClassAverage.Macro) => Average(average, RecallOf);

    /// <summary>Averaged F1: the average of the classes' F1, not the F1 of the averages.</summary>
    public Estimate F1(ClassAverage average = ClassAverage.Macro) => Average(average, F1Of);

    private static ClassScore PrecisionOf(double hit, double support, double predicted) =>
        predicted == 0
            ? default
            : new ClassScore(hit / predicted, (predicted - hit) / (predicted * predicted), 0, -hit / (predicted * predicted));

    private static ClassScore RecallOf(double hit, double support, double predicted) =>
        support == 0 ? default : new ClassScore(hit / support, (support - hit) / (support * support), -hit / (support * support), 0);

    private static ClassScore F1Of(double hit, double support, double predicted)
    {
        var sum = support + predicted;
        return new ClassScore(2 * hit / sum, 2 * (sum - 2 * hit) / (sum * sum), -2 * hit / (sum * sum), -2 * hit / (sum * sum));
    }

    private (double Support, double Predicted) Margins(int cls)
    {
        double support = 0,
            predicted = 0;
        for (var j = 0; j < Classes; j++)
        {
            support += _cells[cls * Classes + j];
            predicted += _cells[j * Classes + cls];
        }

        return (support, predicted);
    }

    private Estimate Average(ClassAverage average, Func<double, double, double, ClassScore> score)
    {
        if (Total == 0)
            return Estimate.Insufficient(0, null, "no rows");
        var (scores, weights) = Scores(average, score);
        var value = 0.0;
        for (var k = 0; k < Classes; k++)
            value += weights[k] * scores[k].Value;
        var rows = EffectiveRows(value, Variance(scores, weights));
        return Estimate.Of(value, N).With(Wilson.Of(Math.Clamp(value, 0, 1) * rows, rows));
    }

    private (ClassScore[] Scores, double[] Weights) Scores(ClassAverage average, Func<double, double, double, ClassScore> score)
    {
        var scores = new ClassScore[Classes];
        var weights = new double[Classes];
        var total = 0.0;
        for (var k = 0; k < Classes; k++)
        {
            var (support, predicted) = Margins(k);
            var occurs = support + predicted > 0;
            if (occurs)
                scores[k] = score(_cells[k * Classes + k], support, predicted);
            weights[k] = average switch
            {
                ClassAverage.Weighted => support,
                ClassAverage.MacroOfKnown => occurs || k < Known ? 1 : 0,
                _ => occurs ? 1 : 0,
            };
            total += weights[k];
        }

        for (var k = 0; k < Classes; k++)
            weights[k] /= total;
        return (scores, weights);
    }

    private static double Slope(ClassScore[] scores, double[] weights, int i, int j) =>
        i == j ? weights[i] * scores[i].OnHit : weights[i] * scores[i].OnSupport + weights[j] * scores[j].OnPredicted;

    /// <summary>Variance of the average when the rows are independent draws (weights of the weighted average taken as known).</summary>
    private double Variance(ClassScore[] scores, double[] weights)
    {
        double first = 0,
            second = 0;
        for (var i = 0; i < Classes; i++)
        {
            for (var j = 0; j < Classes; j++)
            {
                var cell = _cells[i * Classes + j];
                var gradient = cell == 0 ? 0 : Slope(scores, weights, i, j);
                first += cell * gradient;
                second += cell * gradient * gradient;
            }
        }

        return Math.Max(0, second - first * first / Total);
    }

    private double EffectiveRows(double value, double variance) =>
        variance > 0 && value is > 0 and < 1 ? value * (1 - value) / variance : Total;

    private void CheckClass(int index, string name)
    {
        if (index < 0 || index >= Classes)
            throw new ArgumentOutOfRangeException(name, index, $"Classes are numbered 0 .. {Classes - 1}.");
    }

    /// <summary>
    /// A class's number and its derivatives with respect to the counts of a hit, a missed row of the class, and a false alarm for the
    /// class.
    /// </summary>
    private readonly record struct ClassScore(double Value, double OnHit, double OnSupport, double OnPredicted);
}
