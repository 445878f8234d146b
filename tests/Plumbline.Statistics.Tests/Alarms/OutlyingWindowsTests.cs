using Plumbline.Statistics.Alarms;

namespace Plumbline.Statistics.Tests.Alarms;

/// <summary>Trouble in the time of learning is left out; the traffic's own ups and downs are not.</summary>
public sealed class OutlyingWindowsTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_daily_peak_and_a_weekend_are_no_outliers_and_an_outage_is()
    {
        var random = new RandomSource(4);
        var windows = Enumerable.Range(0, 14 * 24).Select(hour => Window(hour, Usual(hour) + 0.01 * random.NextGaussian())).ToList();
        Assert.Equal(windows.Count, OutlyingWindows.Without(windows).Count);

        int[] outage = [100, 101, 102, 103];
        foreach (var hour in outage)
            windows[hour] = Window(hour, 3);
        Assert.Equal(outage, windows.Except(OutlyingWindows.Without(windows)).Select(window => (int)(window.Start - Monday).TotalHours));
    }

    [Fact]
    public void What_is_frequent_is_no_outlier()
    {
        // Three days of fourteen are another kind of day, and it is working days.
        var windows = Enumerable.Range(0, 14 * 24).Select(hour => Window(hour, hour / 24 % 4 == 3 ? 1 : 0.1)).ToList();
        Assert.Same(windows, OutlyingWindows.Without(windows));
    }

    [Fact]
    public void Sampling_error_of_a_window_is_no_outlier()
    {
        var windows = Enumerable.Range(0, 7 * 24).Select(hour => new WindowValue(Monday.AddHours(hour), 0.9, 0.001)).ToList();
        windows[50] = new WindowValue(Monday.AddHours(50), 0.6, 0.1);
        Assert.Equal(windows.Count, OutlyingWindows.Without(windows).Count);
        windows[50] = new WindowValue(Monday.AddHours(50), 0.6, 0.01);
        Assert.Equal(windows.Count - 1, OutlyingWindows.Without(windows).Count);
    }

    [Fact]
    public void A_mean_by_rows_does_not_lean_to_where_errors_seem_sure()
    {
        // Errors in one of ten windows: by their own intervals the windows without any would count a hundred times as much.
        var windows = Enumerable
            .Range(0, 200)
            .Select(hour => new WindowValue(Monday.AddHours(hour), hour % 10 == 0 ? 0.1 : 0, hour % 10 == 0 ? 0.03 : 0.003) { Rows = 100 })
            .ToList();
        var learned = FewWindowsNull.Learn(windows, 0.001)!;
        Assert.Equal(0.01, learned.Mean, 6);
        var own = FewWindowsNull.Learn([.. windows.Select(window => window with { Rows = 0 })], 0.001)!;
        Assert.True(own.Mean < 0.001);
    }

    [Fact]
    public void Values_that_are_no_numbers_are_refused() =>
        Assert.Throws<ArgumentException>(() => OutlyingWindows.Without([new WindowValue(Monday, double.NaN, 0)]));

    private static double Usual(int hour) => (hour / 24 % 7 >= 5 ? 0.3 : 0.8) + (0.3 * Math.Cos(2 * Math.PI * (hour - 13) / 24.0));

    private static WindowValue Window(int hour, double value) => new(Monday.AddHours(hour), value, 0);
}
