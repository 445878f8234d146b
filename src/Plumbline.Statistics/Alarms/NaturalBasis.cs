using MathNet.Numerics.LinearAlgebra;

namespace Plumbline.Statistics.Alarms;

/// <summary>
/// The directions in which windows vary by themselves: principal axes of the covariance of their deviations beyond sampling. Traffic
/// wanders along few of them (a mix of customers moves all bins together), and only along these is it persistent. Seen in them, every
/// coordinate has a variance and a persistence of its own.
/// </summary>
internal sealed class NaturalBasis
{
    private readonly int _width;

    // Column-major: axis q begins at q * width. Null for a single column.
    private readonly double[]? _axes;

    private NaturalBasis(int width, double[]? axes) => (_width, _axes) = (width, axes);

    /// <summary>From deviations, one row of <paramref name="width"/> per window.</summary>
    public static NaturalBasis Of(double[] deviations, ReadOnlySpan<double> weights, int width)
    {
        if (width == 1)
            return new NaturalBasis(1, null);
        var covariance = new double[width * width];
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var row = deviations.AsSpan(i * width, width);
            total += weights[i];
            for (var a = 0; a < width; a++)
            {
                for (var b = 0; b <= a; b++)
                    covariance[a * width + b] += weights[i] * row[a] * row[b];
            }
        }

        for (var a = 0; a < width; a++)
        {
            for (var b = 0; b <= a; b++)
                covariance[a * width + b] = covariance[b * width + a] = covariance[a * width + b] / total;
        }

        return new NaturalBasis(
            width,
            Matrix<double>.Build.Dense(width, width, covariance).Evd(Symmetricity.Symmetric).EigenVectors.ToColumnMajorArray()
        );
    }

    /// <summary>
    /// Turns deviations into coordinates, in place, and the bins' shares of the full sampling variance into the coordinates' ones.
    /// </summary>
    public void Turn(Span<double> deviations, Span<double> liveliness)
    {
        if (_axes is null)
            return;
        Span<double> old = _width <= 128 ? stackalloc double[_width] : new double[_width];
        Span<double> live = _width <= 128 ? stackalloc double[_width] : new double[_width];
        deviations.CopyTo(old);
        liveliness.CopyTo(live);
        for (var q = 0; q < _width; q++)
        {
            double sum = 0,
                variance = 0;
            for (var b = 0; b < _width; b++)
            {
                var axis = _axes[q * _width + b];
                sum += axis * old[b];
                variance += axis * axis * live[b];
            }

            (deviations[q], liveliness[q]) = (sum, variance);
        }
    }
}
