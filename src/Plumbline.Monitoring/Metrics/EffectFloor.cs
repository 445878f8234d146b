namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// How large a change of a metric must be before it is more than a curiosity. With enough rows every change becomes certain; floors say
/// which ones matter. Two points of a share that was ten are little; two points of one that was a fifth of a point are ten times as much of
/// it.
/// </summary>
/// <param name="Size">In the metric's unit; a share of the former value when <paramref name="IsRelative"/>.</param>
/// <param name="IsRelative">Whether <paramref name="Size"/> is a share of the former value.</param>
/// <param name="Least">
/// For shares of rows: what is rare must double, or vanish, and change by at least this; <paramref name="Size"/> is enough in any case.
/// Null where the size is the floor whatever the former value was.
/// </param>
public readonly record struct EffectFloor(double Size, bool IsRelative = false, double? Least = null)
{
    /// <summary>A tenth of the former value.</summary>
    public static EffectFloor Usual { get; } = new(0.1, IsRelative: true);

    /// <summary>The floor in the metric's unit where a value was normal: never more than <see cref="Size"/> for a share.</summary>
    public double Of(double normal) =>
        IsRelative ? Size * Math.Abs(normal)
        : Least is { } least ? Math.Clamp(Math.Abs(normal), least, Size)
        : Size;
}
