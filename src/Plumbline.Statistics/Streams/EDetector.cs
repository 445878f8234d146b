namespace Plumbline.Statistics.Streams;

/// <summary>
/// A Shiryaev-Roberts e-detector (Shin, Ramdas and Rinaldo 2022) for values in [0, 1] whose conditional mean should not exceed a baseline.
/// It multiplies bets 1 + b (x - baseline) over every possible starting point: M_t = (M_{t-1} + 1) e_t, averaged over a grid of bets. While
/// the baseline holds, the mean time to a false alarm is at least the asked run length, whatever the distribution and the dependence
/// allowed by a conditional mean. Feed 1 - x to see decreases. Mutable; not safe for concurrent use.
/// </summary>
public sealed class EDetector
{
    private static readonly double[] Shares = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

    private readonly double[] _bets;
    private readonly double[] _evidence;

    /// <summary>Starts afresh.</summary>
    /// <param name="baseline">Largest mean that is no alarm, inside (0, 1).</param>
    /// <param name="averageRunLength">Mean number of values to a false alarm, at least 2: a false-alarm budget.</param>
    public EDetector(double baseline, double averageRunLength)
    {
        Require.OpenUnit(baseline);
        if (!(averageRunLength >= 2 && double.IsFinite(averageRunLength)))
            throw new ArgumentOutOfRangeException(nameof(averageRunLength), averageRunLength, "Must be at least 2 and finite.");
        Baseline = baseline;
        AverageRunLength = averageRunLength;
        // A bet of 1 / baseline would lose everything at x = 0.
        _bets = [.. Shares.Select(share => share / baseline)];
        _evidence = new double[_bets.Length];
    }

    /// <summary>Largest mean that is no alarm.</summary>
    public double Baseline { get; }

    /// <summary>Guaranteed mean time to a false alarm, in values.</summary>
    public double AverageRunLength { get; }

    /// <summary>Evidence after the last value; an alarm comes when it reaches <see cref="AverageRunLength"/>.</summary>
    public double Evidence { get; private set; }

    /// <summary>Takes the next value; after an alarm the evidence starts at 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside [0, 1].</exception>
    public StreamState Add(double value)
    {
        Require.Probability(value);
        var sum = 0.0;
        for (var i = 0; i < _bets.Length; i++)
        {
            _evidence[i] = Math.Min(1e200, (_evidence[i] + 1) * (1 + _bets[i] * (value - Baseline)));
            sum += _evidence[i];
        }

        Evidence = sum / _bets.Length;
        if (Evidence < AverageRunLength)
            return StreamState.Stable;
        Array.Clear(_evidence);
        return StreamState.Drift;
    }
}
