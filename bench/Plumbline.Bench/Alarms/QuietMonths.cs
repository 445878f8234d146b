using Plumbline.Statistics;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Bench.Alarms;

/// <summary>What one simulated month without drift gave.</summary>
/// <param name="Plumbline">Alarms of Plumbline's default.</param>
/// <param name="PlumblineLarge">Those of them whose effect reached the floor, and so would have paged.</param>
/// <param name="Usual">Alerts of each usual rule; null where it was not followed in this month.</param>
/// <param name="Windows">Windows with at least one alert, by usual rule.</param>
/// <param name="Dataset">Windows in which at least half of the features drift by Evidently's test, over all rows.</param>
internal sealed record QuietMonth(int Plumbline, int PlumblineLarge, int[]? Usual, int[]? Windows, int Dataset);

/// <summary>Months without drift: 30 features, 5 segments and the whole, hourly windows.</summary>
internal static class QuietMonths
{
    public const int Features = 30;
    public const int Numeric = 20;
    public const int MonthWindows = 720;

    public static long Streams => Features * (long)FeatureWindows.Streams;

    public static QuietMonth Run(AlarmScenario scenario, int rowsPerWindow, int referenceWindows, bool withUsual, RandomSource random)
    {
        var path = new TrafficPath(scenario, rowsPerWindow, referenceWindows + MonthWindows, random);
        var detector = new AlarmDetector(FalseAlarmBudget.Default.Threshold(TimeSpan.FromHours(1), Streams));
        int alarms = 0,
            large = 0;
        var alerts = new int[AlarmRules.Names.Length];
        var alerted = new bool[AlarmRules.Names.Length, MonthWindows];
        var drifting = new int[MonthWindows];
        for (var f = 0; f < Features; f++)
        {
            var law = new FeatureLaw(scenario, f < Numeric, withUsual ? 100 : 10, random.Fork());
            var windows = FeatureWindows.Draw(law, path, random.Fork());
            var deviation = withUsual && law.IsNumeric ? SampleDeviation(scenario, random.Fork()) : 1;
            for (var s = 0; s < FeatureWindows.Streams; s++)
            {
                var (own, ownLarge) = Follow(law, path, windows, s, referenceWindows, detector);
                (alarms, large) = (alarms + own, large + ownLarge);
                if (withUsual)
                {
                    FollowUsual(
                        law,
                        path,
                        windows,
                        s,
                        referenceWindows,
                        deviation,
                        (rule, t) =>
                        {
                            alerts[rule]++;
                            alerted[rule, t] = true;
                            drifting[t] += rule == 2 && s == 0 ? 1 : 0;
                        }
                    );
                }
            }
        }

        return new QuietMonth(
            alarms,
            large,
            withUsual ? alerts : null,
            withUsual ? [.. alerts.Select((_, rule) => Enumerable.Range(0, MonthWindows).Count(t => alerted[rule, t]))] : null,
            drifting.Count(d => d * 2 >= Features)
        );
    }

    /// <summary>What Plumbline sees: deciles or categories, unseen, missing.</summary>
    public static double[] Bins(FeatureLaw law, double[] counts)
    {
        if (!law.IsNumeric || law.Bins == 10)
            return counts;
        var merged = new double[12];
        for (var b = 0; b < law.Bins; b++)
            merged[b * 10 / law.Bins] += counts[b];
        (merged[10], merged[11]) = (counts[law.Bins], counts[law.Bins + 1]);
        return merged;
    }

    private static (int Alarms, int Large) Follow(
        FeatureLaw law,
        TrafficPath path,
        FeatureWindows windows,
        int stream,
        int referenceWindows,
        AlarmDetector detector
    )
    {
        var rule = AlarmRules.Plumbline([.. Enumerable.Range(0, referenceWindows).Select(Window)], detector);
        int alarms = 0,
            large = 0;
        for (var t = referenceWindows; t < path.Starts.Length; t++)
        {
            if (rule(Window(t)) is not { Step.IsAlarm: true } judged)
                continue;
            alarms++;
            large += judged.Effect >= ShiftSize.DefaultFloor ? 1 : 0;
        }

        return (alarms, large);

        WindowCounts Window(int t) => new(path.Starts[t], Bins(law, windows.Counts(stream, t)));
    }

    private static void FollowUsual(
        FeatureLaw law,
        TrafficPath path,
        FeatureWindows windows,
        int stream,
        int referenceWindows,
        double deviation,
        Action<int, int> alert
    )
    {
        var total = new double[law.Width];
        var history = new WindowCounts[referenceWindows];
        for (var t = 0; t < referenceWindows; t++)
        {
            history[t] = new WindowCounts(path.Starts[t], windows.Counts(stream, t));
            for (var b = 0; b < total.Length; b++)
                total[b] += history[t].Counts[b];
        }

        var rules = AlarmRules.Usual(new StreamHistory(law, history, total, deviation));
        for (var t = referenceWindows; t < path.Starts.Length; t++)
        {
            var counts = windows.Counts(stream, t);
            for (var rule = 0; rule < rules.Length; rule++)
            {
                if (rules[rule](counts))
                    alert(rule, t - referenceWindows);
            }
        }
    }

    // The sample standard deviation of 20,000 values: about 1.05, and for Student's t with 2 degrees of freedom, which has none, whatever
    // the largest values make it.
    private static double SampleDeviation(AlarmScenario scenario, RandomSource random)
    {
        const int Rows = 20_000;
        double sum = 0,
            squares = 0;
        for (var i = 0; i < Rows; i++)
        {
            var u = random.NextDouble();
            var x =
                0.3 * random.NextGaussian()
                + (
                    scenario == AlarmScenario.HeavyTails ? (2 * u - 1) / Math.Sqrt(2 * Math.Max(1e-12, u * (1 - u))) : random.NextGaussian()
                );
            (sum, squares) = (sum + x, squares + x * x);
        }

        return Math.Sqrt(squares / Rows - sum / Rows * (sum / Rows));
    }
}
