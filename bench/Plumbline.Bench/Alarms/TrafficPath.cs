using Plumbline.Statistics;

namespace Plumbline.Bench.Alarms;

/// <summary>What a world without drift may still do.</summary>
internal enum AlarmScenario
{
    /// <summary>Every row is drawn from one law.</summary>
    IndependentRows,

    /// <summary>Means move with the hour of the day and the day of the week, volume by a factor of four.</summary>
    Seasonality,

    /// <summary>Four groups of customers whose shares wander (autoregression, 0.9 from hour to hour), each with means of its own.</summary>
    TrafficMix,

    /// <summary>
    /// Values of Student's t with 2 degrees of freedom, and bursts of one caller's identical rows with a Pareto share (index 1.5).
    /// </summary>
    HeavyTails,
}

/// <summary>
/// The part of a simulated stretch of hours that all features share: volumes by segment, weights of customer groups, bursts.
/// </summary>
internal sealed class TrafficPath
{
    public const int Groups = 4;

    /// <summary>Shares of the five segments.</summary>
    public static readonly double[] SegmentShares = [0.4, 0.25, 0.18, 0.12, 0.05];

    private const double Persistence = 0.9;
    private const double GroupSpread = 0.35;

    public TrafficPath(AlarmScenario scenario, int rowsPerWindow, int windows, RandomSource random)
    {
        Scenario = scenario;
        Starts = new DateTimeOffset[windows];
        Rows = new long[windows, SegmentShares.Length];
        Weights = new double[windows, Groups];
        BurstShares = new double[windows];
        // A Monday or any other day: the calendar should not favour one.
        var first = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero).AddDays(random.NextInt(7));
        var state = new double[Groups];
        for (var g = 0; g < Groups; g++)
            state[g] = GroupSpread * random.NextGaussian();
        for (var t = 0; t < windows; t++)
        {
            Starts[t] = first.AddHours(t);
            DrawRows(t, rowsPerWindow * Volume(Starts[t]), random);
            var sum = 0.0;
            for (var g = 0; g < Groups; g++)
            {
                state[g] = Persistence * state[g] + GroupSpread * Math.Sqrt(1 - Persistence * Persistence) * random.NextGaussian();
                sum += Weights[t, g] = Math.Exp(state[g]);
            }

            for (var g = 0; g < Groups; g++)
                Weights[t, g] /= sum;
            BurstShares[t] = scenario == AlarmScenario.HeavyTails ? Math.Min(0.5, 0.004 * Math.Pow(1 - random.NextDouble(), -1 / 1.5)) : 0;
        }
    }

    public AlarmScenario Scenario { get; }

    public DateTimeOffset[] Starts { get; }

    /// <summary>Rows per window and segment.</summary>
    public long[,] Rows { get; }

    /// <summary>Share of each customer group per window.</summary>
    public double[,] Weights { get; }

    /// <summary>Share of a window's rows that are one caller's.</summary>
    public double[] BurstShares { get; }

    private double Volume(DateTimeOffset start) =>
        Scenario == AlarmScenario.Seasonality ? 1 + 0.6 * Math.Cos(2 * Math.PI * (start.Hour - 14) / 24.0) : 1;

    private void DrawRows(int t, double expected, RandomSource random)
    {
        for (var s = 0; s < SegmentShares.Length; s++)
            Rows[t, s] = (long)random.NextPoisson(expected * SegmentShares[s]);
    }
}
