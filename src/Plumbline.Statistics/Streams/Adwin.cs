namespace Plumbline.Statistics.Streams;

/// <summary>
/// ADWIN (Bifet and Gavalda 2007): a window of values in [0, 1] that shrinks whenever two of its parts differ more than chance allows. Kept
/// as an exponential histogram of 5 buckets per level, so memory is O(log n). The cut: |m0 - m1| &gt;= sqrt(2/h s^2 ln(2/d)) + 2/(3h)
/// ln(2/d), h = 1/(1/n0 + 1/n1), d = delta / ln n. Mutable; not safe for concurrent use.
/// </summary>
public sealed class Adwin
{
    private const int BucketsPerLevel = 5;
    private const int MinimumPart = 5;
    private const int MinimumWindow = 10;

    private readonly double _delta;
    private readonly int _checkEvery;

    // Oldest last within a level; level i holds buckets of 2^i values.
    private readonly List<LinkedList<Bucket>> _levels = [new()];
    private long _added;
    private double _sum;
    private double _squares;

    /// <summary>An empty window.</summary>
    /// <param name="delta">Chance of a false cut, inside (0, 1).</param>
    /// <param name="checkEvery">Looks for a cut after every so many values, at least 1.</param>
    public Adwin(double delta = 0.002, int checkEvery = 32)
    {
        Require.OpenUnit(delta);
        ArgumentOutOfRangeException.ThrowIfLessThan(checkEvery, 1);
        _delta = delta;
        _checkEvery = checkEvery;
    }

    /// <summary>Values in the window.</summary>
    public long Count { get; private set; }

    /// <summary>Mean of the window; 0 when empty.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>Variance of the window (divisor n).</summary>
    public double Variance => Count == 0 ? 0 : _squares / Count;

    /// <summary>Takes the next value; <see cref="StreamState.Drift"/> when the window was cut.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside [0, 1].</exception>
    public StreamState Add(double value)
    {
        Require.Probability(value);
        if (Count > 0)
            _squares += Count * (value - Mean) * (value - Mean) / (Count + 1);
        Count++;
        _sum += value;
        _levels[0].AddFirst(new Bucket(value, 0));
        Compress();
        _added++;
        return _added % _checkEvery == 0 && Count > MinimumWindow && Shrink() ? StreamState.Drift : StreamState.Stable;
    }

    private void Compress()
    {
        for (var level = 0; level < _levels.Count; level++)
        {
            if (_levels[level].Count <= BucketsPerLevel)
                return;
            if (level + 1 == _levels.Count)
                _levels.Add(new LinkedList<Bucket>());
            var older = _levels[level].Last!.Value;
            _levels[level].RemoveLast();
            var newer = _levels[level].Last!.Value;
            _levels[level].RemoveLast();
            double size = 1L << level;
            var gap = (older.Sum - newer.Sum) / size;
            _levels[level + 1].AddFirst(new Bucket(older.Sum + newer.Sum, older.Squares + newer.Squares + size / 2 * gap * gap));
        }
    }

    private bool Shrink()
    {
        var cut = false;
        while (Count > MinimumWindow && FindCut())
        {
            DropOldest();
            cut = true;
        }

        return cut;
    }

    private bool FindCut()
    {
        double n0 = 0,
            sum0 = 0;
        for (var level = _levels.Count - 1; level >= 0; level--)
        {
            for (var node = _levels[level].Last; node is not null; node = node.Previous)
            {
                n0 += 1L << level;
                sum0 += node.Value.Sum;
                var n1 = Count - n0;
                if (n1 < MinimumPart)
                    return false;
                if (n0 >= MinimumPart && Math.Abs(sum0 / n0 - (_sum - sum0) / n1) >= Bound(n0, n1))
                    return true;
            }
        }

        return false;
    }

    private double Bound(double n0, double n1)
    {
        var harmonic = 1 / (1 / n0 + 1 / n1);
        var logarithm = Math.Log(2 * Math.Log(Count) / _delta);
        return Math.Sqrt(2 / harmonic * Variance * logarithm) + 2 / (3 * harmonic) * logarithm;
    }

    private void DropOldest()
    {
        var level = _levels.Count - 1;
        while (_levels[level].Count == 0)
            level--;
        var bucket = _levels[level].Last!.Value;
        _levels[level].RemoveLast();
        double size = 1L << level,
            left = Count - size;
        var gap = bucket.Sum / size - (_sum - bucket.Sum) / left;
        _squares = Math.Max(0, _squares - bucket.Squares - size * left / Count * gap * gap);
        _sum -= bucket.Sum;
        Count = (long)left;
    }

    private readonly record struct Bucket(double Sum, double Squares);
}
