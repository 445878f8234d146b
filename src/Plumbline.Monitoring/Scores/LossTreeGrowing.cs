using System.Collections.Immutable;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// Grows the few shallow trees of <see cref="LossTrees"/> by gradient boosting of squared errors (Friedman 2001) over at most
/// <see cref="Bins"/> values of each column. Trees of three questions with large leaves cannot learn single rows.
/// </summary>
internal sealed class LossTreeGrowing
{
    private const int Trees = 40;
    private const int Depth = 3;
    private const int LeastRows = 40;
    private const double Step = 0.1;

    /// <summary>Values of a column that splits are looked for between.</summary>
    private const int Bins = 32;

    private readonly double[][] _edges;
    private readonly int[][] _bins;
    private readonly double[] _rest;

    private LossTreeGrowing(double[][] columns, double[] rest)
    {
        _edges = [.. columns.Select(Edges)];
        _bins = [.. columns.Select((values, c) => values.Select(value => BinOf(_edges[c], value)).ToArray())];
        _rest = rest;
    }

    /// <summary>The trees, and what they and the mean expect of each row.</summary>
    /// <param name="columns">Values by column, NaN missing.</param>
    /// <param name="losses">The error of each row, finite.</param>
    public static (ImmutableArray<LossTree> Trees, double[] Expected) Grow(double[][] columns, double[] losses)
    {
        var mean = losses.Average();
        var growing = new LossTreeGrowing(columns, [.. losses.Select(loss => loss - mean)]);
        int[] all = [.. Enumerable.Range(0, losses.Length)];
        var trees = ImmutableArray.CreateBuilder<LossTree>(Trees);
        for (var i = 0; i < Trees; i++)
            trees.Add(growing.Grow(all, Depth));
        // What the trees could not say is left over.
        return (trees.DrainToImmutable(), [.. losses.Zip(growing._rest, (loss, rest) => loss - rest)]);
    }

    // The tree for some rows; what it says is taken off what is left of them. Rows are known by one node at a time, so that can be at once.
    private LossTree Grow(int[] rows, int depth)
    {
        if (depth > 0 && Best(rows) is { } best)
        {
            var low = Array.FindAll(rows, row => _bins[best.Column][row] <= best.Bin);
            var high = Array.FindAll(rows, row => _bins[best.Column][row] > best.Bin);
            var edges = _edges[best.Column];
            var below = best.Bin < edges.Length ? edges[best.Bin] : double.PositiveInfinity;
            return new LossTree(0, new LossSplit(best.Column, below, Grow(low, depth - 1), Grow(high, depth - 1)));
        }

        var value = Step * rows.Sum(row => _rest[row]) / (rows.Length + 1);
        foreach (var row in rows)
            _rest[row] -= value;
        return new LossTree(value, null);
    }

    // The split after which the squares are smallest; null where none leaves enough rows on both sides and helps.
    private (int Column, int Bin)? Best(int[] rows)
    {
        var total = rows.Sum(row => _rest[row]);
        (int, int)? best = null;
        var most = total * total / Math.Max(1, rows.Length) + 1e-9;
        for (var column = 0; column < _bins.Length; column++)
        {
            var (sums, counts) = (new double[Bins + 1], new int[Bins + 1]);
            foreach (var row in rows)
            {
                sums[_bins[column][row]] += _rest[row];
                counts[_bins[column][row]]++;
            }

            var (sum, count) = (0.0, 0);
            for (var bin = 0; bin <= _edges[column].Length; bin++)
            {
                (sum, count) = (sum + sums[bin], count + counts[bin]);
                var others = rows.Length - count;
                if (count < LeastRows || others < LeastRows)
                    continue;
                var gain = sum * sum / count + (total - sum) * (total - sum) / others;
                if (gain > most)
                    (best, most) = ((column, bin), gain);
            }
        }

        return best;
    }

    private static double[] Edges(double[] values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        return sorted.Length == 0
            ? []
            :
            [
                .. Enumerable
                    .Range(1, Bins - 1)
                    .Select(i => sorted[(int)((long)i * sorted.Length / Bins)])
                    .Where(edge => edge > sorted[0])
                    .Distinct(),
            ];
    }

    // 0 is below the first edge; missing ones come last.
    private static int BinOf(double[] edges, double value)
    {
        if (double.IsNaN(value))
            return edges.Length + 1;
        var found = Array.BinarySearch(edges, value);
        return found >= 0 ? found + 1 : ~found;
    }
}
