namespace Plumbline.Statistics.Alarms;

/// <summary>
/// The null distribution of a binned window, learned from windows that hold no shift: the reference's own, or the first ones in production.
/// Its p-values take account of the rows of the window and of the history, of overdispersion between windows, of the time of day and the
/// day of the week, and of persistence from one window to the next. Immutable; safe for concurrent use.
/// </summary>
public sealed class BinnedNull
{
    private readonly WindowNull _null;
    private readonly NullOptions _options;

    private BinnedNull(WindowNull learned, NullOptions options) => (_null, _options) = (learned, options);

    /// <summary>Bins per window.</summary>
    public int Bins => _null.Width;

    /// <summary>Windows it was learned from.</summary>
    public int Windows => _null.Windows;

    /// <summary>The calendar it expects.</summary>
    public SeasonalPattern Pattern => _null.Pattern;

    /// <summary>
    /// Variance of the square root of a bin's share between windows beyond sampling, times 4, mean over bins: with it, windows of
    /// 1/overdispersion rows vary twice as much as sampling alone would make them. 0 = rows are independent.
    /// </summary>
    public double Overdispersion => _null.ExtraVariance;

    /// <summary>Share of the recent deviation that the next window is expected to keep, 0 (independent windows) .. 1.</summary>
    public double Persistence => _null.Persistence;

    /// <summary>Learns from windows in any order. Null when fewer than <see cref="NullOptions.MinimumWindows"/> have enough rows.</summary>
    /// <param name="windows">Windows of one length with the same bins, at least one bin.</param>
    /// <param name="window">Length of a window, positive.</param>
    /// <param name="options">Null = defaults.</param>
    /// <exception cref="ArgumentException">A count is negative or not finite, or the numbers of bins differ.</exception>
    public static BinnedNull? Learn(IReadOnlyList<WindowCounts> windows, TimeSpan window, NullOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        options ??= new NullOptions();
        options.Check();
        var observed = ObservedWindows.Of(windows, options.MinimumRows);
        return observed.Count < options.MinimumWindows || observed.Width == 0
            ? null
            : new BinnedNull(WindowNull.Learn(observed, window), options);
    }

    /// <summary>A memory without a past.</summary>
    public NullMemory NewMemory() => new(_null.Width);

    /// <summary>
    /// Judges the next window and remembers it. Null when it has fewer than <see cref="NullOptions.MinimumRows"/> rows; it is then not
    /// remembered either.
    /// </summary>
    /// <param name="window">Later than those judged with this memory before.</param>
    /// <param name="memory">From <see cref="NewMemory"/>; it takes some ten windows to fill, and until then judges a little too strictly
    /// where traffic is persistent.</param>
    /// <exception cref="ArgumentException">The number of bins differs, or a count is negative or not finite.</exception>
    public WindowSurprise? Evaluate(WindowCounts window, NullMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Require.SameLength(Bins, window.Counts.Length, nameof(window));
        var rows = ObservedWindows.Rows(window.Counts);
        if (rows < _options.MinimumRows)
            return null;
        Span<double> shares = Bins <= 128 ? stackalloc double[Bins] : new double[Bins];
        for (var b = 0; b < shares.Length; b++)
            shares[b] = window.Counts[b] / rows;
        var judged = _null.Evaluate(window.Start, shares, 1 / rows, memory);
        return new WindowSurprise(
            judged.PValue,
            ShiftSize.FromSquaredHellinger((judged.Squared - judged.Chance) / 8),
            judged.Statistic,
            rows
        );
    }
}
