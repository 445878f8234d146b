using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Alarms;

/// <summary>
/// Finds the windows of a time of learning that were trouble and not the traffic's own ups and downs: an outage in the first week must not
/// become what is normal. A window is compared with the median of the windows at the same hour of the other days, working days and
/// weekends apart, so that a daily peak is none; the scale is the median absolute deviation (Hampel 1974) with the window's own sampling
/// error.
/// </summary>
public static class OutlyingWindows
{
    /// <summary>Scales from the median beyond which a window is left out. Medians of few days make residuals small: hence more than the
    /// usual 3.</summary>
    private const double Limit = 8;

    /// <summary>What is more frequent than this share of the windows is no outlier but how the traffic is.</summary>
    private const double MostShare = 0.2;

    /// <summary>Windows at one hour from which its median is taken; rarer hours are not looked at.</summary>
    private const int FewestAtAnHour = 3;

    /// <summary>From the median absolute deviation to the standard deviation of a normal distribution.</summary>
    private const double ToDeviation = 1.4826;

    /// <summary>The windows without those that lie far from all others at their hour; all of them when those would be too many.</summary>
    /// <param name="windows">Finite values with standard errors, in any order.</param>
    /// <exception cref="ArgumentException">A value is not finite, or a standard error negative.</exception>
    public static IReadOnlyList<WindowValue> Without(IReadOnlyList<WindowValue> windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        foreach (var window in windows)
            ObservedWindows.Check(window);
        var medians = windows
            .GroupBy(window => SeasonalSlots.Of(SeasonalPattern.HourOfDayAndWeekend, window.Start))
            .Where(slot => slot.Count() >= FewestAtAnHour)
            .ToDictionary(slot => slot.Key, slot => Median([.. slot.Select(window => window.Value)]));
        if (medians.Count == 0)
            return windows;
        var residuals = windows.Select(Residual).ToArray();
        var scale = ToDeviation * Median([.. residuals.OfType<double>().Select(Math.Abs)]);
        var inside = windows.Where((window, i) => !IsFar(residuals[i], window.StandardError)).ToList();
        return windows.Count - inside.Count > MostShare * windows.Count ? windows : inside;

        double? Residual(WindowValue window) =>
            medians.TryGetValue(SeasonalSlots.Of(SeasonalPattern.HourOfDayAndWeekend, window.Start), out var median)
                ? window.Value - median
                : null;

        bool IsFar(double? residual, double error) =>
            residual is { } r && Math.Abs(r) > Limit * Math.Sqrt(scale * scale + error * error) && Math.Abs(r) > 1e-9;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return Quantile.OfSorted(values, 0.5);
    }
}
