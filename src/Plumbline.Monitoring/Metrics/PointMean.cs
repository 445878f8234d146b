namespace Plumbline.Monitoring.Metrics;

/// <summary>The mean of a series over some of its windows, weighted by their rows.</summary>
/// <param name="Value">The mean, in the metric's unit.</param>
/// <param name="Variance">Of the mean, from the 95 % intervals of the points; 0 where they have none.</param>
/// <param name="Rows">Rows on which it rests.</param>
public readonly record struct PointMean(double Value, double Variance, long Rows)
{
    /// <summary>The mean of points that have a value; null without any row.</summary>
    public static PointMean? Of(IEnumerable<MetricPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        double sum = 0,
            variance = 0;
        long rows = 0;
        foreach (var point in points)
        {
            sum += point.N * point.Value!.Value;
            rows += point.N;
            if (point is { Lower: { } lower, Upper: { } upper })
                variance += Math.Pow(point.N * (upper - lower) / (2 * 1.96), 2);
        }

        return rows == 0 ? null : new(sum / rows, variance / ((double)rows * rows), rows);
    }
}
