namespace Plumbline.Statistics.Alarms;

/// <summary>
/// Turns a p-value into an e-value with a cap: e = min(cap, a k p^(k-1)), with a chosen so that the mean under a uniform p is exactly 1
/// (what the cap cuts off is given back). The cap keeps a single window from raising an alarm, and makes the far tail of a p-value
/// irrelevant, which no finite reference can vouch for.
/// </summary>
public sealed class EvidenceCalibrator
{
    private readonly double _kappa;
    private readonly double _scale;

    /// <summary>Makes a calibrator.</summary>
    /// <param name="cap">Largest e-value of one window, above 1 and finite.</param>
    /// <param name="kappa">Inside (0, 1): small favours tiny p-values. The default reaches 44 at p = 0.001 and 2.4 at p = 0.05.</param>
    public EvidenceCalibrator(double cap, double kappa = 0.25)
    {
        if (!(cap > 1 && double.IsFinite(cap)))
            throw new ArgumentOutOfRangeException(nameof(cap), cap, "Must be above 1 and finite.");
        Require.OpenUnit(kappa);
        Cap = cap;
        _kappa = kappa;
        // The mean cap q + a (1 - q^k), q = (a k / cap)^(1 / (1 - k)) the p-value where the cap begins, grows with a from below 1.
        double low = 0,
            high = cap / kappa;
        for (var i = 0; i < 200 && high - low > 1e-14 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Mean(middle) < 1)
                low = middle;
            else
                high = middle;
        }

        _scale = low;
    }

    /// <summary>Largest e-value of one window.</summary>
    public double Cap { get; }

    /// <summary>The p-value below which every p-value counts the same.</summary>
    public double CappedBelow => Start(_scale);

    /// <summary>
    /// The calibrator for a detector with this threshold whose cap makes <paramref name="windows"/> windows of overwhelming evidence just
    /// enough for an alarm, and fewer not: c + c^2 + .. + c^windows = threshold. At least 2, so that weak evidence still counts.
    /// </summary>
    /// <param name="threshold">Threshold of the detector, above 1.</param>
    /// <param name="windows">Windows needed at least, 1 .. 100, from a detector that starts afresh.</param>
    public static EvidenceCalibrator ForThreshold(double threshold, int windows = 2)
    {
        if (!(threshold > 1 && double.IsFinite(threshold)))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Must be above 1 and finite.");
        ArgumentOutOfRangeException.ThrowIfLessThan(windows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windows, 100);
        double low = 0,
            high = threshold;
        for (var i = 0; i < 200 && high - low > 1e-14 * high; i++)
        {
            var middle = (low + high) / 2;
            var sum = 0.0;
            for (var k = 0; k < windows; k++)
                sum = (sum + 1) * middle;
            if (sum < threshold)
                low = middle;
            else
                high = middle;
        }

        // A hair above the root, so that rounding does not ask for one window more.
        return new EvidenceCalibrator(Math.Max(2, high * (1 + 1e-9)));
    }

    /// <summary>The e-value of a p-value in [0, 1].</summary>
    public double EValue(double pValue)
    {
        Require.Probability(pValue);
        return pValue <= CappedBelow ? Cap : Math.Min(Cap, _scale * _kappa * Math.Pow(pValue, _kappa - 1));
    }

    private double Start(double scale) => Math.Pow(Math.Min(1, scale * _kappa / Cap), 1 / (1 - _kappa));

    private double Mean(double scale)
    {
        var start = Start(scale);
        return Cap * start + scale * (1 - Math.Pow(start, _kappa));
    }
}
