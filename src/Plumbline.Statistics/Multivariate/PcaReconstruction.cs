using MathNet.Numerics.LinearAlgebra;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Multivariate;

/// <summary>Reconstruction error of some rows.</summary>
/// <param name="Error">Mean Euclidean distance between standardised rows and their reconstruction, with a normal interval of that
/// mean.</param>
/// <param name="ReferenceError">The same of the reference itself: what "no drift" looks like.</param>
/// <param name="Contributors">Features by share of the squared error that came on top of the reference's; empty when none did.</param>
public sealed record ReconstructionDrift(Estimate Error, Estimate ReferenceError, IReadOnlyList<FeatureShare> Contributors);

/// <summary>
/// PCA reconstruction error: principal components of the standardised reference that keep a share of its variance; rows that break the
/// reference's linear structure are reconstructed worse (or, when variance vanishes, better: both directions matter). Missing numbers are
/// replaced by the reference's mean, categories by their frequency in the reference. Sees linear changes only. Immutable after fitting.
/// </summary>
public sealed class PcaReconstruction
{
    // Values beyond are taken to be this large: they can be squared, added up, and are as odd as the true ones.
    private const double LargestValue = 1e150;

    // In standard deviations; the same for rows far outside of what the reference knew.
    private const double LargestDistance = 1e75;

    private readonly FeatureTable _shape;
    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly Dictionary<string, double>?[] _frequencies;
    private readonly Matrix<double> _components;
    private readonly double[] _referenceSquares;

    private PcaReconstruction(
        FeatureTable reference,
        double[] means,
        double[] scales,
        Dictionary<string, double>?[] frequencies,
        Matrix<double> standardised,
        double varianceKept
    )
    {
        _shape = reference.Select([]);
        _means = means;
        _scales = scales;
        _frequencies = frequencies;
        var decomposition = (standardised.TransposeThisAndMultiply(standardised) / standardised.RowCount).Evd(Symmetricity.Symmetric);
        var values = decomposition.EigenValues.Real();
        var total = values.Sum();
        var kept = 0.0;
        var first = values.Count;
        // Eigenvalues ascend: take from the end until enough variance is kept.
        while (first > 0 && (kept < varianceKept * total * (1 - 1e-12) || first == values.Count))
            kept += values[--first];
        _components = decomposition.EigenVectors.SubMatrix(0, values.Count, first, values.Count - first);
        Components = values.Count - first;
        VarianceKept = total > 0 ? kept / total : 1;
        (ReferenceError, _referenceSquares) = Errors(standardised);
    }

    /// <summary>Number of principal components kept.</summary>
    public int Components { get; }

    /// <summary>Share of the reference's variance that they hold.</summary>
    public double VarianceKept { get; }

    /// <summary>Mean error of the reference rows.</summary>
    public Estimate ReferenceError { get; }

    /// <summary>Fits to the reference.</summary>
    /// <param name="reference">At least 2 rows and 1 column; infinities are refused.</param>
    /// <param name="varianceKept">Share of variance to keep, inside (0, 1).</param>
    /// <exception cref="ArgumentException">Too few rows or columns, or an infinite value.</exception>
    public static PcaReconstruction Fit(FeatureTable reference, double varianceKept = 0.65)
    {
        ArgumentNullException.ThrowIfNull(reference);
        Require.OpenUnit(varianceKept);
        if (reference.Rows < 2 || reference.ColumnCount == 0)
            throw new ArgumentException("At least two rows and one column are needed.", nameof(reference));
        var means = new double[reference.ColumnCount];
        var scales = new double[reference.ColumnCount];
        var frequencies = new Dictionary<string, double>?[reference.ColumnCount];
        var standardised = Matrix<double>.Build.Dense(reference.Rows, reference.ColumnCount);
        for (var c = 0; c < reference.ColumnCount; c++)
        {
            if (reference[c].Categorical is { } texts)
            {
                frequencies[c] = texts
                    .Where(t => t is not null)
                    .CountBy(t => t!, StringComparer.Ordinal)
                    .ToDictionary(p => p.Key, p => (double)p.Value / reference.Rows, StringComparer.Ordinal);
            }

            var values = Numbers(reference[c], frequencies[c]);
            double[] present = [.. values.Where(v => !double.IsNaN(v))];
            var (mean, squares) = present.Length == 0 ? (0, 0) : Moments.Of(present);
            (means[c], scales[c]) = (mean, squares > 0 ? Math.Sqrt(squares / present.Length) : 1);
            for (var i = 0; i < values.Length; i++)
                standardised[i, c] = Standardise(values[i], mean, scales[c]);
        }

        return new PcaReconstruction(reference, means, scales, frequencies, standardised, varianceKept);
    }

    /// <summary>Measures rows of the same columns.</summary>
    /// <exception cref="ArgumentException">The columns differ, or a value is infinite.</exception>
    public ReconstructionDrift Measure(FeatureTable current)
    {
        ArgumentNullException.ThrowIfNull(current);
        _shape.CheckSameColumns(current, nameof(current));
        if (current.Rows == 0)
            return new ReconstructionDrift(Estimate.Insufficient(0, null, "no rows"), ReferenceError, []);
        var standardised = Matrix<double>.Build.Dense(current.Rows, current.ColumnCount);
        for (var c = 0; c < current.ColumnCount; c++)
        {
            var values = Numbers(current[c], _frequencies[c]);
            for (var i = 0; i < values.Length; i++)
                standardised[i, c] = Standardise(values[i], _means[c], _scales[c]);
        }

        var (error, squares) = Errors(standardised);
        var excess = squares.Zip(_referenceSquares, (now, before) => Math.Max(0, now - before)).ToArray();
        var total = excess.Sum();
        return new ReconstructionDrift(
            error,
            ReferenceError,
            total > 0
                ?
                [
                    .. current
                        .Names.Zip(excess, (name, e) => new FeatureShare(name, e / total))
                        .OrderByDescending(f => f.Share)
                        .ThenBy(f => f.Feature, StringComparer.Ordinal),
                ]
                : []
        );
    }

    private static double[] Numbers(FeatureValues column, Dictionary<string, double>? frequencies)
    {
        var values = column.Numeric ?? [.. column.Categorical!.Select(t => t is null ? double.NaN : frequencies!.GetValueOrDefault(t))];
        foreach (var value in values)
        {
            if (double.IsInfinity(value))
                throw new ArgumentException($"Column '{column.Name}' holds an infinite value.", nameof(column));
        }

        return Array.Exists(values, value => Math.Abs(value) > LargestValue)
            ? Array.ConvertAll(values, value => Math.Clamp(value, -LargestValue, LargestValue))
            : values;
    }

    private static double Standardise(double value, double mean, double scale) =>
        double.IsNaN(value) ? 0 : Math.Clamp((value - mean) / scale, -LargestDistance, LargestDistance);

    private (Estimate Error, double[] Squares) Errors(Matrix<double> standardised)
    {
        var residual = standardised - standardised.Multiply(_components).TransposeAndMultiply(_components);
        var squares = new double[residual.ColumnCount];
        var errors = new double[residual.RowCount];
        for (var i = 0; i < residual.RowCount; i++)
        {
            var sum = 0.0;
            for (var c = 0; c < residual.ColumnCount; c++)
            {
                var square = residual[i, c] * residual[i, c];
                sum += square;
                squares[c] += square / residual.RowCount;
            }

            errors[i] = Math.Sqrt(sum);
        }

        var (mean, deviations) = Moments.Of(errors);
        return (Estimate.Of(mean, errors.Length).With(Confidence.Mean(errors.Length, mean, deviations)), squares);
    }
}
