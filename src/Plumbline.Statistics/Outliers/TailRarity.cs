using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Outliers;

/// <summary>
/// How rare a value is by its distance from the middle of a reference, in bits: -log2 of the share of the reference that lies at least as
/// far out. 0 = ordinary, 10 = one value of a thousand. It needs no shape of the distribution and is comparable between features, and on
/// the reference itself the share of values with b bits or more is at most 2^-b. What lies beyond the reference's farthest value counts as
/// half a row of it, and each doubling of the distance adds a bit, at most <see cref="MostBeyond"/>: all of them where the reference is
/// constant, and all else infinitely far from it. Immutable.
/// </summary>
public sealed class TailRarity
{
    /// <summary>Bits that distance alone adds beyond the reference's farthest value, at most.</summary>
    public const double MostBeyond = 10;

    private readonly double[] _distances;
    private readonly double[] _bits;

    private TailRarity(double middle, double unit, double beyond, double[] distances, double[] bits)
    {
        Beyond = beyond;
        Middle = middle;
        Unit = unit;
        _distances = distances;
        _bits = bits;
    }

    /// <summary>The median of the reference; 0 for distances.</summary>
    public double Middle { get; }

    /// <summary>
    /// What counts as one standard deviation (<see cref="RobustScale.Unit"/>), 0 for a constant reference; of distances their median.
    /// </summary>
    public double Unit { get; }

    /// <summary>Bits of what lies just beyond the farthest value of the reference: log2(2 n).</summary>
    public double Beyond { get; }

    /// <summary>Distances from which <see cref="Bits"/> hold, ascending, the first 0, the last that of the farthest value.</summary>
    public ReadOnlySpan<double> Distances => _distances;

    /// <summary>Bits from each of <see cref="Distances"/> on, ascending, the first 0.</summary>
    public ReadOnlySpan<double> Bits => _bits;

    /// <summary>Fits to values; their distance is that from their median.</summary>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static TailRarity Fit(ReadOnlySpan<double> reference)
    {
        var scale = RobustScale.Fit(reference);
        var distances = new double[reference.Length];
        for (var i = 0; i < distances.Length; i++)
            distances[i] = Math.Abs(reference[i] - scale.Median);
        return Of(scale.Median, scale.Unit, distances);
    }

    /// <summary>Fits to distances from a middle that somebody else measured, such as <see cref="MahalanobisDistance"/>.</summary>
    /// <exception cref="ArgumentException">There are none, one is negative or not finite.</exception>
    public static TailRarity FitDistances(ReadOnlySpan<double> distances)
    {
        Require.Finite(distances);
        if (distances.IsEmpty)
            throw new ArgumentException("At least one distance is needed.", nameof(distances));
        foreach (var distance in distances)
            ArgumentOutOfRangeException.ThrowIfNegative(distance, nameof(distances));
        return Of(0, Quantile.OfSorted(Sorting.Ascending(distances), 0.5), distances.ToArray());
    }

    /// <summary>Bits of a value, 0 or more; infinite values are beyond everything; null for NaN.</summary>
    public double? Score(double value)
    {
        if (double.IsNaN(value))
            return null;
        var distance = Math.Abs(value - Middle);
        var farthest = _distances[^1];
        if (distance > farthest)
            return Beyond + Math.Min(MostBeyond, Math.Max(0, Math.Log2(distance / farthest)));
        var at = Array.BinarySearch(_distances, distance);
        return _bits[at >= 0 ? at : ~at - 1];
    }

    private static TailRarity Of(double middle, double unit, double[] distances)
    {
        distances = Sorting.Ascending(distances);
        List<double> from = [0],
            bits = [0];
        // Half a bit from step to step: what lies between is as far out as the step before it, never more.
        for (var step = 1; ; step++)
        {
            var tail = (int)Math.Floor(distances.Length * Math.Pow(2, -step / 2.0));
            if (tail < 1)
                break;
            var distance = distances[^tail];
            // Equal distances belong to one step, which has all of them in its tail.
            var atLeast = distances.Length - FirstAt(distances, distance);
            Add(distance, -Math.Log2((double)atLeast / distances.Length));
        }

        Add(distances[^1], -Math.Log2((double)(distances.Length - FirstAt(distances, distances[^1])) / distances.Length));
        return new TailRarity(middle, unit, Math.Log2(2.0 * distances.Length), [.. from], [.. bits]);

        void Add(double distance, double value)
        {
            if (distance <= from[^1])
                return;
            from.Add(distance);
            bits.Add(value);
        }
    }

    private static int FirstAt(double[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}

/// <summary>
/// How rare a category is, in bits: -log2 of the share of the reference's rows whose category is as rare or rarer. A category never seen
/// counts as half a row. Unlike <see cref="CategorySurprise"/> a thousand equally frequent categories are all ordinary. Immutable.
/// </summary>
public sealed class CategoryRarity
{
    private readonly Dictionary<string, double> _bits;

    private CategoryRarity(Dictionary<string, double> bits, double unseen)
    {
        _bits = bits;
        Unseen = unseen;
    }

    /// <summary>Bits of a category that the reference never had.</summary>
    public double Unseen { get; }

    /// <summary>Bits by category.</summary>
    public IReadOnlyDictionary<string, double> Bits => _bits;

    /// <summary>Fits to the reference's counts.</summary>
    /// <exception cref="ArgumentException">There are no rows, or a count is negative.</exception>
    public static CategoryRarity Fit(IReadOnlyDictionary<string, long> counts)
    {
        var total = CategoryCounts.Total(counts);
        var bits = new Dictionary<string, double>(StringComparer.Ordinal);
        var asRare = 0.0;
        foreach (var group in counts.GroupBy(pair => pair.Value).OrderBy(group => group.Key))
        {
            asRare += (double)group.Key * group.Count();
            var rarity = -Math.Log2(Math.Max(asRare, 0.5) / total);
            foreach (var (category, _) in group)
                bits[category] = Math.Max(0, rarity);
        }

        return new CategoryRarity(bits, -Math.Log2(0.5 / total));
    }

    /// <summary>Bits of a category, 0 or more.</summary>
    public double Score(string category) => _bits.GetValueOrDefault(category, Unseen);
}
