using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>How large a change of a metric must be before it is more than a curiosity.</summary>
/// <param name="Size">In the metric's unit; a share of the former value when <paramref name="IsRelative"/>.</param>
/// <param name="IsRelative">Whether <paramref name="Size"/> is a share of the former value.</param>
/// <param name="Least">
/// For shares of rows: what is rare must double, or vanish, and change by at least this; <paramref name="Size"/> is enough in any case. Null where the size is
/// the floor whatever the former value was.
/// </param>
public readonly record struct EffectFloor(double Size, bool IsRelative = false, double? Least = null)
{
    /// <summary>The floor in the metric's unit where a value was normal: never more than <see cref="Size"/> for a share.</summary>
    public double Of(double normal) => IsRelative ? Size * Math.Abs(normal) : Least is { } least ? Math.Clamp(Math.Abs(normal), least, Size) : Size;
}

/// <summary>
/// The floors where a rule does not say. With enough rows every change becomes certain; these say which ones matter. Two points of a share that was ten are
/// little; two points of one that was a fifth of a point are ten times as much of it. Errors keep their one point: one error among two hundred rows is chance.
/// </summary>
public static class EffectFloors
{
    /// <summary>The floor of a metric.</summary>
    public static EffectFloor Of(string metric) => metric switch
    {
        "drift.calibrated" => new(ShiftSize.DefaultFloor),
        "system.error_rate" or "system.timeout_rate" => new(0.01),
        _ when metric.StartsWith("system.latency", StringComparison.Ordinal) => new(0.25, IsRelative: true),
        "input.missing_rate" or "output.missing_rate" or "input.unseen_rate" or "input.out_of_range_rate" => new(0.02, Least: 0.01),
        "input.missing_over_reference" => new(0.02),
        "input.type_error_rate" => new(0.001),
        "output.share" => new(0.1, Least: 0.01),
        "output.top_share" => new(0.1),
        "output.confidence" or "output.entropy" => new(0.05),
        "output.mean" => new(0.15, IsRelative: true),
        "performance.accuracy" or "performance.precision" or "performance.recall" or "performance.f1" or "performance.roc_auc" or "performance.ece"
            or "performance.precision_all_classes" or "performance.recall_all_classes" or "performance.f1_all_classes" => new(0.03),
        "estimated.accuracy" or "estimated.precision" or "estimated.recall" or "estimated.f1" or "estimated.roc_auc" => new(0.03),
        _ => new(0.1, IsRelative: true),
    };
}
