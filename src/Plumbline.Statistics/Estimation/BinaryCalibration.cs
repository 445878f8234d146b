using System.Globalization;
using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Estimation;

/// <summary>The map from score to probability that a reference supports, with bootstrap refits of it.</summary>
internal sealed class BinaryCalibration
{
    private const int RefitGroups = 2000;

    private readonly IsotonicRegression _isotonic;
    private readonly double _minimum;
    private readonly double _maximum;
    private readonly double _positives;
    private readonly bool _isSeparated;

    private BinaryCalibration(ScoreCounts counts, bool usesIsotonic, IReadOnlyList<IsotonicRegression> refits)
    {
        _isotonic = IsotonicRegression.Fit(counts);
        _minimum = counts.Scores[0];
        _maximum = counts.Scores[^1];
        _positives = counts.TotalPositives;
        _isSeparated = Roc.Area(counts).Value is > 0.999;
        ReferenceRows = counts.N;
        UsesIsotonic = usesIsotonic;
        Refits = refits;
    }

    public bool UsesIsotonic { get; }

    public long ReferenceRows { get; }

    public IReadOnlyList<IsotonicRegression> Refits { get; }

    public static BinaryCalibration Fit(
        ReadOnlySpan<double> scores,
        ReadOnlySpan<bool> groundTruth,
        ReadOnlySpan<double> weights,
        EstimatorOptions options
    )
    {
        var counts = ScoreCounts.From(scores, groundTruth, weights);
        if (counts.Total == 0)
            throw new ArgumentException("The reference has no row with a score.", nameof(scores));
        Require.Finite(counts.Scores, nameof(scores));
        var areProbabilities = counts.WhyNotProbabilities() is null;
        if (options.Calibration == CalibrationUse.Never && !areProbabilities)
            throw new ArgumentException($"{counts.WhyNotProbabilities()}; without calibration they must be probabilities.", nameof(scores));
        var random = new RandomSource(options.Seed);
        var use =
            options.Calibration == CalibrationUse.Always
            || (
                options.Calibration == CalibrationUse.Auto
                && (!areProbabilities || Helps(scores, groundTruth, weights, options.Folds, random))
            );
        return new BinaryCalibration(counts, use, Bootstrap(counts, SizeOfWeights(weights), options.Refits, random));
    }

    public double Predict(double score) => UsesIsotonic ? _isotonic.Predict(score) : score;

    /// <summary>Assumptions that look broken for these rows.</summary>
    public IReadOnlyList<string> Warnings(ExpectedGroups groups)
    {
        List<string> warnings = [];
        double outside = 0,
            total = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            total += groups.RowsAt(i);
            outside += groups.Scores[i] < _minimum || groups.Scores[i] > _maximum ? groups.RowsAt(i) : 0;
        }

        if (outside > 0.01 * total)
        {
            warnings.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * outside / total:0.#} % of the scores lie outside the range seen in the reference: their calibration is a guess"
                )
            );
        }

        if (_positives is 0 || _positives >= ReferenceRows)
            warnings.Add("the reference holds one class only: nothing can be said about the other");
        else if (Math.Min(_positives, ReferenceRows - _positives) < 30)
            warnings.Add("the reference holds fewer than 30 rows of one class: the calibration is uncertain");
        if (_isSeparated)
            warnings.Add("the scores separate the reference almost perfectly: was it used to train the model?");
        return warnings;
    }

    // Held-out predictions of all folds are pooled, then one calibration error is compared before and after.
    private static bool Helps(
        ReadOnlySpan<double> scores,
        ReadOnlySpan<bool> groundTruth,
        ReadOnlySpan<double> weights,
        int folds,
        RandomSource random
    )
    {
        var rows = new List<int>(scores.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            if (!double.IsNaN(scores[i]))
                rows.Add(i);
        }

        var order = rows.ToArray();
        random.Shuffle(order.AsSpan());
        if (order.Length < 2 * folds)
            return true;
        // One sort serves all folds: a fold's training rows are the others, in the same order.
        var raw = new double[order.Length];
        var held = new (bool Truth, double Weight, int Fold)[order.Length];
        for (var k = 0; k < order.Length; k++)
        {
            (raw[k], held[k]) = (
                scores[order[k]],
                (groundTruth[order[k]], weights.IsEmpty ? 1 : weights[order[k]], (int)((long)k * folds / order.Length))
            );
        }

        Array.Sort(raw, held);
        var truth = Array.ConvertAll(held, h => h.Truth);
        var weight = Array.ConvertAll(held, h => h.Weight);
        var calibrated = new double[raw.Length];
        var target = Array.ConvertAll(truth, t => t ? 1.0 : 0);
        var train = new double[raw.Length];
        for (var fold = 0; fold < folds; fold++)
        {
            var total = 0.0;
            for (var k = 0; k < raw.Length; k++)
                total += train[k] = held[k].Fold == fold ? 0 : weight[k];
            if (total == 0)
                return true;
            var fit = IsotonicRegression.FitAscending(raw, target, train);
            for (var k = 0; k < raw.Length; k++)
            {
                if (held[k].Fold == fold)
                    calibrated[k] = Math.Clamp(fit.Predict(raw[k]), 0, 1);
            }
        }

        var before = EqualMassCalibration.Errors(ScoreCounts.From(raw, truth, weight)).Expected.Value;
        var after = EqualMassCalibration.Errors(ScoreCounts.From(calibrated, truth, weight)).Expected.Value;
        return before > after;
    }

    // Resampling rows with replacement = resampling the counts of groups; Poisson counts differ from multinomial ones only by the total,
    // which cancels.
    private static List<IsotonicRegression> Bootstrap(ScoreCounts counts, double factor, int refits, RandomSource random)
    {
        var groups = Coarsen(counts);
        var fits = new List<IsotonicRegression>(refits);
        var (x, y, w) = (new double[groups.Count], new double[groups.Count], new double[groups.Count]);
        for (var r = 0; r < refits; r++)
        {
            var total = 0.0;
            for (var i = 0; i < groups.Count; i++)
            {
                var positives = Draw(groups[i].Positives, factor, random);
                var negatives = Draw(groups[i].Negatives, factor, random);
                (x[i], w[i]) = (groups[i].Score, positives + negatives);
                y[i] = w[i] > 0 ? positives / w[i] : 0;
                total += w[i];
            }

            // The lowest scores may be all negatives, the highest all positives: resampling them never gives anything else, though the next
            // row may. Half a row of the
            // other kind at either end (Jeffreys' prior) says so.
            if (total > 0)
                AddEnds(x, y, w, factor, random);
            if (total > 0)
                fits.Add(IsotonicRegression.FitAscending(x, y, w));
        }

        return fits;
    }

    private static void AddEnds(double[] x, double[] y, double[] w, double factor, RandomSource random)
    {
        Add(0, 1);
        Add(x.Length - 1, 0);

        void Add(int at, double value)
        {
            // Gamma(1/2) is half a squared normal.
            var gaussian = random.NextGaussian();
            var weight = factor * gaussian * gaussian / 2;
            y[at] = (y[at] * w[at] + value * weight) / (w[at] + weight);
            w[at] += weight;
        }
    }

    // A weighted count w made of rows of about `factor` each varies like factor * Poisson(w / factor).
    private static double Draw(double count, double factor, RandomSource random) =>
        count == 0 ? 0 : factor * random.NextPoisson(count / factor);

    private static double SizeOfWeights(ReadOnlySpan<double> weights)
    {
        double sum = 0,
            squares = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            squares += weight * weight;
        }

        return sum > 0 ? squares / sum : 1;
    }

    private static List<(double Score, double Positives, double Negatives)> Coarsen(ScoreCounts counts)
    {
        var cells = Math.Min(RefitGroups, counts.Scores.Length);
        var groups = new List<(double Score, double Positives, double Negatives)>(cells);
        double before = 0;
        var last = -1;
        for (var i = 0; i < counts.Scores.Length; i++)
        {
            var (positives, negatives) = (counts.Positives[i], counts.Negatives[i]);
            var rows = positives + negatives;
            var cell = counts.Scores.Length <= RefitGroups ? i : (int)Math.Min(cells - 1, (before + rows / 2) / counts.Total * cells);
            before += rows;
            if (cell != last)
                groups.Add((counts.Scores[i], positives, negatives));
            else
                groups[^1] = (counts.Scores[i], groups[^1].Positives + positives, groups[^1].Negatives + negatives);
            last = cell;
        }

        return groups;
    }
}
