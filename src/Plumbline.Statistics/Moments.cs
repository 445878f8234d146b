namespace Plumbline.Statistics;

/// <summary>Mean and squares in two passes.</summary>
internal static class Moments
{
    /// <summary>The mean and the sum of squared deviations from it.</summary>
    public static (double Mean, double Squares) Of(ReadOnlySpan<double> values)
    {
        var mean = 0.0;
        foreach (var value in values)
            mean += value;
        mean /= values.Length;
        double squares = 0,
            residual = 0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
            residual += value - mean;
        }

        return (mean, Math.Max(0, squares - residual * residual / values.Length));
    }
}
