namespace Plumbline.Statistics.Streams;

/// <summary>What a detector says after a value.</summary>
public enum StreamState
{
    /// <summary>Nothing unusual.</summary>
    Stable = 0,

    /// <summary>On the way to an alarm.</summary>
    Warning = 1,

    /// <summary>A change; the detector has started afresh.</summary>
    Drift = 2,
}

/// <summary>
/// The drift detection method DDM (Gama et al. 2004) for a stream of errors (true = wrong) in order of time. From the thirtieth value on it
/// tracks the smallest p + s, s = sqrt(p (1 - p) / i); warns at p_min + 2 s_min, alarms at p_min + 3 s_min and resets. The error rate is
/// floored at half an error, else a model without errors would alarm at its first. Mutable; not safe for concurrent use.
/// </summary>
public sealed class DriftDetectionMethod
{
    private readonly int _warmUp;
    private double _errors;
    private double _minimumRate = double.PositiveInfinity;
    private double _minimumDeviation = double.PositiveInfinity;

    /// <summary>Starts afresh.</summary>
    /// <param name="warmUp">Values before anything is said, at least 2.</param>
    public DriftDetectionMethod(int warmUp = 30)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 2);
        _warmUp = warmUp;
    }

    /// <summary>Values since the last alarm.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the next value.</summary>
    public StreamState Add(bool isError)
    {
        Count++;
        _errors += isError ? 1 : 0;
        if (Count < _warmUp)
            return StreamState.Stable;
        var rate = Math.Max(_errors, 0.5) / Count;
        var deviation = Math.Sqrt(rate * (1 - rate) / Count);
        if (rate + deviation < _minimumRate + _minimumDeviation)
            (_minimumRate, _minimumDeviation) = (rate, deviation);
        if (rate + deviation >= _minimumRate + 3 * _minimumDeviation && deviation > 0)
        {
            (Count, _errors, _minimumRate, _minimumDeviation) = (0, 0, double.PositiveInfinity, double.PositiveInfinity);
            return StreamState.Drift;
        }

        return rate + deviation >= _minimumRate + 2 * _minimumDeviation && deviation > 0 ? StreamState.Warning : StreamState.Stable;
    }
}

/// <summary>
/// The Page-Hinkley test for an increase of a mean: m_t = sum of (x_i - running mean - delta), alarm when m_t - min m exceeds lambda. Feed
/// -x to see decreases. Mutable; not safe for concurrent use.
/// </summary>
public sealed class PageHinkley
{
    private readonly double _delta;
    private readonly double _lambda;
    private readonly int _warmUp;
    private readonly double _forgetting;
    private double _mean;
    private double _sum;
    private double _minimum;

    /// <summary>Starts afresh.</summary>
    /// <param name="delta">Change that does not matter, in the unit of the values, not negative.</param>
    /// <param name="lambda">Threshold, in the unit of the values, positive: higher = fewer false alarms, later true ones.</param>
    /// <param name="warmUp">Values before an alarm is possible.</param>
    /// <param name="forgetting">Factor on the sum per value, in (0, 1]; 1 = none.</param>
    public PageHinkley(double delta = 0.005, double lambda = 50, int warmUp = 30, double forgetting = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delta);
        Require.PositiveFinite(lambda);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
        if (!(forgetting > 0 && forgetting <= 1))
            throw new ArgumentOutOfRangeException(nameof(forgetting), forgetting, "Must lie in (0, 1].");
        (_delta, _lambda, _warmUp, _forgetting) = (delta, lambda, warmUp, forgetting);
    }

    /// <summary>Values since the last alarm.</summary>
    public long Count { get; private set; }

    /// <summary>m_t - min m after the last value (also at an alarm).</summary>
    public double Statistic { get; private set; }

    /// <summary>Takes the next finite value.</summary>
    public StreamState Add(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "Must be finite.");
        Count++;
        _mean += (value - _mean) / Count;
        _sum = _forgetting * _sum + value - _mean - _delta;
        _minimum = Math.Min(_minimum, _sum);
        Statistic = _sum - _minimum;
        if (Count < _warmUp || Statistic <= _lambda)
            return StreamState.Stable;
        (Count, _mean, _sum, _minimum) = (0, 0, 0, 0);
        return StreamState.Drift;
    }
}

/// <summary>
/// Two-sided CUSUM for standardised values z = (x - mean) / sd of a known baseline: S = max(0, S + |z side| - slack), alarm above the
/// threshold. With slack 0.5 and threshold 5 a normal stream alarms falsely about every 465 values. Mutable; not safe for concurrent use.
/// </summary>
public sealed class Cusum
{
    private readonly double _mean;
    private readonly double _deviation;
    private readonly double _slack;
    private readonly double _threshold;

    /// <summary>Starts afresh.</summary>
    /// <param name="mean">Baseline mean, finite.</param>
    /// <param name="standardDeviation">Baseline standard deviation, positive.</param>
    /// <param name="slack">Half the shift to be found, in standard deviations, not negative.</param>
    /// <param name="threshold">Alarm above this, in standard deviations, positive.</param>
    public Cusum(double mean, double standardDeviation, double slack = 0.5, double threshold = 5)
    {
        if (!double.IsFinite(mean))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "Must be finite.");
        Require.PositiveFinite(standardDeviation);
        ArgumentOutOfRangeException.ThrowIfNegative(slack);
        Require.PositiveFinite(threshold);
        (_mean, _deviation, _slack, _threshold) = (mean, standardDeviation, slack, threshold);
    }

    /// <summary>Evidence for an increase, after the last value.</summary>
    public double Upper { get; private set; }

    /// <summary>Evidence for a decrease, after the last value.</summary>
    public double Lower { get; private set; }

    /// <summary>Takes the next finite value; after an alarm both sides start at 0.</summary>
    public StreamState Add(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "Must be finite.");
        var z = (value - _mean) / _deviation;
        Upper = Math.Max(0, Upper + z - _slack);
        Lower = Math.Max(0, Lower - z - _slack);
        if (Upper <= _threshold && Lower <= _threshold)
            return StreamState.Stable;
        (Upper, Lower) = (0, 0);
        return StreamState.Drift;
    }
}
