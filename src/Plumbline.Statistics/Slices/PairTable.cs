using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plumbline.Statistics.Slices;

/// <summary>
/// The two-way table of two features: counts and losses of every pair of codes, and the best rectangles of conditions in it.
/// </summary>
internal sealed class PairTable
{
    private long[] _cells = [];
    private long[] _strip = [];

    /// <summary>The best rectangle and the best one disjoint from it, where there are any.</summary>
    public Candidate?[] Best(SearchHalf half, PredicateSpace space, int f, int g)
    {
        var (height, width) = (half.Table.Features[f].Bins + 1, half.Table.Features[g].Bins + 1);
        if (_cells.Length < 2 * height * width)
            _cells = new long[2 * height * width];
        if (_strip.Length <= width)
            _strip = new long[width + 1];
        Count(half, f, g, height, width);
        Accumulate(height, width);
        var first = Search(half, space, f, g, width, null);
        return first is null ? [null, null] : [first, Search(half, space, f, g, width, first.Predicates)];
    }

    // Neighbouring rows go to two tables: an addition that had to wait for the one before it in the same cell would halve the speed.
    private void Count(SearchHalf half, int f, int g, int height, int width)
    {
        var size = height * width;
        var cells = _cells.AsSpan(0, 2 * size);
        cells.Clear();
        ref var even = ref MemoryMarshal.GetReference(cells);
        ref var odd = ref Unsafe.Add(ref even, size);
        var (a, b, weights) = (half.Columns[f], half.Columns[g], half.Weights);
        var n = Math.Min(a.Length, Math.Min(b.Length, weights.Length));
        var i = 0;
        // A code is at most the number of bins (checked by SliceFeature), so no index leaves the table.
        for (; i + 1 < n; i += 2)
        {
            Unsafe.Add(ref even, a[i] * width + b[i]) += weights[i];
            Unsafe.Add(ref odd, a[i + 1] * width + b[i + 1]) += weights[i + 1];
        }

        if (i < n)
            Unsafe.Add(ref even, a[i] * width + b[i]) += weights[i];
        for (var c = 0; c < size; c++)
            cells[c] += cells[size + c];
    }

    // Down the columns, so that the difference of two lines is a strip of rows.
    private void Accumulate(int height, int width)
    {
        for (var row = 1; row < height; row++)
        {
            for (var column = 0; column < width; column++)
                _cells[row * width + column] += _cells[(row - 1) * width + column];
        }
    }

    private Candidate? Search(SearchHalf half, PredicateSpace space, int f, int g, int width, SlicePredicate[]? apartFrom)
    {
        var gain = 0.0;
        long best = 0;
        var (bestFirst, bestLast, bestLow, bestHigh) = (0, 0, 0, 0);
        foreach (var (first, last) in space.Of(f))
        {
            _strip[0] = 0;
            for (var column = 0; column < width; column++)
            {
                _strip[column + 1] =
                    _strip[column] + _cells[last * width + column] - (first > 0 ? _cells[(first - 1) * width + column] : 0);
            }

            var isApart = apartFrom is null || last < apartFrom[0].First || first > apartFrom[0].Last;
            foreach (var (low, high) in space.Of(g))
            {
                var weight = _strip[high + 1] - _strip[low];
                if (!space.Admits(weight) || half.Gain(weight) is var here && here <= gain)
                    continue;
                if (!isApart && low <= apartFrom![1].Last && high >= apartFrom[1].First)
                    continue;
                (gain, best, bestFirst, bestLast, bestLow, bestHigh) = (half.Gain(weight), weight, first, last, low, high);
            }
        }

        return gain == 0
            ? null
            : new Candidate(
                [new SlicePredicate(f, bestFirst, bestLast), new SlicePredicate(g, bestLow, bestHigh)],
                gain - space.Cost(f) - space.Cost(g),
                SearchHalf.CountOf(best)
            );
    }
}
