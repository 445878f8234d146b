namespace Plumbline.Statistics.Alarms;

/// <summary>
/// What a detector remembers of one stream between windows: small, immutable, and safe to store as JSON (every number is finite).
/// </summary>
public sealed record AlarmState
{
    /// <summary>The state before the first window.</summary>
    public static AlarmState Fresh { get; } = new();

    /// <summary>ln(1 + R) of the Shiryaev-Roberts statistic R; 0 without evidence.</summary>
    public double LogEvidence { get; init; }

    /// <summary>The largest log-likelihood-like sum over all starting points, at least 0: it tells since when.</summary>
    public double LogSinceChange { get; init; }

    /// <summary>Start of the window with which the evidence begins: the most likely change point. Null without evidence.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Windows judged since <see cref="Since"/>.</summary>
    public int WindowsSince { get; init; }

    /// <summary>Windows judged since the start or the last alarm.</summary>
    public long Windows { get; init; }

    /// <summary>Start of the last window taken; null before the first.</summary>
    public DateTimeOffset? LastWindow { get; init; }
}

/// <summary>The outcome of one window.</summary>
/// <param name="IsAlarm">True when the evidence reached the threshold; <paramref name="State"/> has then started afresh.</param>
/// <param name="State">What to remember.</param>
/// <param name="EValue">Evidence of this window alone.</param>
/// <param name="LogEvidence">ln R of the statistic after this window, before any restart.</param>
/// <param name="Since">Most likely start of the change; null when nothing points to one.</param>
/// <param name="WindowsSince">Windows from <paramref name="Since"/> to this one, both included.</param>
public readonly record struct AlarmStep(
    bool IsAlarm,
    AlarmState State,
    double EValue,
    double LogEvidence,
    DateTimeOffset? Since,
    int WindowsSince
);

/// <summary>
/// A Shiryaev-Roberts e-detector over p-values, in logarithms: R_t = (R_{t-1} + 1) e_t, alarm when R_t reaches the threshold, then afresh.
/// With p-values that are valid given the past, a stream raises on average at most windows / threshold false alarms
/// (<see cref="FalseAlarmBudget"/>). Shin, Ramdas and Rinaldo 2022. Immutable; the state is the caller's.
/// </summary>
public sealed class AlarmDetector
{
    private readonly double _logThreshold;

    /// <summary>Makes a detector.</summary>
    /// <param name="threshold">Above 1; see <see cref="FalseAlarmBudget.Threshold"/>.</param>
    /// <param name="calibrator">Null: <see cref="EvidenceCalibrator.ForThreshold"/> with two windows.</param>
    public AlarmDetector(double threshold, EvidenceCalibrator? calibrator = null)
    {
        Calibrator = calibrator ?? EvidenceCalibrator.ForThreshold(threshold);
        if (!(threshold > 1 && double.IsFinite(threshold)))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Must be above 1 and finite.");
        Threshold = threshold;
        _logThreshold = Math.Log(threshold);
    }

    /// <summary>The statistic at which an alarm is raised.</summary>
    public double Threshold { get; }

    /// <summary>How p-values become evidence.</summary>
    public EvidenceCalibrator Calibrator { get; }

    /// <summary>Takes the next window's p-value. Windows without one are simply not taken: the evidence stays as it is.</summary>
    /// <param name="state">What was remembered.</param>
    /// <param name="pValue">In [0, 1], valid given the past; small = surprising.</param>
    /// <param name="windowStart">Later than every window taken before.</param>
    /// <exception cref="ArgumentException">The window is not later than the last one.</exception>
    public AlarmStep Next(AlarmState state, double pValue, DateTimeOffset windowStart)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (windowStart <= state.LastWindow)
        {
            throw new ArgumentException(
                $"The window of {windowStart:O} is not later than the last one, {state.LastWindow:O}.",
                nameof(windowStart)
            );
        }

        var evidence = Calibrator.EValue(pValue);
        var log = Math.Log(evidence);
        var statistic = state.LogEvidence + log;
        // The best start so far is kept while the sum from it is positive: the maximum over starts, in one pass (Page 1954).
        var begins = state.LogSinceChange <= 0;
        var sum = (begins ? 0 : state.LogSinceChange) + log;
        var (since, windows) =
            sum <= 0 ? (null, 0)
            : begins ? (windowStart, 1)
            : (state.Since, state.WindowsSince + 1);
        var next =
            statistic >= _logThreshold
                ? AlarmState.Fresh with
                {
                    LastWindow = windowStart,
                }
                : new AlarmState
                {
                    LogEvidence = statistic > 30 ? statistic : Math.Log(1 + Math.Exp(statistic)),
                    LogSinceChange = Math.Max(0, sum),
                    Since = since,
                    WindowsSince = windows,
                    Windows = state.Windows + 1,
                    LastWindow = windowStart,
                };
        return new AlarmStep(statistic >= _logThreshold, next, evidence, statistic, since, windows);
    }
}
