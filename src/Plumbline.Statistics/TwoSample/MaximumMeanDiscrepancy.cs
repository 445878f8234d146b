namespace Plumbline.Statistics.TwoSample;

/// <summary>How <see cref="MaximumMeanDiscrepancy"/> is computed.</summary>
public sealed record DiscrepancyOptions
{
    /// <summary>
    /// Kernel width sigma of k(a, b) = exp(-|a - b|^2 / (2 sigma^2)); null = the median heuristic: 2 sigma^2 = median of the pooled squared
    /// distances. Positive.
    /// </summary>
    public double? Bandwidth { get; init; }

    /// <summary>Relabellings for the p-value, at least 99. The kernel matrix is computed once.</summary>
    public int Draws { get; init; } = 199;

    /// <summary>Rows used of each side, 2 .. 5000: more are subsampled, since time and memory grow with the square.</summary>
    public int MaximumRows { get; init; } = 1000;

    /// <summary>Whether columns are first standardised by the reference's mean and standard deviation.</summary>
    public bool Standardise { get; init; } = true;
}

/// <summary>
/// Maximum mean discrepancy (Gretton et al. 2012) with a Gaussian kernel and a permutation p-value. Sees any difference of distributions in
/// several columns at once.
/// </summary>
public static class MaximumMeanDiscrepancy
{
    /// <summary>
    /// The biased estimate of MMD^2: mean Kxx + mean Kyy - 2 mean Kxy, &gt;= 0. Bandwidth given, no standardising, no subsampling.
    /// </summary>
    /// <param name="reference">Row-major rows x columns, finite.</param>
    /// <param name="current">Row-major rows x columns, finite.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="bandwidth">Kernel width sigma.</param>
    public static Estimate Biased(ReadOnlySpan<double> reference, ReadOnlySpan<double> current, int columns, double bandwidth) =>
        Direct(reference, current, columns, bandwidth, unbiased: false);

    /// <summary>The unbiased estimate of MMD^2, without the diagonals; may be negative.</summary>
    public static Estimate Unbiased(ReadOnlySpan<double> reference, ReadOnlySpan<double> current, int columns, double bandwidth) =>
        Direct(reference, current, columns, bandwidth, unbiased: true);

    /// <summary>The permutation test on the unbiased estimate; p = (1 + hits) / (1 + draws), never 0.</summary>
    /// <exception cref="ArgumentException">A value is not finite, or the lengths are no multiple of the columns.</exception>
    public static TestResult Test(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        int columns,
        RandomSource random,
        DiscrepancyOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(random);
        options ??= new DiscrepancyOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Draws, 99, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumRows, 2, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumRows, 5000, nameof(options));
        Check(reference, current, columns);
        var (n, m) = (reference.Length / columns, current.Length / columns);
        if (n < 2 || m < 2)
            return TestResult.Insufficient(n, m, "two rows are needed on each side");
        var x = Subsample(reference, columns, options.MaximumRows, random);
        var y = Subsample(current, columns, options.MaximumRows, random);
        if (options.Standardise)
            Standardise(reference, columns, x, y);
        var pooled = x.Concat(y).ToArray();
        var rows = pooled.Length / columns;
        var squares = SquaredDistances(pooled, columns);
        var denominator = options.Bandwidth is { } sigma ? 2 * sigma * sigma : Median(squares, rows);
        if (!(denominator > 0))
            return TestResult.Of(0, 1, n, m, "constant");
        for (var i = 0; i < squares.Length; i++)
            squares[i] = Math.Exp(-squares[i] / denominator);
        return Permute(squares, rows, x.Length / columns, random, options.Draws, n, m);
    }

    private static TestResult Permute(double[] kernel, int rows, int first, RandomSource random, int draws, long n, long m)
    {
        var order = new int[rows];
        for (var i = 0; i < rows; i++)
            order[i] = i;
        var observed = Statistic(kernel, rows, order, first, unbiased: true);
        var hits = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            random.Shuffle(order.AsSpan());
            if (Statistic(kernel, rows, order, first, unbiased: true) >= observed - 1e-12)
                hits++;
        }

        return TestResult.Of(observed, (1.0 + hits) / (1.0 + draws), n, m, "permutation");
    }

    private static Estimate Direct(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        int columns,
        double bandwidth,
        bool unbiased
    )
    {
        Require.PositiveFinite(bandwidth);
        Check(reference, current, columns);
        var (n, m) = (reference.Length / columns, current.Length / columns);
        if (n < 2 || m < 2)
            return Estimate.Insufficient(n, m, "two rows are needed on each side");
        var kernel = SquaredDistances([.. reference, .. current], columns);
        for (var i = 0; i < kernel.Length; i++)
            kernel[i] = Math.Exp(-kernel[i] / (2 * bandwidth * bandwidth));
        return Estimate.Of(Statistic(kernel, n + m, [.. Enumerable.Range(0, n + m)], n, unbiased), n, m);
    }

    private static double Statistic(double[] kernel, int rows, int[] order, int first, bool unbiased)
    {
        double n = first,
            m = rows - first,
            xx = 0,
            yy = 0,
            xy = 0;
        for (var i = 0; i < rows; i++)
        {
            var line = kernel.AsSpan(order[i] * rows, rows);
            for (var j = 0; j < i; j++)
            {
                var k = line[order[j]];
                if (i < first)
                    xx += k;
                else if (j >= first)
                    yy += k;
                else
                    xy += k;
            }
        }

        return unbiased
            ? 2 * xx / (n * (n - 1)) + 2 * yy / (m * (m - 1)) - 2 * xy / (n * m)
            : (2 * xx + n) / (n * n) + (2 * yy + m) / (m * m) - 2 * xy / (n * m);
    }

    private static double[] SquaredDistances(double[] pooled, int columns)
    {
        var rows = pooled.Length / columns;
        var result = new double[rows * rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var sum = 0.0;
                for (var c = 0; c < columns; c++)
                {
                    var gap = pooled[i * columns + c] - pooled[j * columns + c];
                    sum += gap * gap;
                }

                result[i * rows + j] = result[j * rows + i] = sum;
            }
        }

        return result;
    }

    private static double Median(double[] squares, int rows)
    {
        var off = new double[rows * (rows - 1) / 2];
        var at = 0;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < i; j++)
                off[at++] = squares[i * rows + j];
        }

        off = Sorting.Ascending(off);
        return Binning.Quantile.OfSorted(off, 0.5);
    }

    private static double[] Subsample(ReadOnlySpan<double> rows, int columns, int maximum, RandomSource random)
    {
        var count = rows.Length / columns;
        if (count <= maximum)
            return rows.ToArray();
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        random.Shuffle(order.AsSpan());
        var result = new double[maximum * columns];
        for (var i = 0; i < maximum; i++)
            rows.Slice(order[i] * columns, columns).CopyTo(result.AsSpan(i * columns));
        return result;
    }

    private static void Standardise(ReadOnlySpan<double> reference, int columns, double[] x, double[] y)
    {
        var column = new double[reference.Length / columns];
        for (var c = 0; c < columns; c++)
        {
            for (var i = 0; i < column.Length; i++)
                column[i] = reference[i * columns + c];
            var (mean, squares) = Moments.Of(column);
            // A constant column keeps its unit: any change of it still counts.
            var scale = squares > 0 ? Math.Sqrt(squares / column.Length) : 1;
            for (var i = c; i < x.Length; i += columns)
                x[i] = (x[i] - mean) / scale;
            for (var i = c; i < y.Length; i += columns)
                y[i] = (y[i] - mean) / scale;
        }
    }

    private static void Check(ReadOnlySpan<double> reference, ReadOnlySpan<double> current, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (reference.Length % columns != 0)
            throw new ArgumentException($"{reference.Length} values are no whole number of rows of {columns}.", nameof(reference));
        if (current.Length % columns != 0)
            throw new ArgumentException($"{current.Length} values are no whole number of rows of {columns}.", nameof(current));
        Require.Finite(reference);
        Require.Finite(current);
    }
}
