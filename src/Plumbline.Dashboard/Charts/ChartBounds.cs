namespace Plumbline.Dashboard.Charts;

/// <summary>An axis that holds the intervals too, where a comparison of bands is the point.</summary>
public static class ChartBounds
{
    /// <summary>Smallest and largest end of all lines and bands, rounded outwards to two significant steps; null without values.</summary>
    public static (double? Min, double? Max) Of(IEnumerable<ChartSeries> series)
    {
        var known = series.SelectMany(line => line.Points).Where(point => point.Value is not null).ToList();
        if (known.Count == 0)
            return (null, null);
        var low = known.Min(point => Math.Min(point.Value!.Value, point.Lower ?? point.Value.Value));
        var high = known.Max(point => Math.Max(point.Value!.Value, point.Upper ?? point.Value.Value));
        if (!(high > low))
            return (null, null);
        var step = Math.Pow(10, Math.Floor(Math.Log10(high - low))) / 2;
        // Powers of ten are not exact in binary: the last digits would show on the axis.
        return (Math.Round(Math.Floor(low / step) * step, 10), Math.Round(Math.Ceiling(high / step) * step, 10));
    }
}
