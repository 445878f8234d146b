namespace Plumbline.Statistics.Multiplicity;

/// <summary>
/// P-values adjusted for the number of tests in one family, such as all features of one model and window under one method. A missing p (a
/// test that was not carried out) stays missing and does not count in the family's size. Compare adjusted values with the level directly.
/// </summary>
public static class AdjustedPValues
{
    /// <summary>Benjamini-Hochberg (1995): controls the false discovery rate for independent or positively dependent tests.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double?[] BenjaminiHochberg(ReadOnlySpan<double?> pValues) => StepUp(pValues, harmonic: false);

    /// <summary>
    /// Benjamini-Yekutieli (2001): controls the false discovery rate under any dependence, at the price of a factor of about ln m.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double?[] BenjaminiYekutieli(ReadOnlySpan<double?> pValues) => StepUp(pValues, harmonic: true);

    /// <summary>Holm (1979): controls the chance of any false discovery under any dependence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double?[] Holm(ReadOnlySpan<double?> pValues)
    {
        var order = Ascending(pValues);
        var result = new double?[pValues.Length];
        var running = 0.0;
        for (var i = 0; i < order.Length; i++)
        {
            running = Math.Max(running, Math.Min(1, (order.Length - i) * pValues[order[i]]!.Value));
            result[order[i]] = running;
        }

        return result;
    }

    private static double?[] StepUp(ReadOnlySpan<double?> pValues, bool harmonic)
    {
        var order = Ascending(pValues);
        var result = new double?[pValues.Length];
        var factor = 1.0;
        for (var i = 2; harmonic && i <= order.Length; i++)
            factor += 1.0 / i;
        var running = 1.0;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            running = Math.Min(running, factor * order.Length / (i + 1) * pValues[order[i]]!.Value);
            result[order[i]] = running;
        }

        return result;
    }

    private static int[] Ascending(ReadOnlySpan<double?> pValues)
    {
        List<int> present = [];
        List<double> keys = [];
        for (var i = 0; i < pValues.Length; i++)
        {
            if (pValues[i] is not { } p)
                continue;
            Require.Probability(p, nameof(pValues));
            present.Add(i);
            keys.Add(p);
        }

        int[] order = [.. present];
        Array.Sort(keys.ToArray(), order);
        return order;
    }
}

/// <summary>
/// The e-Benjamini-Hochberg procedure (Wang and Ramdas 2022): false discovery control from e-values under any dependence.
/// </summary>
public static class EBenjaminiHochberg
{
    /// <summary>Rejects the k largest e-values for the largest k with e_(k) &gt;= m / (level k). A missing e-value is not in m.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not inside (0, 1), or an e-value is negative or NaN.</exception>
    public static bool[] Reject(ReadOnlySpan<double?> eValues, double level = 0.05)
    {
        Require.OpenUnit(level);
        List<double> present = [];
        foreach (var e in eValues)
        {
            if (e is not { } value)
                continue;
            if (!(value >= 0))
                throw new ArgumentOutOfRangeException(nameof(eValues), value, "E-values are not negative.");
            present.Add(value);
        }

        present.Sort();
        var threshold = double.PositiveInfinity;
        for (var k = 1; k <= present.Count; k++)
        {
            var bar = present.Count / (level * k);
            if (present[^k] >= bar)
                threshold = present[^k];
        }

        var rejected = new bool[eValues.Length];
        for (var i = 0; i < rejected.Length; i++)
            rejected[i] = eValues[i] is { } value && value >= threshold;
        return rejected;
    }
}

/// <summary>
/// LORD++ (Ramdas, Yang, Wainwright and Jordan 2017): tests hypotheses one after another for ever, with the false discovery rate at most
/// the level at every time for independent p-values. Rejections earn level for later tests. Mutable; not safe for concurrent use.
/// </summary>
public sealed class LordPlusPlus
{
    private readonly double _level;
    private readonly double _start;
    private readonly List<long> _rejections = [];
    private long _time;

    /// <summary>Starts a stream of tests.</summary>
    /// <param name="level">False discovery rate, inside (0, 1).</param>
    /// <param name="initialShare">Share of the level spent before the first rejection, inside (0, 1).</param>
    public LordPlusPlus(double level = 0.05, double initialShare = 0.5)
    {
        Require.OpenUnit(level);
        Require.OpenUnit(initialShare);
        _level = level;
        _start = initialShare * level;
    }

    /// <summary>Tests made so far.</summary>
    public long Tests => _time;

    /// <summary>Rejections so far.</summary>
    public int Rejections => _rejections.Count;

    /// <summary>Level at which the next p-value will be tested.</summary>
    public double NextLevel
    {
        get
        {
            var t = _time + 1;
            var level = Gamma(t) * _start;
            for (var i = 0; i < _rejections.Count; i++)
                level += (i == 0 ? _level - _start : _level) * Gamma(t - _rejections[i]);
            return level;
        }
    }

    /// <summary>Tests the next p-value; true = rejected (a discovery).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The p-value is outside [0, 1].</exception>
    public bool Test(double pValue)
    {
        Require.Probability(pValue);
        var rejected = pValue <= NextLevel;
        _time++;
        if (rejected)
            _rejections.Add(_time);
        return rejected;
    }

    // The authors' sequence; sums to 1 over all t.
    private static double Gamma(long t) => 0.07720838 * Math.Log(Math.Max(t, 2)) / (t * Math.Exp(Math.Sqrt(Math.Log(t))));
}
