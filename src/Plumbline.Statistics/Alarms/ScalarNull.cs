namespace Plumbline.Statistics.Alarms;

/// <summary>Which way a value must go to be surprising.</summary>
public enum SurpriseSide
{
    /// <summary>Either way.</summary>
    Both = 0,

    /// <summary>Upwards: errors, latency.</summary>
    Above = 1,

    /// <summary>Downwards: accuracy, traffic.</summary>
    Below = 2,
}

/// <summary>
/// The null distribution of one number per window (error rate, ROC AUC, latency, estimated accuracy), learned from a calibration period
/// without a shift. As <see cref="BinnedNull"/> with a single column: sampling variance from the standard errors, variance between windows,
/// calendar and persistence from the windows. Immutable; safe for concurrent use.
/// </summary>
public sealed class ScalarNull
{
    private readonly WindowNull _null;

    private ScalarNull(WindowNull learned) => _null = learned;

    /// <summary>Windows it was learned from.</summary>
    public int Windows => _null.Windows;

    /// <summary>The calendar it expects.</summary>
    public SeasonalPattern Pattern => _null.Pattern;

    /// <summary>Standard deviation between windows beyond sampling, in the value's unit.</summary>
    public double Spread => Math.Sqrt(_null.ExtraVariance);

    /// <summary>Share of the recent deviation that the next window is expected to keep, 0 .. 1.</summary>
    public double Persistence => _null.Persistence;

    /// <summary>Learns from windows in any order. Null when there are fewer than <see cref="NullOptions.MinimumWindows"/>.</summary>
    /// <param name="windows">Finite values with standard errors.</param>
    /// <param name="window">Length of a window, positive.</param>
    /// <param name="options">Null = defaults.</param>
    /// <exception cref="ArgumentException">A value is not finite, or a standard error negative.</exception>
    public static ScalarNull? Learn(IReadOnlyList<WindowValue> windows, TimeSpan window, NullOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        options ??= new NullOptions();
        options.Check();
        return windows.Count < options.MinimumWindows ? null : new ScalarNull(WindowNull.Learn(ObservedWindows.Of(windows), window));
    }

    /// <summary>A memory without a past.</summary>
    public NullMemory NewMemory() => new(_null.Width);

    /// <summary>
    /// Judges the next window and remembers it. One-sided p-values halve the tail on the asked side and are near 1 on the other.
    /// </summary>
    /// <exception cref="ArgumentException">The value is not finite, or its standard error negative.</exception>
    public WindowSurprise Evaluate(WindowValue window, NullMemory memory, SurpriseSide side = SurpriseSide.Both)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ObservedWindows.Check(window);
        Span<double> value = [window.Value];
        var judged = _null.Evaluate(window.Start, value, window.StandardError * window.StandardError, memory);
        var asked = side == SurpriseSide.Above ? judged.First > 0 : judged.First < 0;
        var p =
            side == SurpriseSide.Both ? judged.PValue
            : asked ? judged.PValue / 2
            : 1 - judged.PValue / 2;
        return new WindowSurprise(p, Math.Abs(judged.First), judged.Statistic, 0).UnlessRounding(window.Value);
    }
}
