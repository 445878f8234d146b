namespace Plumbline.Statistics.Alarms;

/// <summary>
/// The counts of one window, one per bin. Missing and unseen values are bins like any other, so that a leak of missing values or a new
/// category is a shift.
/// </summary>
/// <param name="Start">Start of the window.</param>
/// <param name="Counts">Rows per bin, finite and not negative; the same bins in every window.</param>
public readonly record struct WindowCounts(DateTimeOffset Start, double[] Counts);

/// <summary>One number of one window.</summary>
/// <param name="Start">Start of the window.</param>
/// <param name="Value">The number, finite.</param>
/// <param name="StandardError">Its standard error from sampling, 0 when unknown or none.</param>
public readonly record struct WindowValue(DateTimeOffset Start, double Value, double StandardError)
{
    /// <summary>
    /// Rows behind the number, 0 when unknown. Where they are known windows are weighed by them when their mean is taken, not by their own
    /// standard errors: these depend on the value (an error rate of zero seems surest), and the mean would lean to where they are small.
    /// </summary>
    public double Rows { get; init; }
}

/// <summary>How surprising a window is under the null.</summary>
/// <param name="PValue">In (0, 1]: small = surprising. Valid given the windows before it, as far as the null's assumptions hold.</param>
/// <param name="Effect">
/// Binned: size of the shift in the units of <see cref="ShiftSize"/>, without what chance adds. Scalar: distance of the value from what was
/// expected, in the value's own unit.
/// </param>
/// <param name="Statistic">Squared deviation over its expectation, about 1 without a shift.</param>
/// <param name="Rows">Rows of the window (binned), else 0.</param>
public readonly record struct WindowSurprise(double PValue, double Effect, double Statistic, double Rows)
{
    // A mean of a million equal numbers differs from each of them by about this share: such a difference is no change, however certain.
    private const double Rounding = 1e-9;

    /// <summary>The same, or no surprise at all where the effect is within the rounding of the value that it is a change of.</summary>
    internal WindowSurprise UnlessRounding(double value) => Effect <= Rounding * Math.Abs(value) ? new(1, 0, 0, Rows) : this;
}

/// <summary>How a null distribution is learned.</summary>
public sealed record NullOptions
{
    /// <summary>Fewest windows to learn from, 10 or more.</summary>
    public int MinimumWindows { get; init; } = 20;

    /// <summary>Fewest rows of a window, in learning and in judging; smaller ones are left out. At least 1.</summary>
    public double MinimumRows { get; init; } = 20;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumWindows, 10);
        if (!(MinimumRows >= 1))
            throw new ArgumentOutOfRangeException(nameof(MinimumRows), MinimumRows, "Must be at least 1.");
    }
}

/// <summary>
/// The windows of a stream in one flat table: rows of shares (binned) or of one value, with the sampling variance of each window.
/// Deviations of shares are taken on the scale of Freeman and Tukey (1950), sqrt(c) + sqrt(c+1) - sqrt(4e+1) over sqrt(n), whose variance
/// is about 1/n for frequent and less for rare bins.
/// </summary>
internal sealed class ObservedWindows
{
    private ObservedWindows(DateTimeOffset[] starts, double[] values, double[] noise, double[] weighing, int width, bool isShares)
    {
        Starts = starts;
        Values = values;
        Noise = noise;
        Weighing = weighing;
        Width = width;
        IsShares = isShares;
    }

    public DateTimeOffset[] Starts { get; }

    public double[] Values { get; }

    /// <summary>Sampling variance of each window.</summary>
    public double[] Noise { get; }

    /// <summary>Sampling variance by which a window counts in a mean: what all of them say of one row, over its rows.</summary>
    public double[] Weighing { get; }

    public int Width { get; }

    public bool IsShares { get; }

    public int Count => Starts.Length;

    public ReadOnlySpan<double> Row(int i) => Values.AsSpan(i * Width, Width);

    public static ObservedWindows Of(IReadOnlyList<WindowCounts> windows, double minimumRows)
    {
        var width = windows.Count > 0 ? windows[0].Counts.Length : 0;
        var kept = new List<(DateTimeOffset Start, double[] Counts, double Rows)>(windows.Count);
        foreach (var window in windows)
        {
            Require.SameLength(width, window.Counts.Length, nameof(windows));
            var rows = Rows(window.Counts);
            if (rows >= minimumRows)
                kept.Add((window.Start, window.Counts, rows));
        }

        kept.Sort((a, b) => a.Start.CompareTo(b.Start));
        var values = new double[kept.Count * width];
        for (var i = 0; i < kept.Count; i++)
        {
            for (var b = 0; b < width; b++)
                values[i * width + b] = kept[i].Counts[b] / kept[i].Rows;
        }

        double[] noise = [.. kept.Select(k => 1 / k.Rows)];
        return new ObservedWindows([.. kept.Select(k => k.Start)], values, noise, noise, width, isShares: true);
    }

    public static ObservedWindows Of(IReadOnlyList<WindowValue> windows)
    {
        foreach (var window in windows)
            Check(window);
        var sorted = windows.OrderBy(w => w.Start).ToArray();
        double[] noise = [.. sorted.Select(w => w.StandardError * w.StandardError)];
        return new ObservedWindows(
            [.. sorted.Select(w => w.Start)],
            [.. sorted.Select(w => w.Value)],
            noise,
            WeighingOf(sorted),
            1,
            isShares: false
        );
    }

    /// <summary>Sampling variances by rows where these are known, else each window's own.</summary>
    public static double[] WeighingOf(IReadOnlyList<WindowValue> windows)
    {
        var perRow = windows
            .Where(w => w is { StandardError: > 0, Rows: > 0 })
            .Select(w => w.StandardError * w.StandardError * w.Rows)
            .DefaultIfEmpty(0)
            .Average();
        return [.. windows.Select(w => w is { StandardError: > 0, Rows: > 0 } ? perRow / w.Rows : w.StandardError * w.StandardError)];
    }

    public static void Check(WindowValue window)
    {
        if (!double.IsFinite(window.Value) || !(window.StandardError >= 0 && double.IsFinite(window.StandardError)))
        {
            throw new ArgumentException(
                $"The window of {window.Start:O} has value {window.Value} and standard error {window.StandardError}: "
                    + "both must be finite, the latter not negative."
            );
        }
    }

    public static double Rows(ReadOnlySpan<double> counts)
    {
        var rows = 0.0;
        for (var b = 0; b < counts.Length; b++)
        {
            Require.Count(counts[b], b, nameof(counts));
            rows += counts[b];
        }

        return rows;
    }

    /// <summary>
    /// Deviations of a window from what is expected of it, one per column, and the share of the full sampling variance that each column
    /// has.
    /// </summary>
    public static void Deviate(
        bool isShares,
        ReadOnlySpan<double> values,
        double noise,
        ReadOnlySpan<double> centre,
        Span<double> deviations,
        Span<double> liveliness
    )
    {
        if (!isShares)
        {
            (deviations[0], liveliness[0]) = (values[0] - centre[0], 1);
            return;
        }

        var (rows, scale) = (1 / noise, Math.Sqrt(noise));
        for (var b = 0; b < values.Length; b++)
        {
            var count = values[b] * rows;
            deviations[b] = scale * (Math.Sqrt(count) + Math.Sqrt(count + 1) - Math.Sqrt(4 * rows * centre[b] + 1));
            liveliness[b] = Liveliness(rows * centre[b]);
        }
    }

    // About 1 - exp(-2e) for e expected rows.
    private static double Liveliness(double expected) => expected > 15 ? 1 : 1 - Math.Exp(-2 * expected);
}
