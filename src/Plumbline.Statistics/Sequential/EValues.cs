namespace Plumbline.Statistics.Sequential;

/// <summary>
/// E-values: evidence whose mean is at most 1 under the null, so that 1/e is a valid p-value at any time. Products of e-values of
/// successive, conditionally valid tests and averages of any e-values are e-values again.
/// </summary>
public static class EValues
{
    /// <summary>The power calibrator e = k p^(k-1). Infinite at p = 0.</summary>
    /// <param name="pValue">In [0, 1].</param>
    /// <param name="kappa">Inside (0, 1): small favours tiny p-values.</param>
    public static double FromPValue(double pValue, double kappa = 0.5)
    {
        Require.Probability(pValue);
        Require.OpenUnit(kappa);
        return kappa * Math.Pow(pValue, kappa - 1);
    }

    /// <summary>The calibrator without a parameter: the mean of the power calibrators over k, (1 - p + p ln p) / (p ln^2 p).</summary>
    public static double FromPValueMixed(double pValue)
    {
        Require.Probability(pValue);
        if (pValue == 0)
            return double.PositiveInfinity;
        var log = Math.Log(pValue);
        // Near 1 the quotient is 0/0; its series is 1/2 - log/6 + ...
        return Math.Abs(log) < 1e-4 ? 0.5 - log / 6 : (1 - pValue + pValue * log) / (pValue * log * log);
    }

    /// <summary>The p-value of an e-value: min(1, 1/e).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The e-value is negative or NaN.</exception>
    public static double ToPValue(double eValue)
    {
        if (!(eValue >= 0))
            throw new ArgumentOutOfRangeException(nameof(eValue), eValue, "E-values are not negative.");
        return Math.Min(1, 1 / eValue);
    }
}

/// <summary>
/// A running product of e-values, one per look. By Ville's inequality the chance that it ever reaches 1/alpha under the null is at most
/// alpha, however often one looks. Mutable; not safe for concurrent use.
/// </summary>
public sealed class EProcess
{
    private double _log;
    private double _highest;

    /// <summary>Looks so far.</summary>
    public long Looks { get; private set; }

    /// <summary>Evidence now, at least 0.</summary>
    public double Value => Math.Exp(_log);

    /// <summary>Anytime-valid p-value: 1 / (largest evidence so far), at most 1; it never rises.</summary>
    public double PValue => Math.Min(1, Math.Exp(-_highest));

    /// <summary>Multiplies by the e-value of the next look, which must be valid given the past.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The e-value is negative, infinite or NaN.</exception>
    public void Add(double eValue)
    {
        if (!(eValue >= 0 && double.IsFinite(eValue)))
            throw new ArgumentOutOfRangeException(nameof(eValue), eValue, "Must be finite and not negative.");
        Looks++;
        _log += Math.Log(eValue);
        _highest = Math.Max(_highest, _log);
    }
}
