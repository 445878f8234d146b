using System.Text.Json;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Statistics.Tests.Alarms;

public sealed class AlarmDetectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_threshold_follows_from_the_budget()
    {
        // 30 features, 5 segments and the whole, hourly, one alarm in 30 days: 180 * 720.
        Check.Near(129_600, FalseAlarmBudget.Default.Threshold(TimeSpan.FromHours(1), 180));
        Check.Near(259_200, FalseAlarmBudget.Default.Threshold(TimeSpan.FromHours(1), 180, 0.5));
        Check.Near(1, FalseAlarmBudget.Default.Bound(129_600, TimeSpan.FromHours(1), 180));
        Assert.Equal(2, new FalseAlarmBudget(100, TimeSpan.FromDays(1)).Threshold(TimeSpan.FromDays(1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FalseAlarmBudget(0, TimeSpan.FromDays(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmBudget.Default.Threshold(TimeSpan.Zero, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmBudget.Default.Threshold(TimeSpan.FromHours(1), 0));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(5000)]
    public void A_capped_calibrator_gives_e_values(double cap)
    {
        var calibrator = new EvidenceCalibrator(cap);
        // Integrates over ln p, where the density is p.
        const int Steps = 200_000;
        var mean = Enumerable
            .Range(0, Steps)
            .Sum(i => calibrator.EValue(Math.Exp(-60 * (i + 0.5) / Steps)) * Math.Exp(-60 * (i + 0.5) / Steps) * 60 / Steps);
        Check.Near(1, mean, 1e-4);
        Assert.Equal(cap, calibrator.EValue(0));
        Assert.Equal(cap, calibrator.EValue(calibrator.CappedBelow), 6);
        Assert.True(calibrator.EValue(0.9) < calibrator.EValue(0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => calibrator.EValue(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvidenceCalibrator(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_single_window_never_alarms_but_the_asked_number_does(int windows)
    {
        var detector = new AlarmDetector(129_600, EvidenceCalibrator.ForThreshold(129_600, windows));
        var state = AlarmState.Fresh;
        for (var t = 1; t <= windows; t++)
        {
            var step = detector.Next(state, 0, Start.AddHours(t));
            Assert.Equal(t == windows, step.IsAlarm);
            Assert.Equal(Start.AddHours(1), step.Since);
            Assert.Equal(t, step.WindowsSince);
            state = step.State;
        }

        Assert.Equal(0, state.LogEvidence);
        Assert.Equal(Start.AddHours(windows), state.LastWindow);
    }

    [Fact]
    public void Evidence_is_the_shiryaev_roberts_sum_and_survives_json()
    {
        var detector = new AlarmDetector(1e6, new EvidenceCalibrator(50));
        double[] p = [0.4, 0.01, 0.9, 0.02, 0.03, 0.2, 0.05];
        var (state, plain) = (AlarmState.Fresh, 0.0);
        for (var t = 0; t < p.Length; t++)
        {
            plain = (plain + 1) * detector.Calibrator.EValue(p[t]);
            var step = detector.Next(state, p[t], Start.AddHours(t));
            Check.Near(Math.Log(plain), step.LogEvidence, 1e-12);
            state = JsonSerializer.Deserialize<AlarmState>(JsonSerializer.Serialize(step.State))!;
        }

        // The change is where the sum of logarithms is largest: 0.9 does not break what began with 0.01.
        Assert.Equal(Start.AddHours(1), state.Since);
        Assert.Equal(6, state.WindowsSince);
        Assert.Equal(7, state.Windows);
        Assert.Throws<ArgumentException>(() => detector.Next(state, 0.5, Start.AddHours(6)));
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void False_alarms_stay_within_the_bound()
    {
        // A threshold of 200 over 1,000 windows allows 5 alarms; uniform p-values are the worst that the theorem covers.
        var alarms = 0;
        Simulations.Run(
            71,
            (random, _) =>
            {
                var detector = new AlarmDetector(200);
                var state = AlarmState.Fresh;
                for (var t = 0; t < 1000; t++)
                {
                    var step = detector.Next(state, random.NextDouble(), Start.AddHours(t));
                    state = step.State;
                    if (step.IsAlarm)
                        Interlocked.Increment(ref alarms);
                }
            }
        );
        Assert.InRange(alarms / (double)Simulations.Runs, 1, 5);
    }

    [Fact]
    public void Sizes_speak_one_language_for_numbers_and_categories()
    {
        Check.Near(0.5, ShiftSize.FromSquaredHellinger(1 - Math.Exp(-0.25 / 8)), 1e-12);
        Check.Near(0.2002, ShiftSize.Between([1e9, 0], [0.99e9, 0.01e9]), 1e-3);
        Check.Near(0, ShiftSize.Between([500, 500], [48, 52]));
        Assert.Null(ShiftSize.Between([0, 0], [1, 2]));
        Assert.Equal(10, ShiftSize.Between([1e6, 0], [0, 1e6]));
        Assert.Throws<ArgumentException>(() => ShiftSize.Between([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => ShiftSize.Between([1, double.NaN], [1, 2]));
    }
}
