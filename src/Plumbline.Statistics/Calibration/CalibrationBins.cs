using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Calibration;

/// <summary>One bin of a reliability curve.</summary>
/// <param name="Lower">Left end of the bin; whose it is, <see cref="BinEdges"/> says.</param>
/// <param name="Upper">Right end of the bin.</param>
/// <param name="MeanScore">Mean predicted probability of the rows in it.</param>
/// <param name="Frequency">Share of the rows that came true, with Wilson's interval.</param>
/// <param name="Count">Rows in it.</param>
public readonly record struct CalibrationBin(double Lower, double Upper, double MeanScore, Estimate Frequency, double Count);

/// <summary>
/// Which end belongs to a bin of probabilities: a model that answers in steps of a tenth has all its rows on the edges of ten bins.
/// </summary>
public enum BinEdges
{
    /// <summary>
    /// [lower, upper), the last bin with both ends: usual for P(positive) of two classes (scikit-learn's calibration curve, Murphy's
    /// decomposition).
    /// </summary>
    Lower = 0,

    /// <summary>(lower, upper], the first bin with both ends: usual for the top class's confidence (Guo et al. 2017).</summary>
    Upper = 1,
}

/// <summary>
/// Rows counted into equal-width bins of their predicted probability: bin = min(floor(B p), B - 1), or max(ceil(B p), 1) - 1 with
/// <see cref="BinEdges.Upper"/>. Holds per bin the count, the positives, the sum of probabilities and the sum of squared gaps; merges by
/// addition. For top-label calibration the "score" is the confidence and "positive" means correct.
/// </summary>
public sealed class CalibrationBins
{
    private const int Replicates = 1000;
    private const ulong Seed = 20_240_601;
    private const int UsualBins = 10;

    // The seed is always the same one, and so are its draws: most of the time of an interval was to make them again.
    private static readonly Lazy<double[]> UsualDraws = new(() => Draw(new RandomSource(Seed), UsualBins));

    private readonly double[] _counts;
    private readonly double[] _positives;
    private readonly double[] _scores;
    private readonly double[] _squaredGaps;
    private readonly BinEdges _edges;

    /// <summary>Empty bins.</summary>
    /// <param name="bins">Number of bins, 1 .. 1000.</param>
    /// <param name="edges">Which bin a probability on the edge of two belongs to.</param>
    public CalibrationBins(int bins = 10, BinEdges edges = BinEdges.Lower)
    {
        _edges = edges;
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, 1000);
        _counts = new double[bins];
        _positives = new double[bins];
        _scores = new double[bins];
        _squaredGaps = new double[bins];
    }

    /// <summary>Number of bins.</summary>
    public int BinCount => _counts.Length;

    /// <summary>All rows.</summary>
    public double Total { get; private set; }

    /// <summary>Adds rows of one score.</summary>
    /// <param name="score">Probability in [0, 1].</param>
    /// <param name="positive">Whether it came true.</param>
    /// <param name="count">How many rows; weights are allowed.</param>
    /// <exception cref="ArgumentException">The score is no probability, or the count is negative or not finite.</exception>
    public void Add(double score, bool positive, double count = 1)
    {
        Require.Probability(score);
        Require.Count(count, 0, nameof(count));
        var bin = BinOf(score);
        var gap = (positive ? 1 : 0) - score;
        _counts[bin] += count;
        _scores[bin] += count * score;
        _squaredGaps[bin] += count * gap * gap;
        if (positive)
            _positives[bin] += count;
        Total += count;
    }

    /// <summary>Adds all rows of a table of scores, which must be probabilities.</summary>
    public void Add(ScoreCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        for (var i = 0; i < counts.Scores.Length; i++)
        {
            Add(counts.Scores[i], positive: true, counts.Positives[i]);
            Add(counts.Scores[i], positive: false, counts.Negatives[i]);
        }
    }

    /// <summary>Adds the rows of other bins.</summary>
    /// <exception cref="ArgumentException">The number of bins or their edges differ.</exception>
    public void Merge(CalibrationBins other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Require.SameLength(BinCount, other.BinCount, nameof(other));
        if (other._edges != _edges)
            throw new ArgumentException("The edges belong to other bins.", nameof(other));
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
            _positives[i] += other._positives[i];
            _scores[i] += other._scores[i];
            _squaredGaps[i] += other._squaredGaps[i];
        }

        Total += other.Total;
    }

    /// <summary>The non-empty bins in ascending order: the reliability curve.</summary>
    public IReadOnlyList<CalibrationBin> Curve()
    {
        var curve = new List<CalibrationBin>(_counts.Length);
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
            {
                curve.Add(
                    new CalibrationBin(
                        (double)i / _counts.Length,
                        (i + 1.0) / _counts.Length,
                        _scores[i] / _counts[i],
                        Wilson.Proportion(_positives[i], _counts[i]),
                        _counts[i]
                    )
                );
            }
        }

        return curve;
    }

    /// <summary>
    /// Expected calibration error: sum of (n_b / n) |mean score - frequency|, in [0, 1]. Biased upward for few rows. Interval: basic
    /// bootstrap (the reflection of the percentile interval, which takes the bias back), with the sum of gaps of each bin resampled from
    /// its normal limit; seeded, so the same rows give the same interval. It is widened to contain the value where the bias exceeds the
    /// noise.
    /// </summary>
    public Estimate ExpectedCalibrationError(RandomSource? random = null)
    {
        if (Total == 0)
            return Estimate.Insufficient(0, null, "no rows with a score");
        var value = 0.0;
        for (var i = 0; i < _counts.Length; i++)
            value += Math.Abs(_positives[i] - _scores[i]);
        value /= Total;
        var n = (long)Math.Round(Total);
        return n < 2 ? Estimate.Of(value, n) : Estimate.Of(value, n).With(Bootstrapped(value, random));
    }

    /// <summary>
    /// Maximum calibration error: the largest |mean score - frequency| of a non-empty bin, in [0, 1]. Governed by the emptiest bins.
    /// </summary>
    public Estimate MaximumCalibrationError()
    {
        if (Total == 0)
            return Estimate.Insufficient(0, null, "no rows with a score");
        var largest = 0.0;
        for (var i = 0; i < _counts.Length; i++)
            largest = _counts[i] == 0 ? largest : Math.Max(largest, Math.Abs(_positives[i] - _scores[i]) / _counts[i]);
        return Estimate.Of(largest, (long)Math.Round(Total));
    }

    // The product may round over an edge: the edges themselves decide.
    private int BinOf(double score)
    {
        double bins = _counts.Length;
        var bin = Math.Min((int)(bins * score), _counts.Length - 1);
        if (_edges == BinEdges.Lower)
        {
            return score < bin / bins ? bin - 1
                : bin + 1 < _counts.Length && score >= (bin + 1) / bins ? bin + 1
                : bin;
        }

        return bin > 0 && score <= bin / bins ? bin - 1
            : score > (bin + 1) / bins ? bin + 1
            : bin;
    }

    /// <summary>Count, positives and sum of scores of one bin.</summary>
    internal (double Count, double Positives, double Scores) At(int bin) => (_counts[bin], _positives[bin], _scores[bin]);

    private Interval Bootstrapped(double value, RandomSource? random)
    {
        // Both the gap of a row and the number of rows in the bin vary: the variance of the sum is about the sum of squared gaps.
        var occupied = Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0);
        (double Gap, double Deviation)[] bins = [.. occupied.Select(i => (_positives[i] - _scores[i], Math.Sqrt(_squaredGaps[i])))];
        var draws = random is null && bins.Length <= UsualBins ? UsualDraws.Value : Draw(random ?? new RandomSource(Seed), bins.Length);
        var values = new double[Replicates];
        var drawn = 0;
        for (var r = 0; r < Replicates; r++)
        {
            var sum = 0.0;
            foreach (var (gap, deviation) in bins)
                sum += Math.Abs(gap + deviation * draws[drawn++]);
            values[r] = sum / Total;
        }

        Array.Sort(values);
        var low = Binning.Quantile.OfSorted(values, 0.025);
        var high = Binning.Quantile.OfSorted(values, 0.975);
        return new Interval(Math.Clamp(2 * value - high, 0, value), Math.Clamp(2 * value - low, value, 1));
    }

    private static double[] Draw(RandomSource random, int bins)
    {
        var draws = new double[Replicates * bins];
        for (var i = 0; i < draws.Length; i++)
            draws[i] = random.NextGaussian();
        return draws;
    }
}
