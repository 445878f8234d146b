using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Alarms;

/// <summary>
/// P-values of a window's score from the scores of the learning windows. With 60 windows or more: the conformal rank, and beyond it power
/// laws with Hill's index (1975), lowered by its standard error and limited, so that the tail stays heavier than that of any chi-square.
/// The laws begin at the 8 largest, the 16 largest and the largest 5 %, and the largest p-value counts: rare bursts on top of an ordinary
/// body show only in the few largest. With fewer: an F distribution with the moments of the scores and few degrees of freedom in the
/// denominator. Scores that resemble their predecessors count for fewer: m windows of autocorrelation time T say no more than m / T. All
/// this is meant to err towards large p-values.
/// </summary>
internal sealed class ScoreTail
{
    private const int ConformalFrom = 60;
    private const double HeaviestIndex = 0.5;
    private const double LightestIndex = 8;
    private const double Smallest = 1e-15;

    private readonly double[] _sorted;
    private readonly int _top;
    private readonly (int Count, double Start, double Index)[] _laws = [];
    private readonly double _mean;
    private readonly double _freedom;

    /// <param name="scores">In the order of time.</param>
    /// <param name="width">Columns a score is made of: the most degrees of freedom it can have.</param>
    public ScoreTail(double[] scores, int width)
    {
        _sorted = (double[])scores.Clone();
        Array.Sort(_sorted);
        _mean = _sorted.Average();
        var variance = _sorted.Sum(s => (s - _mean) * (s - _mean)) / Math.Max(1, _sorted.Length - 1);
        _freedom = variance > 0 && _mean > 0 ? Math.Clamp(2 * _mean * _mean / variance, 0.5, Math.Max(1, width)) : 1;
        Time = 1;
        if (_sorted.Length < ConformalFrom)
            return;
        Time = AutocorrelationTime(scores, _sorted[^(_sorted.Length / 20)]);
        // Ten independent exceedances are wanted for the index, but no more than a fifth of the windows are tail.
        _top = (int)Math.Clamp(10 * Time, Math.Max(10, _sorted.Length / 20), Math.Max(10, _sorted.Length / 5));
        _laws = [.. new[] { 8, 16, _top }.Where(count => count <= _top).Distinct().Select(Law)];
    }

    /// <summary>Windows that say as much as one independent one, at least 1.</summary>
    public double Time { get; }

    /// <summary>Where the tail begins: most scores are smaller.</summary>
    public double Ordinary => _top == 0 ? _sorted[^1] : Threshold;

    private double Threshold => _sorted[^_top];

    public double PValue(double score)
    {
        if (_mean <= 0)
            return score > 0 ? 1.0 / (_sorted.Length + 1) : 1;
        if (_top == 0)
            return Math.Max(Smallest, Tails.Fisher(score / _mean, _freedom, Math.Max(4, _sorted.Length / 3.0)));
        var p = score <= _laws[0].Start ? Rank(AtLeast(score)) : Smallest;
        foreach (var (count, start, index) in _laws)
        {
            if (score > start)
                p = Math.Max(p, Rank(count) * Math.Pow(score / start, -index));
        }

        return p;
    }

    /// <summary>A score that is so rare, as far as the tail can tell: the inverse of <see cref="PValue"/> for small p-values.</summary>
    public double ScoreOf(double pValue) =>
        _top == 0
            ? _sorted[^1]
            : _laws.Max(law => Rank(law.Count) <= pValue ? law.Start : law.Start * Math.Pow(Rank(law.Count) / pValue, 1 / law.Index));

    private (int Count, double Start, double Index) Law(int count)
    {
        var start = Math.Max(1e-300, _sorted[^count]);
        var excess = 0.0;
        for (var i = 1; i < count; i++)
            excess += Math.Log(_sorted[^i] / start);
        // Exceedances that came together are worth fewer.
        var caution = 1 - 1 / Math.Sqrt(Math.Max(1, count / Time));
        return (count, start, excess > 0 ? Math.Clamp((count - 1) / excess * caution, HeaviestIndex, LightestIndex) : LightestIndex);
    }

    private double Rank(int atLeast) => (1 + atLeast / Time) / (1 + _sorted.Length / Time);

    // 1 + twice the sum of the autocorrelations up to the first that is lost in noise; of scores cut off at the threshold, so that single
    // bursts do not hide the rest.
    private static double AutocorrelationTime(double[] scores, double cut)
    {
        var series = Array.ConvertAll(scores, s => Math.Min(s, cut));
        var mean = series.Average();
        var variance = series.Sum(s => (s - mean) * (s - mean));
        var (time, noise) = (1.0, 2 / Math.Sqrt(series.Length));
        for (var lag = 1; lag < series.Length / 4 && variance > 0; lag++)
        {
            var product = 0.0;
            for (var i = lag; i < series.Length; i++)
                product += (series[i] - mean) * (series[i - lag] - mean);
            if (product / variance < noise)
                break;
            time += 2 * product / variance;
        }

        return time;
    }

    private int AtLeast(double score)
    {
        int low = 0,
            high = _sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle] < score)
                low = middle + 1;
            else
                high = middle;
        }

        return _sorted.Length - low;
    }
}
