using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Alarms;

/// <summary>
/// P-values of a window's score from the scores of the learning windows. With 60 windows or more: the conformal rank, and beyond the largest 5 % (10 at least) a power law with
/// Hill's index (1975), lowered by its standard error and limited, so that the tail stays heavier than that of any chi-square. With fewer: an F distribution with the
/// moments of the scores and few degrees of freedom in the denominator. Both are meant to err towards large p-values.
/// </summary>
internal sealed class ScoreTail
{
    private const int ConformalFrom = 60;
    private const double HeaviestIndex = 1;
    private const double LightestIndex = 8;
    private const double Smallest = 1e-15;

    private readonly double[] _sorted;
    private readonly int _top;
    private readonly double _index;
    private readonly double _mean;
    private readonly double _freedom;

    public ScoreTail(double[] scores, int width)
    {
        _sorted = (double[])scores.Clone();
        Array.Sort(_sorted);
        _mean = _sorted.Average();
        var variance = _sorted.Sum(s => (s - _mean) * (s - _mean)) / Math.Max(1, _sorted.Length - 1);
        _freedom = variance > 0 && _mean > 0 ? Math.Clamp(2 * _mean * _mean / variance, 0.5, Math.Max(1, width)) : 1;
        if (_sorted.Length < ConformalFrom)
            return;
        _top = Math.Max(10, _sorted.Length / 20);
        var excess = 0.0;
        for (var i = 1; i < _top; i++)
            excess += Math.Log(Math.Max(1e-300, _sorted[^i]) / Math.Max(1e-300, Threshold));
        _index = excess > 0 ? Math.Clamp((_top - 1) / excess * (1 - 1 / Math.Sqrt(_top)), HeaviestIndex, LightestIndex) : LightestIndex;
    }

    private double Threshold => _sorted[^_top];

    public double PValue(double score)
    {
        if (_mean <= 0)
            return score > 0 ? 1.0 / (_sorted.Length + 1) : 1;
        if (_top == 0)
            return Math.Max(Smallest, Tails.Fisher(score / _mean, _freedom, Math.Max(4, _sorted.Length / 3.0)));
        if (score <= Threshold)
            return (1.0 + AtLeast(score)) / (_sorted.Length + 1);
        return Math.Max(Smallest, (1.0 + _top) / (_sorted.Length + 1) * Math.Pow(score / Threshold, -_index));
    }

    /// <summary>The score below which a share of the learning windows lies.</summary>
    public double Quantile(double share) => _sorted[Math.Clamp((int)(share * _sorted.Length), 0, _sorted.Length - 1)];

    private int AtLeast(double score)
    {
        int low = 0, high = _sorted.Length;
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
