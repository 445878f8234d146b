using MathNet.Numerics.LinearAlgebra;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Outliers;

/// <summary>
/// Mahalanobis distance to a reference: sqrt((x - mean)' S^-1 (x - mean)), S its covariance (divisor n - 1). Directions in which the
/// reference does not vary are left out of the distance and flagged apart. For a normal reference the square is chi-square with as many
/// degrees of freedom as directions. Immutable after fitting.
/// </summary>
public sealed class MahalanobisDistance
{
    private readonly double[] _mean;
    private readonly double[,] _whitening;
    private readonly double[,] _constant;

    private MahalanobisDistance(double[] mean, double[,] whitening, double[,] constant)
    {
        _mean = mean;
        _whitening = whitening;
        _constant = constant;
    }

    /// <summary>Number of columns.</summary>
    public int Columns => _mean.Length;

    /// <summary>Directions in which the reference varies.</summary>
    public int Rank => _whitening.GetLength(0);

    /// <summary>Mean of each column of the reference.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>
    /// The projection of (row - mean) on a direction in which the reference varies, one weight per column, scaled so that the squares of
    /// all projections add up to the squared distance: for whoever computes distances elsewhere, as in a database.
    /// </summary>
    /// <param name="direction">0 .. <see cref="Rank"/> - 1.</param>
    public double[] Projection(int direction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(direction);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(direction, Rank);
        var weights = new double[Columns];
        for (var c = 0; c < weights.Length; c++)
            weights[c] = _whitening[direction, c];
        return weights;
    }

    /// <summary>Fits to a reference.</summary>
    /// <param name="rows">Row-major rows x columns, finite, at least two rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the columns, too few rows, or a value is not finite.</exception>
    public static MahalanobisDistance Fit(ReadOnlySpan<double> rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Require.Finite(rows);
        if (rows.Length % columns != 0 || rows.Length < 2 * columns)
            throw new ArgumentException($"{rows.Length} values are not two or more whole rows of {columns}.", nameof(rows));
        var count = rows.Length / columns;
        var mean = new double[columns];
        for (var i = 0; i < rows.Length; i++)
            mean[i % columns] += rows[i] / count;
        // Standardise first: features in euros and in fractions must not decide the rank between them.
        var scale = new double[columns];
        for (var i = 0; i < rows.Length; i++)
            scale[i % columns] += (rows[i] - mean[i % columns]) * (rows[i] - mean[i % columns]) / (count - 1);
        for (var c = 0; c < columns; c++)
            scale[c] = Math.Sqrt(scale[c]) > 1e-12 * Math.Abs(mean[c]) ? Math.Sqrt(scale[c]) : 0;
        var correlation = Matrix<double>.Build.Dense(columns, columns);
        var z = new double[columns];
        for (var i = 0; i < count; i++)
        {
            for (var c = 0; c < columns; c++)
                z[c] = scale[c] > 0 ? (rows[i * columns + c] - mean[c]) / scale[c] : 0;
            for (var a = 0; a < columns; a++)
            {
                for (var b = 0; b <= a; b++)
                    correlation[a, b] += z[a] * z[b] / (count - 1);
            }
        }

        for (var a = 0; a < columns; a++)
        {
            for (var b = 0; b < a; b++)
                correlation[b, a] = correlation[a, b];
        }

        return FromCorrelation(mean, scale, correlation);
    }

    /// <summary>Distance of one row, at least 0.</summary>
    /// <exception cref="ArgumentException">Another number of columns, or a value that is not finite.</exception>
    public double Distance(ReadOnlySpan<double> row)
    {
        Require.SameLength(Columns, row.Length, nameof(row));
        Require.Finite(row);
        return Math.Sqrt(SquaredNorm(_whitening, row));
    }

    /// <summary>P(a row of a normal reference is further away), in [0, 1]; 0 for a row that breaks a constancy of the reference.</summary>
    public double PValue(ReadOnlySpan<double> row)
    {
        var distance = Distance(row);
        if (BreaksConstancy(row))
            return 0;
        return Rank == 0 ? 1 : Tails.ChiSquare(distance * distance, Rank);
    }

    /// <summary>
    /// True when the row moves in a direction in which the reference never did (a constant feature or an exact linear relation).
    /// </summary>
    public bool BreaksConstancy(ReadOnlySpan<double> row)
    {
        Require.SameLength(Columns, row.Length, nameof(row));
        return SquaredNorm(_constant, row) > 1e-6;
    }

    private static MahalanobisDistance FromCorrelation(double[] mean, double[] scale, Matrix<double> correlation)
    {
        var columns = mean.Length;
        var decomposition = correlation.Evd(Symmetricity.Symmetric);
        List<int> varying = [],
            constant = [];
        for (var k = 0; k < columns; k++)
            (decomposition.EigenValues[k].Real > 1e-10 ? varying : constant).Add(k);
        var whitening = new double[varying.Count, columns];
        var still = new double[constant.Count, columns];
        for (var c = 0; c < columns; c++)
        {
            // A constant column has no scale; one unit relative to its size stands in.
            var unit = scale[c] > 0 ? scale[c] : Math.Max(1e-12, Math.Abs(mean[c]));
            for (var k = 0; k < varying.Count; k++)
            {
                whitening[k, c] =
                    scale[c] > 0
                        ? decomposition.EigenVectors[c, varying[k]] / scale[c] / Math.Sqrt(decomposition.EigenValues[varying[k]].Real)
                        : 0;
            }

            for (var k = 0; k < constant.Count; k++)
                still[k, c] = decomposition.EigenVectors[c, constant[k]] / unit;
        }

        return new MahalanobisDistance(mean, whitening, still);
    }

    private double SquaredNorm(double[,] projection, ReadOnlySpan<double> row)
    {
        var sum = 0.0;
        for (var k = 0; k < projection.GetLength(0); k++)
        {
            var coordinate = 0.0;
            for (var c = 0; c < row.Length; c++)
                coordinate += projection[k, c] * (row[c] - _mean[c]);
            sum += coordinate * coordinate;
        }

        return sum;
    }
}
