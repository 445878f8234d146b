using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Performance;

/// <summary>Realised performance of a model with several classes. Intervals are 95 %.</summary>
public sealed record MulticlassPerformance
{
    /// <summary>Counts of (ground truth, prediction); mergeable.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Share of right predictions (Wilson).</summary>
    public required Estimate Accuracy { get; init; }

    /// <summary>Macro-averaged precision over the classes that occur or are predicted.</summary>
    public required Estimate Precision { get; init; }

    /// <summary>Macro-averaged recall over the classes that occur or are predicted.</summary>
    public required Estimate Recall { get; init; }

    /// <summary>Macro-averaged F1 over the classes that occur or are predicted.</summary>
    public required Estimate F1 { get; init; }

    /// <summary>Macro-averaged precision over all known classes: <see cref="ClassAverage.MacroOfKnown"/>.</summary>
    public required Estimate PrecisionOfKnown { get; init; }

    /// <summary>Macro-averaged recall over all known classes: <see cref="ClassAverage.MacroOfKnown"/>.</summary>
    public required Estimate RecallOfKnown { get; init; }

    /// <summary>Macro-averaged F1 over all known classes: <see cref="ClassAverage.MacroOfKnown"/>.</summary>
    public required Estimate F1OfKnown { get; init; }

    /// <summary>
    /// Mean one-versus-rest area under the ROC curve over the classes in the ground truth; the interval takes the classes' errors as fully
    /// correlated (conservative).
    /// </summary>
    public required Estimate RocAuc { get; init; }

    /// <summary>Mean of -ln p(truth) in nats, p clipped to [1e-15, 1 - 1e-15].</summary>
    public required Estimate LogLoss { get; init; }

    /// <summary>Mean over rows of the sum over classes of (p - y)^2, in [0, 2].</summary>
    public required Estimate Brier { get; init; }

    /// <summary>Expected calibration error of the top class's probability, 10 equal-width bins (lower, upper] (Guo et al. 2017).</summary>
    public required Estimate ExpectedCalibrationError { get; init; }

    /// <summary>Computes everything from rows or groups of rows.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="groundTruth">Class index per row.</param>
    /// <param name="prediction">Class index per row: the model's own decision.</param>
    /// <param name="probabilities">
    /// Row-major, rows x classes; or empty when the model gives none. A row that starts with NaN has none. Rows are divided by their sum,
    /// as long as it lies within 0.01 of 1; other rows make the probability metrics undefined.
    /// </param>
    /// <param name="counts">Rows per group; empty = 1 each.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, a class index is out of range, a count is negative.</exception>
    public static MulticlassPerformance Of(
        int classes,
        ReadOnlySpan<int> groundTruth,
        ReadOnlySpan<int> prediction,
        ReadOnlySpan<double> probabilities = default,
        ReadOnlySpan<double> counts = default
    )
    {
        Require.SameLength(groundTruth.Length, prediction.Length, nameof(prediction));
        if (!probabilities.IsEmpty)
            Require.SameLength(groundTruth.Length * classes, probabilities.Length, nameof(probabilities));
        if (!counts.IsEmpty)
            Require.SameLength(groundTruth.Length, counts.Length, nameof(counts));
        var confusion = new ConfusionMatrix(classes);
        for (var i = 0; i < groundTruth.Length; i++)
            confusion.Add(groundTruth[i], prediction[i], counts.IsEmpty ? 1 : counts[i]);
        var scores = new MulticlassScores(classes);
        for (var i = 0; i < groundTruth.Length && !probabilities.IsEmpty; i++)
            scores.Add(groundTruth[i], probabilities.Slice(i * classes, classes), counts.IsEmpty ? 1 : counts[i]);
        return Of(confusion, scores);
    }

    /// <summary>Computes everything from its two parts.</summary>
    public static MulticlassPerformance Of(ConfusionMatrix confusion, MulticlassScores scores)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        ArgumentNullException.ThrowIfNull(scores);
        return new MulticlassPerformance
        {
            Confusion = confusion,
            Accuracy = confusion.Accuracy(),
            Precision = confusion.Precision(),
            Recall = confusion.Recall(),
            F1 = confusion.F1(),
            PrecisionOfKnown = confusion.Precision(ClassAverage.MacroOfKnown),
            RecallOfKnown = confusion.Recall(ClassAverage.MacroOfKnown),
            F1OfKnown = confusion.F1(ClassAverage.MacroOfKnown),
            RocAuc = scores.RocAuc(),
            LogLoss = scores.LogLoss(),
            Brier = scores.Brier(),
            ExpectedCalibrationError = scores.ExpectedCalibrationError(),
        };
    }
}

/// <summary>Collects rows of class probabilities with their ground truth. Not safe for concurrent use.</summary>
public sealed class MulticlassScores
{
    private readonly int _classes;
    private readonly List<double> _probabilities = [];
    private readonly List<(int GroundTruth, double Count)> _rows = [];
    private readonly CalibrationBins _topLabel = new(edges: BinEdges.Upper);
    private double _total;
    private double _logLoss;
    private double _logLossSquares;
    private double _brier;
    private double _brierSquares;
    private double _invalid;

    /// <summary>An empty collection for rows of <paramref name="classes"/> probabilities.</summary>
    public MulticlassScores(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        _classes = classes;
    }

    private long N => (long)Math.Round(_total);

    /// <summary>
    /// Adds a row (or a group of equal rows). A row that starts with NaN is skipped; one that is no distribution is counted and makes the
    /// metrics undefined.
    /// </summary>
    /// <exception cref="ArgumentException">A wrong number of probabilities, a class out of range, or a bad count.</exception>
    public void Add(int groundTruth, ReadOnlySpan<double> probabilities, double count = 1)
    {
        Require.SameLength(_classes, probabilities.Length, nameof(probabilities));
        Require.Count(count, 0, nameof(count));
        if (groundTruth < 0 || groundTruth >= _classes)
            throw new ArgumentOutOfRangeException(nameof(groundTruth), groundTruth, $"Classes are numbered 0 .. {_classes - 1}.");
        if (double.IsNaN(probabilities[0]) || count == 0)
            return;
        double sum = 0,
            highest = double.NegativeInfinity;
        var valid = true;
        var top = 0;
        for (var k = 0; k < _classes; k++)
        {
            valid &= probabilities[k] is >= 0 and <= 1;
            sum += probabilities[k];
            if (probabilities[k] > highest)
                (top, highest) = (k, probabilities[k]);
        }

        _total += count;
        if (!valid || Math.Abs(sum - 1) > 0.01)
        {
            _invalid += count;
            return;
        }

        var brier = 0.0;
        for (var k = 0; k < _classes; k++)
        {
            _probabilities.Add(probabilities[k]);
            var gap = probabilities[k] - (k == groundTruth ? 1 : 0);
            brier += gap * gap;
        }

        var loss = -Math.Log(Math.Clamp(probabilities[groundTruth] / sum, ProbabilityLoss.Clip, 1 - ProbabilityLoss.Clip));
        _rows.Add((groundTruth, count));
        _topLabel.Add(highest, top == groundTruth, count);
        _logLoss += count * loss;
        _logLossSquares += count * loss * loss;
        _brier += count * brier;
        _brierSquares += count * brier * brier;
    }

    /// <summary>Mean of -ln p(truth), in nats.</summary>
    public Estimate LogLoss() => Problem() ?? Mean(_logLoss, _logLossSquares);

    /// <summary>Mean of the sum over classes of (p - y)^2, in [0, 2].</summary>
    public Estimate Brier() => Problem() ?? Mean(_brier, _brierSquares);

    /// <summary>Expected calibration error of the top class's probability ("correct" = the top class is the ground truth).</summary>
    public Estimate ExpectedCalibrationError() => Problem() ?? _topLabel.ExpectedCalibrationError();

    /// <summary>The reliability curve of the top class's probability.</summary>
    public IReadOnlyList<CalibrationBin> Reliability() => _topLabel.Curve();

    /// <summary>One-versus-rest table of scores of one class.</summary>
    public ScoreCounts OneVersusRest(int cls)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cls);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cls, _classes);
        var rows = new BinaryOutcome[_rows.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = new BinaryOutcome(_rows[i].GroundTruth == cls, false, _probabilities[i * _classes + cls], _rows[i].Count);
        return ScoreCounts.From(rows);
    }

    /// <summary>Mean one-versus-rest ROC area over the classes in the ground truth.</summary>
    public Estimate RocAuc()
    {
        if (Problem() is { } problem)
            return problem;
        double sum = 0,
            errors = 0;
        var used = 0;
        for (var k = 0; k < _classes; k++)
        {
            var area = Roc.Area(OneVersusRest(k));
            if (!area.IsOk)
                continue;
            sum += area.Value!.Value;
            errors += area.StandardError ?? double.NaN;
            used++;
        }

        if (used == 0)
            return Estimate.Undefined(N, null, "the ground truth has one class only");
        var value = Estimate.Of(sum / used, N);
        return double.IsNaN(errors)
            ? value
            : value.With(Confidence.Normal(sum / used, errors / used).Clip(0, 1)).WithStandardError(errors / used);
    }

    private Estimate? Problem()
    {
        if (_total == 0)
            return Estimate.Insufficient(0, null, "no rows with probabilities");
        return _invalid > 0
            ? Estimate.Undefined(N, null, $"the probabilities of {Math.Round(_invalid)} rows lie outside [0, 1] or do not sum to 1")
            : null;
    }

    private Estimate Mean(double sum, double squares)
    {
        var mean = sum / _total;
        var interval = Confidence.Mean(_total, mean, squares - _total * mean * mean);
        return Estimate.Of(mean, N).With(interval is { } known ? known with { Lower = Math.Max(0, known.Lower) } : null);
    }
}
