using Plumbline.Statistics.Alarms;

namespace Plumbline.Server.Alerting.Rules;

/// <summary>
/// How large a change must be before it is more than a curiosity, by metric, where a rule does not say. With enough rows every change becomes certain;
/// these say which ones matter. Shares are absolute (0.02 is two points); a relative floor is a share of the former value.
/// </summary>
public static class EffectFloors
{
    /// <summary>The floor of a metric and whether it is relative to the former value.</summary>
    public static (double Floor, bool Relative) Of(string metric) => metric switch
    {
        "drift.calibrated" => (ShiftSize.DefaultFloor, false),
        "system.error_rate" or "system.timeout_rate" => (0.01, false),
        _ when metric.StartsWith("system.latency", StringComparison.Ordinal) => (0.25, true),
        "input.missing_rate" or "input.unseen_rate" or "input.out_of_range_rate" => (0.02, false),
        "input.type_error_rate" => (0.001, false),
        "output.share" or "output.top_share" => (0.1, false),
        "output.confidence" or "output.entropy" => (0.05, false),
        "output.mean" => (0.15, true),
        "performance.accuracy" or "performance.precision" or "performance.recall" or "performance.f1" or "performance.roc_auc" or "performance.ece" => (0.03, false),
        "estimated.accuracy" or "estimated.precision" or "estimated.recall" or "estimated.f1" or "estimated.roc_auc" => (0.03, false),
        _ => (0.1, true),
    };
}
