namespace Plumbline.Statistics.Decomposition;

/// <summary>
/// What is known about the outcomes (loss, error 0 or 1, business signal) of a group of rows: how many, their mean, and their spread.
/// Groups merge by addition.
/// </summary>
public readonly record struct OutcomeMoments
{
    /// <summary>Rows (or their total weight), at least 0.</summary>
    public double Rows { get; private init; }

    /// <summary>Mean outcome, finite; 0 without rows.</summary>
    public double Mean { get; private init; }

    /// <summary>
    /// Sum of squared deviations from the mean, at least 0; null when it is not known, and then no standard error is given.
    /// </summary>
    public double? Squares { get; private init; }

    /// <summary>No rows.</summary>
    public static OutcomeMoments None { get; } = new() { Squares = 0 };

    /// <summary>From counts of outcomes that are 0 or 1.</summary>
    /// <param name="rows">Rows, at least 0.</param>
    /// <param name="ones">Rows with outcome 1, 0 .. rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or not finite, or there are more ones than rows.</exception>
    public static OutcomeMoments OfRate(double rows, double ones)
    {
        if (!(ones >= 0 && ones <= rows * (1 + 1e-12)))
            throw new ArgumentOutOfRangeException(nameof(ones), ones, "Must lie between 0 and the number of rows.");
        var mean = rows > 0 ? Math.Min(1, ones / rows) : 0;
        return Of(rows, mean, rows * mean * (1 - mean));
    }

    /// <summary>From sums, as an aggregate query gives them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or rows are negative.</exception>
    public static OutcomeMoments OfSums(double rows, double sum, double sumOfSquares)
    {
        var mean = rows > 0 ? sum / rows : 0;
        return Of(rows, mean, rows > 0 ? Math.Max(0, sumOfSquares - sum * mean) : 0);
    }

    /// <summary>From the outcomes themselves.</summary>
    /// <exception cref="ArgumentException">An outcome is not finite.</exception>
    public static OutcomeMoments OfRows(ReadOnlySpan<double> outcomes)
    {
        Require.Finite(outcomes);
        if (outcomes.IsEmpty)
            return None;
        var (mean, squares) = Moments.Of(outcomes);
        return Of(outcomes.Length, mean, squares);
    }

    /// <summary>From rows, mean and, when known, the sum of squared deviations from the mean.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or rows or squares are negative.</exception>
    public static OutcomeMoments Of(double rows, double mean, double? squares)
    {
        if (!(rows >= 0 && double.IsFinite(rows)))
            throw new ArgumentOutOfRangeException(nameof(rows), rows, "Must be finite and not negative.");
        if (!double.IsFinite(mean))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "Must be finite.");
        if (squares is { } known && !(known >= 0 && double.IsFinite(known)))
            throw new ArgumentOutOfRangeException(nameof(squares), squares, "Must be finite and not negative, or null when unknown.");
        return rows == 0
            ? None
            : new OutcomeMoments
            {
                Rows = rows,
                Mean = mean,
                Squares = squares,
            };
    }

    /// <summary>The rows of both groups together (Chan, Golub and LeVeque 1983).</summary>
    public OutcomeMoments Add(OutcomeMoments other)
    {
        if (Rows == 0)
            return other;
        if (other.Rows == 0)
            return this;
        var rows = Rows + other.Rows;
        var difference = other.Mean - Mean;
        return new OutcomeMoments
        {
            Rows = rows,
            Mean = Mean + difference * (other.Rows / rows),
            Squares = Squares + other.Squares + difference * difference * (Rows * other.Rows / rows),
        };
    }
}
