using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Slices;

/// <summary>
/// The rows that are searched, laid out for counting. Columns of bytes serve the pairs; a row-major matrix of codes that are unique over
/// all features serves the third condition, where few rows are read with all their features. A row's weight holds its count (1) in the
/// upper bits and its loss as a whole number in the lower forty, so that one addition counts both; sums cannot overflow since the number of
/// levels is chosen by the number of rows.
/// </summary>
internal sealed class SearchHalf
{
    private const int LossBits = 40;
    private const long LossMask = (1L << LossBits) - 1;

    private readonly ExplainedLosses _losses;
    private bool _countsInside;
    private double _counted;
    private double _mean;
    private double _variance;

    public SearchHalf(SliceTable table, int[] rows, double[] losses)
    {
        Table = table;
        Rows = rows.Length;
        _losses = new ExplainedLosses(losses);
        Columns = new byte[table.Features.Count][];
        Offsets = new int[table.Features.Count + 1];
        for (var f = 0; f < Columns.Length; f++)
        {
            var codes = table.Features[f].Codes.Span;
            var column = new byte[rows.Length];
            for (var i = 0; i < rows.Length; i++)
                column[i] = codes[rows[i]];
            Columns[f] = column;
            Offsets[f + 1] = Offsets[f] + table.Features[f].Bins + 1;
        }

        Matrix = new ushort[(long)rows.Length * Columns.Length];
        for (var f = 0; f < Columns.Length; f++)
        {
            var column = Columns[f];
            for (var i = 0; i < column.Length; i++)
                Matrix[(long)i * Columns.Length + f] = (ushort)(Offsets[f] + column[i]);
        }

        Weights = new long[rows.Length];
        Weigh();
    }

    public SliceTable Table { get; }

    public int Rows { get; }

    public byte[][] Columns { get; }

    /// <summary>Where the codes of each feature start among those of all features.</summary>
    public int[] Offsets { get; }

    /// <summary>Row-major codes over all features.</summary>
    public ushort[] Matrix { get; }

    public long[] Weights { get; }

    public static int CountOf(long weight) => (int)(weight >> LossBits);

    /// <summary>
    /// The logarithm of the likelihood ratio (normal errors of the overall variance) of "these rows have a mean of their own" against "they
    /// are as all others"; 0 when they are not worse.
    /// </summary>
    public double Gain(long weight)
    {
        var n = (double)(weight >> LossBits);
        var excess = (weight & LossMask) - n * _mean;
        return excess <= 0 || n >= _counted ? 0 : excess * excess / (2 * _variance * n * (1 - n / _counted));
    }

    /// <summary>
    /// Takes what a found slice explains out of the losses, so that it is not found again. At first its rows are not counted at all: with
    /// them, the next slice would be described as all but this one.
    /// </summary>
    public void Remove(IReadOnlyList<SlicePredicate> predicates)
    {
        _losses.Add(Match(predicates));
        Weigh();
    }

    /// <summary>
    /// From now on rows of the slices that were found count again, with what is left of their losses: is a part of a slice still worse than
    /// the rest of it?
    /// </summary>
    public void CountInside()
    {
        _countsInside = true;
        Weigh();
    }

    /// <summary>
    /// The gain of a slice on only those of its rows that <paramref name="others"/> do not have, against the rows of neither.
    /// </summary>
    public (double Gain, int Rows) GainWithout(bool[] slice, bool[] others, ReadOnlySpan<double> original)
    {
        double sum = 0,
            all = 0;
        int count = 0,
            total = 0;
        for (var i = 0; i < Rows; i++)
        {
            if (others[i])
                continue;
            total++;
            all += original[i];
            sum += slice[i] ? original[i] : 0;
            count += slice[i] ? 1 : 0;
        }

        if (count == 0 || count == total)
            return (0, count);
        var squares = 0.0;
        for (var i = 0; i < Rows; i++)
            squares += others[i] ? 0 : (original[i] - all / total) * (original[i] - all / total);
        var excess = sum - count * (all / total);
        return (excess <= 0 ? 0 : excess * excess / (2 * (squares / total) * count * (1 - count / (double)total)), count);
    }

    public bool[] Match(IReadOnlyList<SlicePredicate> predicates)
    {
        var matches = new bool[Rows];
        Array.Fill(matches, true);
        foreach (var (feature, first, last) in predicates)
        {
            var column = Columns[feature];
            for (var i = 0; i < column.Length; i++)
                matches[i] &= (uint)(column[i] - first) <= (uint)(last - first);
        }

        return matches;
    }

    // One row a million times worse than the others must not take all levels: losses are cut off far out, for the search alone.
    private void Weigh()
    {
        var losses = _losses.Unexplained;
        var (mean, squares) = Moments.Of(losses);
        var deviation = Math.Sqrt(squares / Rows);
        var sorted = (double[])losses.Clone();
        sorted.AsSpan().Sort();
        var lowest = Math.Max(sorted[0], Math.Min(Quantile.OfSorted(sorted, 0.001), mean - 10 * deviation));
        var highest = Math.Min(sorted[^1], Math.Max(Quantile.OfSorted(sorted, 0.999), mean + 10 * deviation));
        var levels = Math.Min(1 << 30, LossMask / Rows);
        var scale = highest > lowest ? levels / (highest - lowest) : 0;
        double sum = 0,
            sumOfSquares = 0;
        _counted = 0;
        for (var i = 0; i < Rows; i++)
        {
            var isCounted = _countsInside || _losses.IsOutside(i);
            var level = (long)((Math.Clamp(losses[i], lowest, highest) - lowest) * scale);
            Weights[i] = isCounted ? (1L << LossBits) | level : 0;
            sum += isCounted ? level : 0;
            _counted += isCounted ? 1 : 0;
        }

        _mean = _counted > 0 ? sum / _counted : 0;
        for (var i = 0; i < Rows; i++)
        {
            var distance = Weights[i] == 0 ? 0 : (Weights[i] & LossMask) - _mean;
            sumOfSquares += distance * distance;
        }

        _variance = _counted > 0 ? Math.Max(sumOfSquares / _counted, double.Epsilon) : 1;
    }
}
