using Plumbline.Statistics;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Bench.Alarms;

/// <summary>How many windows pass from a change to the alarm, counting the window in which it is raised; null when not found.</summary>
internal static class DetectionDelays
{
    /// <summary>Windows that are waited for.</summary>
    public const int Patience = 72;

    private const int QuietWindows = 48;

    /// <summary>
    /// A shift of one feature in all segments; found when any of the feature's six streams raises an alarm. The budget is shared by the
    /// streams of 30 features.
    /// </summary>
    public static int? OfFeature(
        AlarmScenario scenario,
        int rowsPerWindow,
        int referenceWindows,
        bool isNumeric,
        FeatureShift shift,
        RandomSource random
    )
    {
        var from = referenceWindows + QuietWindows;
        var path = new TrafficPath(scenario, rowsPerWindow, from + Patience, random);
        var seed = random.NextUInt64();
        var law = new FeatureLaw(scenario, isNumeric, 10, new RandomSource(seed));
        var shifted = new FeatureLaw(scenario, isNumeric, 10, new RandomSource(seed), shift.Mean);
        var windows = FeatureWindows.Draw(law, path, random.Fork(), shift, from, shifted);
        var detector = new AlarmDetector(FalseAlarmBudget.Default.Threshold(TimeSpan.FromHours(1), QuietMonths.Streams));
        int? first = null;
        for (var s = 0; s < FeatureWindows.Streams; s++)
        {
            var stream = s;
            var rule = AlarmRules.Plumbline([.. Enumerable.Range(0, referenceWindows).Select(Window)], detector);
            for (var t = referenceWindows; t < path.Starts.Length; t++)
            {
                if (rule(Window(t)) is not { Step.IsAlarm: true } || t < from)
                    continue;
                first = Math.Min(first ?? int.MaxValue, t - from + 1);
                break;
            }

            WindowCounts Window(int t) => new(path.Starts[t], windows.Counts(stream, t));
        }

        return first;
    }

    /// <summary>
    /// A calibration change: from some hour on the log-odds of the outcome are the score's log-odds times <paramref name="slope"/> plus
    /// <paramref name="offset"/>. Streams: mean of outcome minus score, and Brier score, for all rows and the segments, with their standard
    /// errors.
    /// </summary>
    public static int? OfCalibration(int rowsPerWindow, int referenceWindows, double slope, double offset, RandomSource random)
    {
        var from = referenceWindows + QuietWindows;
        var path = new TrafficPath(AlarmScenario.IndependentRows, rowsPerWindow, from + Patience, random);
        var series = new WindowValue[2 * FeatureWindows.Streams][];
        for (var s = 0; s < series.Length; s++)
            series[s] = new WindowValue[path.Starts.Length];
        for (var t = 0; t < path.Starts.Length; t++)
            DrawOutcomes(path, t, t >= from ? (slope, offset) : (1, 0), series, random);
        var detector = new AlarmDetector(FalseAlarmBudget.Default.Threshold(TimeSpan.FromHours(1), QuietMonths.Streams));
        int? first = null;
        foreach (var values in series)
        {
            var learned = ScalarNull.Learn(values[..referenceWindows], TimeSpan.FromHours(1));
            var (memory, state) = (learned!.NewMemory(), AlarmState.Fresh);
            for (var t = referenceWindows; t < values.Length; t++)
            {
                var step = detector.Next(state, learned.Evaluate(values[t], memory).PValue, values[t].Start);
                state = step.State;
                if (!step.IsAlarm || t < from)
                    continue;
                first = Math.Min(first ?? int.MaxValue, t - from + 1);
                break;
            }
        }

        return first;
    }

    private static void DrawOutcomes(
        TrafficPath path,
        int window,
        (double Slope, double Offset) change,
        WindowValue[][] series,
        RandomSource random
    )
    {
        Span<double> all = stackalloc double[5];
        Span<double> own = stackalloc double[5];
        for (var s = 0; s < TrafficPath.SegmentShares.Length; s++)
        {
            own.Clear();
            for (var i = 0L; i < path.Rows[window, s]; i++)
            {
                var odds = 1.5 * random.NextGaussian() - 0.5;
                var score = 1 / (1 + Math.Exp(-odds));
                var outcome = random.NextDouble() < 1 / (1 + Math.Exp(-(change.Slope * odds + change.Offset))) ? 1 : 0;
                var (residual, loss) = (outcome - score, (outcome - score) * (outcome - score));
                own[0]++;
                own[1] += residual;
                own[2] += residual * residual;
                own[3] += loss;
                own[4] += loss * loss;
            }

            for (var k = 0; k < own.Length; k++)
                all[k] += own[k];
            Store(series, path, window, s + 1, own);
        }

        Store(series, path, window, 0, all);
    }

    private static void Store(WindowValue[][] series, TrafficPath path, int window, int stream, ReadOnlySpan<double> sums)
    {
        series[2 * stream][window] = Mean(path.Starts[window], sums[0], sums[1], sums[2]);
        series[2 * stream + 1][window] = Mean(path.Starts[window], sums[0], sums[3], sums[4]);
    }

    private static WindowValue Mean(DateTimeOffset start, double rows, double sum, double squares)
    {
        var n = Math.Max(2, rows);
        var mean = sum / n;
        return new WindowValue(start, mean, Math.Sqrt(Math.Max(1e-9, squares / n - mean * mean) / n));
    }
}
