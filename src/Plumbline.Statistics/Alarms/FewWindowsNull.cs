using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Alarms;

/// <summary>
/// The null distribution of one number per window where there are too few windows for <see cref="ScalarNull"/>: days, or a segment that is
/// new. A parametric null: precision-weighted mean, variance between windows by moments, drawn towards a prior of <see cref="PriorWeight"/>
/// windows because two or three windows tell little of how much they vary, and Student's t with as many degrees of freedom as that is
/// worth. Its p-values hold for nearly normal values and a prior that is not too small. Immutable; safe for concurrent use.
/// </summary>
public sealed class FewWindowsNull
{
    /// <summary>Windows that the prior spread is worth.</summary>
    public const int PriorWeight = 4;

    private readonly double _ofMean;
    private readonly double _degrees;

    private FewWindowsNull(double mean, double spread, double ofMean, double degrees) =>
        (Mean, Spread, _ofMean, _degrees) = (mean, Math.Sqrt(spread), ofMean, degrees);

    /// <summary>What is expected of the next window.</summary>
    public double Mean { get; }

    /// <summary>Standard deviation between windows beyond sampling, in the value's unit.</summary>
    public double Spread { get; }

    /// <summary>Learns from windows in any order. Null when there are fewer than 2.</summary>
    /// <param name="windows">Finite values with standard errors.</param>
    /// <param name="priorSpread">Standard deviation between windows to start from, in the value's unit; not negative and finite. Too small
    /// raises false alarms, too large hides shifts.</param>
    /// <exception cref="ArgumentException">A value is not finite, or a standard error or the prior negative.</exception>
    public static FewWindowsNull? Learn(IReadOnlyList<WindowValue> windows, double priorSpread)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (!(priorSpread >= 0 && double.IsFinite(priorSpread)))
            throw new ArgumentOutOfRangeException(nameof(priorSpread), priorSpread, "Must be finite and not negative.");
        foreach (var window in windows)
            ObservedWindows.Check(window);
        if (windows.Count < 2)
            return null;
        // A window without a standard error counts as much as the surest other one.
        var weighing = ObservedWindows.WeighingOf(windows);
        var smallest = weighing.Where(variance => variance > 0).DefaultIfEmpty(1).Min();
        double weights = 0,
            sum = 0;
        for (var i = 0; i < weighing.Length; i++)
        {
            var weight = 1 / Math.Max(weighing[i], smallest);
            weights += weight;
            sum += weight * windows[i].Value;
        }

        var mean = sum / weights;
        double excess = 0,
            sampling = 0;
        for (var i = 0; i < weighing.Length; i++)
        {
            var variance = windows[i].StandardError * windows[i].StandardError;
            excess += (windows[i].Value - mean) * (windows[i].Value - mean) - variance;
            sampling += variance / Math.Pow(Math.Max(weighing[i], smallest), 2);
        }

        var spread = (Math.Max(0, excess) + PriorWeight * priorSpread * priorSpread) / (windows.Count + PriorWeight);
        return new FewWindowsNull(mean, spread, sampling / (weights * weights) + spread / windows.Count, windows.Count - 1 + PriorWeight);
    }

    /// <summary>How surprising the next window is; the effect is its distance from the mean.</summary>
    /// <exception cref="ArgumentException">The value is not finite, or its standard error negative.</exception>
    public WindowSurprise Evaluate(WindowValue window, SurpriseSide side = SurpriseSide.Both)
    {
        ObservedWindows.Check(window);
        var deviation = window.Value - Mean;
        var error = Math.Sqrt(Spread * Spread + _ofMean + window.StandardError * window.StandardError);
        if (error == 0)
        {
            return new WindowSurprise(
                deviation == 0 ? 1 : double.Epsilon,
                Math.Abs(deviation),
                deviation == 0 ? 0 : double.MaxValue,
                0
            ).UnlessRounding(window.Value);
        }

        var t = deviation / error;
        var p = side switch
        {
            SurpriseSide.Above => Tails.Student(t, _degrees),
            SurpriseSide.Below => Tails.Student(-t, _degrees),
            _ => Math.Min(1, 2 * Tails.Student(Math.Abs(t), _degrees)),
        };
        return new WindowSurprise(Math.Max(double.Epsilon, p), Math.Abs(deviation), t * t, 0).UnlessRounding(window.Value);
    }
}
