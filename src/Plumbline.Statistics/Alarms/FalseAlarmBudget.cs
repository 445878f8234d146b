namespace Plumbline.Statistics.Alarms;

/// <summary>
/// How many false alarms people are willing to get in how long a time, over everything that is watched together.
/// <para>
/// A Shiryaev-Roberts detector over e-values that restarts at each alarm obeys A E[alarms in T windows] &lt;= T when its threshold is A:
/// the statistic plus A times the alarms so far minus the windows so far is a supermartingale. Summed over streams, whatever their
/// dependence, the threshold A = streams x (period / window) / alarms keeps the expected number of false alarms of a period at or below the
/// budget.
/// </para>
/// </summary>
public readonly record struct FalseAlarmBudget
{
    /// <summary>Declares a budget.</summary>
    /// <param name="alarms">Expected number of false alarms in a period that is acceptable, positive.</param>
    /// <param name="period">The period, positive.</param>
    public FalseAlarmBudget(double alarms, TimeSpan period)
    {
        Require.PositiveFinite(alarms);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        Alarms = alarms;
        Period = period;
    }

    /// <summary>One false alarm in 30 days.</summary>
    public static FalseAlarmBudget Default { get; } = new(1, TimeSpan.FromDays(30));

    /// <summary>Acceptable false alarms per <see cref="Period"/>.</summary>
    public double Alarms { get; }

    /// <summary>Length of the period.</summary>
    public TimeSpan Period { get; }

    /// <summary>The threshold A that each of the streams gets when they share the budget equally; at least 2.</summary>
    /// <param name="window">Length of a window, positive.</param>
    /// <param name="streams">Streams that share the budget (features x segments x measures), positive.</param>
    /// <param name="share">The share of the budget that goes to these streams, in (0, 1]: below 1 where streams with other windows take the
    /// rest.</param>
    public double Threshold(TimeSpan window, long streams, double share = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(streams);
        if (!(share > 0 && share <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "Must lie in (0, 1].");
        return Math.Max(2, streams * (Period / window) / (Alarms * share));
    }

    /// <summary>The bound on the expected number of false alarms per <see cref="Period"/> of streams with one threshold.</summary>
    public double Bound(double threshold, TimeSpan window, long streams)
    {
        Require.PositiveFinite(threshold);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(streams);
        return streams * (Period / window) / threshold;
    }
}
