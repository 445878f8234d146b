namespace Plumbline.Registry.Windows;

/// <summary>How windows are closed and computed.</summary>
public sealed record WindowOptions
{
    /// <summary>
    /// Shortest pause between two looks for windows to compute, in milliseconds; while none is due the next look waits until one is. Range
    /// 50..60,000, default 1000. Smaller shows results sooner and costs more.
    /// </summary>
    public int IntervalMs { get; init; } = 1000;

    /// <summary>
    /// How long a window that still receives late events is left alone before it is computed again, in milliseconds. Range 0..600,000,
    /// default 2000.
    /// </summary>
    public int QuietMs { get; init; } = 2000;

    public void Validate(List<string> errors)
    {
        if (IntervalMs is < 50 or > 60_000)
            errors.Add($"windows.interval_ms: {IntervalMs} is outside 50..60000.");
        if (QuietMs is < 0 or > 600_000)
            errors.Add($"windows.quiet_ms: {QuietMs} is outside 0..600000.");
    }
}
