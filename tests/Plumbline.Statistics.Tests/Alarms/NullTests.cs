using Plumbline.Statistics.Alarms;

namespace Plumbline.Statistics.Tests.Alarms;

public sealed class NullTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Independent_rows_have_no_calendar_no_persistence_and_little_overdispersion()
    {
        var learned = BinnedNull.Learn(Windows(new RandomSource(1), 336, _ => [0.5, 0.3, 0.2, 0]), Hour)!;
        Assert.Equal((4, 336, SeasonalPattern.None, 0.0), (learned.Bins, learned.Windows, learned.Pattern, learned.Persistence));
        Assert.True(learned.Overdispersion < 1e-4, $"{learned.Overdispersion}");
    }

    [Theory]
    [InlineData(336)]
    [InlineData(30)]
    [Trait("Category", "Simulation")]
    public void P_values_are_not_too_small_without_a_shift(int history)
    {
        var levels = new[] { 0.1, 0.01, 0.001, 0.0001 };
        var hits = new int[levels.Length];
        const int Judged = 50;
        Simulations.Run(
            51,
            (random, _) =>
            {
                // Overdispersed rows, a rare bin, and an empty one.
                double[] Law(int t) => Tilt([0.5, 0.3, 0.1995, 0.0005, 0], 0.1 * random.NextGaussian());
                var windows = Windows(random, history + Judged, Law);
                var learned = BinnedNull.Learn([.. windows.Take(history)], Hour)!;
                var memory = learned.NewMemory();
                foreach (var window in windows.Skip(history))
                {
                    var p = learned.Evaluate(window, memory)!.Value.PValue;
                    for (var k = 0; k < levels.Length; k++)
                    {
                        if (p <= levels[k])
                            Interlocked.Increment(ref hits[k]);
                    }
                }
            }
        );
        var all = Simulations.Runs * (double)Judged;
        for (var k = 0; k < levels.Length; k++)
            Assert.True(hits[k] / all <= 1.15 * levels[k], $"{history} windows: p <= {levels[k]} in {hits[k] / all:E2}");
        Assert.True(hits[0] / all > 0.03, "far too cautious");
    }

    [Fact]
    public void The_time_of_day_is_expected_and_not_held_against_a_window()
    {
        static double[] Law(int t) => Tilt([0.4, 0.3, 0.2, 0.1], 0.8 * Math.Cos(2 * Math.PI * t / 24));
        var learned = BinnedNull.Learn(Windows(new RandomSource(2), 336, Law), Hour)!;
        Assert.Equal(SeasonalPattern.HourOfDay, learned.Pattern);
        var judged = Windows(new RandomSource(3), 24, Law, Start.AddHours(336));
        var memory = learned.NewMemory();
        Assert.All(judged, window => Assert.True(learned.Evaluate(window, memory)!.Value.PValue > 0.001));
        // Noon's mix at midnight.
        var wrong = new WindowCounts(Start.AddHours(360), Windows(new RandomSource(4), 13, Law)[12].Counts);
        Assert.True(learned.Evaluate(wrong, memory)!.Value.PValue < 1e-5);
    }

    [Fact]
    public void Persistent_traffic_is_recognised()
    {
        var random = new RandomSource(5);
        var level = 0.0;
        var learned = BinnedNull.Learn(
            Windows(random, 500, _ => Tilt([0.4, 0.3, 0.2, 0.1], level = 0.9 * level + 0.15 * random.NextGaussian())),
            Hour
        )!;
        Assert.InRange(learned.Persistence, 0.6, 1);
        Assert.True(learned.Overdispersion > 1e-3);
    }

    [Theory]
    [InlineData(0, 0.05)]
    [InlineData(0.04, 0)]
    public void Missing_values_and_new_categories_are_shifts(double unseen, double missing)
    {
        var random = new RandomSource(6);
        var learned = BinnedNull.Learn(Windows(random, 200, _ => [0.6, 0.395, 0, 0.005]), Hour)!;
        var changed = Windows(
            random,
            1,
            _ => [0.6 * (1 - unseen - missing), 0.395 * (1 - unseen - missing), unseen, 0.005 + missing],
            Start.AddHours(300)
        )[0];
        var judged = learned.Evaluate(changed, learned.NewMemory())!.Value;
        Assert.True(judged.PValue < 1e-4, $"{judged.PValue}");
        Assert.InRange(judged.Effect, 0.2, 0.6);
    }

    [Fact]
    public void Scalars_are_judged_on_the_asked_side()
    {
        var random = new RandomSource(7);
        WindowValue Draw(int t, double mean) => new(Start.AddHours(t), mean + 0.01 * random.NextGaussian(), 0.01);
        var learned = ScalarNull.Learn([.. Enumerable.Range(0, 200).Select(t => Draw(t, 0.9))], Hour)!;
        Assert.InRange(learned.Spread, 0, 0.006);
        var memory = learned.NewMemory();
        Assert.True(learned.Evaluate(Draw(300, 0.8), memory, SurpriseSide.Below).PValue < 1e-4);
        Assert.True(learned.Evaluate(Draw(301, 0.8), memory, SurpriseSide.Above).PValue > 0.99);
        Assert.Equal(0.1, learned.Evaluate(new WindowValue(Start.AddHours(302), 1, 0.01), memory).Effect, 2);
        Assert.Null(ScalarNull.Learn([Draw(0, 1)], Hour));
        Assert.Throws<ArgumentException>(() => learned.Evaluate(new WindowValue(Start, double.NaN, 0), memory));
        // A number that never varied: a jump is surprising, the same again is not.
        var constant = ScalarNull.Learn([.. Enumerable.Range(0, 100).Select(t => new WindowValue(Start.AddHours(t), 0, 0))], Hour)!;
        Assert.Equal(1, constant.Evaluate(new WindowValue(Start.AddHours(200), 0, 0), constant.NewMemory()).PValue);
        Assert.True(constant.Evaluate(new WindowValue(Start.AddHours(201), 0.5, 0), constant.NewMemory()).PValue < 0.02);
    }

    [Fact]
    public void Bad_and_little_input_is_told()
    {
        Assert.Null(BinnedNull.Learn([], Hour));
        Assert.Null(BinnedNull.Learn(Windows(new RandomSource(8), 19, _ => [0.5, 0.5]), Hour));
        var learned = BinnedNull.Learn(Windows(new RandomSource(8), 40, _ => [0.5, 0.5]), Hour)!;
        Assert.Null(learned.Evaluate(new WindowCounts(Start, [3, 2]), learned.NewMemory()));
        Assert.Throws<ArgumentException>(() => learned.Evaluate(new WindowCounts(Start, [30, 2, 1]), learned.NewMemory()));
        Assert.Throws<ArgumentException>(() => learned.Evaluate(new WindowCounts(Start, [30, -2]), learned.NewMemory()));
        Assert.Throws<ArgumentException>(() => BinnedNull.Learn([new WindowCounts(Start, [1, 2]), new WindowCounts(Start, [1])], Hour));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinnedNull.Learn([], TimeSpan.Zero));
    }

    private static List<WindowCounts> Windows(RandomSource random, int count, Func<int, double[]> law, DateTimeOffset? start = null)
    {
        var windows = new List<WindowCounts>();
        for (var t = 0; t < count; t++)
        {
            var p = law(t);
            var counts = new double[p.Length];
            var (left, rest) = (2000L, 1.0);
            for (var b = 0; b < p.Length; b++)
            {
                counts[b] = b == p.Length - 1 ? left : random.NextBinomial(left, rest > 0 ? Math.Clamp(p[b] / rest, 0, 1) : 0);
                left -= (long)counts[b];
                rest -= p[b];
            }

            windows.Add(new WindowCounts((start ?? Start).AddHours(t), counts));
        }

        return windows;
    }

    // Moves mass from the last to the first bins by a log-linear factor; empty bins stay empty.
    private static double[] Tilt(double[] law, double by)
    {
        var tilted = new double[law.Length];
        for (var b = 0; b < law.Length; b++)
            tilted[b] = law[b] * Math.Exp(by * (0.5 - b / (law.Length - 1.0)));
        var sum = tilted.Sum();
        return Array.ConvertAll(tilted, p => p / sum);
    }
}
