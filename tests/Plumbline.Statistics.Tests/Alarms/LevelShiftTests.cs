using Plumbline.Statistics.Alarms;

namespace Plumbline.Statistics.Tests.Alarms;

/// <summary>A release that changes a number's level is no wandering; a number that wanders has no level.</summary>
public sealed class LevelShiftTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_came_since_a_release_is_normal_and_a_fall_that_lasts_surprises_for_as_long_as_it_does(ulong seed)
    {
        var random = new RandomSource(seed);
        var windows = Windows(168, hour => (hour < 72 ? 0.905 : 0.94) + 0.015 * random.NextGaussian());
        var since = LevelShift.Since(windows, Hour, 24, 48);

        // To the hour it is known up to noise.
        Assert.InRange((since[0].Start - Monday).TotalHours, 69, 75);
        Assert.All(FallFor20(since), p => Assert.True(p < 0.01, $"{p}"));
        // With both levels taken for wandering it surprises once, and then hardly.
        Assert.True(FallFor20(windows)[^1] > 10 * FallFor20(since)[^1]);
    }

    [Fact]
    public void A_number_without_a_shift_keeps_all_its_windows()
    {
        var random = new RandomSource(5);
        var windows = Windows(168, _ => 0.9 + 0.015 * random.NextGaussian());
        Assert.Same(windows, LevelShift.Since(windows, Hour, 24, 48));
    }

    [Fact]
    public void A_number_that_wanders_keeps_all_its_windows()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var random = new RandomSource(seed);
            var level = 0.0;
            var windows = Windows(336, _ => 0.9 + (level = 0.95 * level + 0.01 * random.NextGaussian()));
            Assert.Same(windows, LevelShift.Since(windows, Hour, 24, 48));
        }
    }

    [Fact]
    public void A_shift_of_the_last_day_is_too_young_to_be_normal()
    {
        var random = new RandomSource(7);
        var windows = Windows(168, hour => (hour < 144 ? 0.905 : 0.94) + 0.01 * random.NextGaussian());
        Assert.Same(windows, LevelShift.Since(windows, Hour, 24, 48));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var windows = Windows(168, _ => 0.9);
        Assert.Throws<ArgumentNullException>(() => LevelShift.Since(null!, Hour, 24, 48));
        Assert.Throws<ArgumentOutOfRangeException>(() => LevelShift.Since(windows, Hour, 1, 48));
        Assert.Throws<ArgumentOutOfRangeException>(() => LevelShift.Since(windows, Hour, 24, 1));
    }

    /// <summary>P-values of twenty windows that lie 0.13 below the second level.</summary>
    private static List<double> FallFor20(IReadOnlyList<WindowValue> learned)
    {
        var normal = ScalarNull.Learn(learned, Hour)!;
        var memory = normal.NewMemory();
        foreach (var window in learned)
            normal.Evaluate(window, memory, SurpriseSide.Below);
        return
        [
            .. Enumerable
                .Range(168, 20)
                .Select(hour => normal.Evaluate(new WindowValue(Monday.AddHours(hour), 0.81, 0.015), memory, SurpriseSide.Below).PValue),
        ];
    }

    private static List<WindowValue> Windows(int count, Func<int, double> value) =>
        [.. Enumerable.Range(0, count).Select(hour => new WindowValue(Monday.AddHours(hour), value(hour), 0.015) { Rows = 200 })];
}
