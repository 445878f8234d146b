namespace Plumbline.Statistics.Sequential;

/// <summary>
/// Confidence sequences in closed form: intervals that hold at all times at once, so that one may look after every value.
/// </summary>
public static class ConfidenceSequence
{
    /// <summary>
    /// Half-width of the normal-mixture sequence (Robbins; Howard et al. 2021) for the mean of t values that are sub-Gaussian with known
    /// sigma: sqrt((V + rho) ln((V + rho) / (rho alpha^2))) / t, V = t sigma^2.
    /// </summary>
    /// <param name="t">Number of values, positive.</param>
    /// <param name="sigma">Standard deviation (or half the range for bounded values), positive.</param>
    /// <param name="rho">Tuning, positive: see <see cref="TuneRho"/>. Must be fixed before looking.</param>
    /// <param name="alpha">1 - coverage, inside (0, 1).</param>
    public static double NormalMixtureHalfWidth(long t, double sigma, double rho, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(t);
        Require.PositiveFinite(sigma);
        Require.PositiveFinite(rho);
        Require.OpenUnit(alpha);
        var variance = t * sigma * sigma;
        return Math.Sqrt((variance + rho) * Math.Log((variance + rho) / (rho * alpha * alpha))) / t;
    }

    /// <summary>
    /// The rho that makes the sequence nearly tightest when V = t sigma^2 is <paramref name="variance"/>: V / (2 ln(1/alpha) + ln(1 + 2
    /// ln(1/alpha))).
    /// </summary>
    public static double TuneRho(double variance, double alpha = 0.05)
    {
        Require.PositiveFinite(variance);
        Require.OpenUnit(alpha);
        var twice = 2 * Math.Log(1 / alpha);
        return variance / (twice + Math.Log(1 + twice));
    }

    /// <summary>
    /// Half-width of the asymptotic sequence (Waudby-Smith et al. 2024) with an estimated standard deviation; valid after a burn-in only:
    /// s sqrt(2 (t rho^2 + 1) / (t^2 rho^2) ln(sqrt(t rho^2 + 1) / alpha)). Its rho is another parameter than the normal mixture's.
    /// </summary>
    public static double AsymptoticHalfWidth(long t, double standardDeviation, double rho, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(t);
        ArgumentOutOfRangeException.ThrowIfNegative(standardDeviation);
        Require.PositiveFinite(rho);
        Require.OpenUnit(alpha);
        var scale = t * rho * rho + 1;
        return standardDeviation * Math.Sqrt(2 * scale / ((double)t * t * rho * rho) * Math.Log(Math.Sqrt(scale) / alpha));
    }
}

/// <summary>
/// The empirical-Bernstein confidence sequence for the mean of values in [0, 1] (Waudby-Smith and Ramdas 2024): needs no variance, adapts
/// to it, takes O(1) per value. The interval shown is the intersection over time. Mutable; not safe for concurrent use.
/// </summary>
public sealed class EmpiricalBernsteinSequence
{
    private readonly double _alpha;
    private double _sumOfBets;
    private double _weighted;
    private double _cost;
    private double _sum;
    private double _squares;

    /// <summary>Starts a sequence.</summary>
    /// <param name="alpha">1 - coverage, inside (0, 1).</param>
    public EmpiricalBernsteinSequence(double alpha = 0.05)
    {
        Require.OpenUnit(alpha);
        _alpha = alpha;
    }

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    /// <summary>Holds the mean at all times at once with the asked coverage.</summary>
    public Interval Interval { get; private set; } = new(0, 1);

    /// <summary>Takes the next value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside [0, 1].</exception>
    public void Add(double value)
    {
        Require.Probability(value);
        Count++;
        // Bets and centre use the past only; half a value of 1/2 and a variance of 1/4 stand in for a past at the start.
        var centre = (0.5 + _sum) / Count;
        var variance = (0.25 + _squares) / Count;
        var bet = Math.Min(0.5, Math.Sqrt(2 * Math.Log(2 / _alpha) / (variance * Count * Math.Log(1 + Count))));
        _sumOfBets += bet;
        _weighted += bet * value;
        _cost += (value - centre) * (value - centre) * (-Math.Log(1 - bet) - bet);
        _sum += value;
        var updated = (0.5 + _sum) / (Count + 1);
        _squares += (value - updated) * (value - updated);
        var middle = _weighted / _sumOfBets;
        var half = (Math.Log(2 / _alpha) + _cost) / _sumOfBets;
        var lower = Math.Max(Interval.Lower, middle - half);
        var upper = Math.Min(Interval.Upper, middle + half);
        // Within alpha the intersection may become empty; then the newest bounds meet.
        Interval =
            lower <= upper
                ? new Interval(lower, upper)
                : new Interval(Math.Clamp(middle, Interval.Lower, Interval.Upper), Math.Clamp(middle, Interval.Lower, Interval.Upper));
    }
}

/// <summary>
/// The hedged betting confidence sequence for the mean of values in [0, 1] (Waudby-Smith and Ramdas 2024): for every candidate mean on a
/// grid a gambler bets against it; means that made one rich beyond 1/alpha are ruled out. Tighter than
/// <see cref="EmpiricalBernsteinSequence"/>; O(grid) per value. Mutable; not safe for concurrent use.
/// </summary>
public sealed class BettingSequence
{
    private readonly double _alpha;
    private readonly double[] _logUp;
    private readonly double[] _logDown;
    private readonly bool[] _ruledOut;
    private double _sum;
    private double _squares;

    /// <summary>Starts a sequence.</summary>
    /// <param name="alpha">1 - coverage, inside (0, 1).</param>
    /// <param name="grid">Candidate means between 0 and 1, 10 .. 10,000: the interval's ends are exact to 1/grid, outwards.</param>
    public BettingSequence(double alpha = 0.05, int grid = 500)
    {
        Require.OpenUnit(alpha);
        ArgumentOutOfRangeException.ThrowIfLessThan(grid, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(grid, 10_000);
        _alpha = alpha;
        _logUp = new double[grid - 1];
        _logDown = new double[grid - 1];
        _ruledOut = new bool[grid - 1];
    }

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    /// <summary>Holds the mean at all times at once with the asked coverage.</summary>
    public Interval Interval { get; private set; } = new(0, 1);

    /// <summary>Takes the next value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside [0, 1].</exception>
    public void Add(double value)
    {
        Require.Probability(value);
        Count++;
        var variance = (0.25 + _squares) / Count;
        var bet = Math.Sqrt(2 * Math.Log(2 / _alpha) / (variance * Count * Math.Log(1 + Count)));
        var limit = Math.Log(2 / _alpha);
        int first = -1,
            last = -1;
        for (var i = 0; i < _ruledOut.Length; i++)
        {
            if (_ruledOut[i])
                continue;
            var mean = (i + 1.0) / (_ruledOut.Length + 1);
            // At most half of what would ruin the gambler in one step.
            _logUp[i] += Math.Log(1 + Math.Min(bet, 0.5 / mean) * (value - mean));
            _logDown[i] += Math.Log(1 - Math.Min(bet, 0.5 / (1 - mean)) * (value - mean));
            if (Math.Max(_logUp[i], _logDown[i]) >= limit)
            {
                _ruledOut[i] = true;
                continue;
            }

            first = first < 0 ? i : first;
            last = i;
        }

        _sum += value;
        var updated = (0.5 + _sum) / (Count + 1);
        _squares += (value - updated) * (value - updated);
        if (first < 0)
            return;
        var step = 1.0 / (_ruledOut.Length + 1);
        Interval = new Interval(Math.Max(Interval.Lower, first * step), Math.Min(Interval.Upper, (last + 2) * step));
    }
}
