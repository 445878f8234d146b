namespace Plumbline.Statistics.Outliers;

/// <summary>
/// Isolation forest (Liu, Ting and Zhou 2008): rows that random splits cut off early are unusual. Scores lie in (0, 1): about 0.5 or below
/// is ordinary, towards 1 is unusual. Deterministic under its seed. NaN goes to the left of every split. Immutable after fitting.
/// </summary>
public sealed class IsolationForest
{
    private readonly Tree[] _trees;
    private readonly double _normaliser;

    private IsolationForest(Tree[] trees, int columns, double normaliser)
    {
        _trees = trees;
        Columns = columns;
        _normaliser = normaliser;
    }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Fits to a reference.</summary>
    /// <param name="rows">Row-major rows x columns, at least two rows; no infinities.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="seed">Seed of subsamples and splits.</param>
    /// <param name="trees">Number of trees, 1 .. 1000.</param>
    /// <param name="subsample">Rows per tree, 2 .. 65,536.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the columns, too few rows, or a value is infinite.</exception>
    public static IsolationForest Fit(ReadOnlySpan<double> rows, int columns, ulong seed = 1, int trees = 100, int subsample = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(trees, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trees, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(subsample, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subsample, 65_536);
        if (rows.Length % columns != 0 || rows.Length < 2 * columns)
            throw new ArgumentException($"{rows.Length} values are not two or more whole rows of {columns}.", nameof(rows));
        foreach (var value in rows)
        {
            if (double.IsInfinity(value))
                throw new ArgumentException("Infinite values are not allowed.", nameof(rows));
        }

        var random = new RandomSource(seed);
        var count = rows.Length / columns;
        var size = Math.Min(subsample, count);
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        var limit = (int)Math.Ceiling(Math.Log2(Math.Max(2, size)));
        var grown = new Tree[trees];
        for (var t = 0; t < trees; t++)
        {
            // A partial shuffle draws the subsample without replacement.
            for (var i = 0; i < size; i++)
            {
                var j = i + random.NextInt(count - i);
                (order[i], order[j]) = (order[j], order[i]);
            }

            grown[t] = new Tree();
            grown[t].Grow(rows, columns, order.AsSpan(0, size).ToArray(), 0, limit, random);
        }

        return new IsolationForest(grown, columns, AveragePath(size));
    }

    /// <summary>Score of one row: 2^(-mean path length / expected path length).</summary>
    /// <exception cref="ArgumentException">The row has another number of columns.</exception>
    public double Score(ReadOnlySpan<double> row)
    {
        Require.SameLength(Columns, row.Length, nameof(row));
        var sum = 0.0;
        foreach (var tree in _trees)
            sum += tree.PathLength(row);
        return Math.Pow(2, -sum / _trees.Length / _normaliser);
    }

    // Expected path length of an unsuccessful search in a binary tree of n rows.
    private static double AveragePath(int n) =>
        n switch
        {
            <= 1 => 0,
            2 => 1,
            _ => 2 * (Math.Log(n - 1) + 0.57721566490153286) - 2 * (n - 1.0) / n,
        };

    private sealed class Tree
    {
        private readonly List<(int Column, double Threshold, int Left, int Right, double Path)> _nodes = [];

        public int Grow(ReadOnlySpan<double> rows, int columns, Span<int> members, int depth, int limit, RandomSource random)
        {
            var node = _nodes.Count;
            _nodes.Add(default);
            if (depth >= limit || members.Length <= 1 || !TrySplit(rows, columns, members, random, out var column, out var threshold))
            {
                _nodes[node] = (-1, 0, 0, 0, depth + AveragePath(members.Length));
                return node;
            }

            var left = 0;
            for (var i = 0; i < members.Length; i++)
            {
                if (!(rows[members[i] * columns + column] > threshold))
                    (members[i], members[left++]) = (members[left], members[i]);
            }

            var l = Grow(rows, columns, members[..left], depth + 1, limit, random);
            var r = Grow(rows, columns, members[left..], depth + 1, limit, random);
            _nodes[node] = (column, threshold, l, r, 0);
            return node;
        }

        public double PathLength(ReadOnlySpan<double> row)
        {
            var node = _nodes[0];
            while (node.Column >= 0)
                node = _nodes[row[node.Column] > node.Threshold ? node.Right : node.Left];
            return node.Path;
        }

        // A random column that still varies, and a uniform threshold inside its range.
        private static bool TrySplit(
            ReadOnlySpan<double> rows,
            int columns,
            ReadOnlySpan<int> members,
            RandomSource random,
            out int column,
            out double threshold
        )
        {
            var start = random.NextInt(columns);
            for (var offset = 0; offset < columns; offset++)
            {
                column = (start + offset) % columns;
                double low = double.PositiveInfinity,
                    high = double.NegativeInfinity;
                foreach (var member in members)
                {
                    var value = rows[member * columns + column];
                    if (value < low)
                        low = value;
                    if (value > high)
                        high = value;
                }

                threshold = low + random.NextDouble() * (high - low);
                if (low < high && threshold < high)
                    return true;
            }

            (column, threshold) = (-1, 0);
            return false;
        }
    }
}
