namespace Plumbline.Alerting.Incidents;

/// <summary>Sorts alerts by what they are about.</summary>
internal static class AlertAspects
{
    public static AlertAspect Of(AlertRow alert) => alert.Metric switch
    {
        "input.rows" => AlertAspect.Traffic,
        "input.missing_rate" or "input.missing_over_reference" => AlertAspect.Missing,
        "input.unseen_rate" => AlertAspect.Unseen,
        "input.type_error_rate" => AlertAspect.Types,
        _ when alert.Metric.StartsWith("system.", StringComparison.Ordinal) => AlertAspect.System,
        _ when alert.Feature.StartsWith('@') || alert.Metric.StartsWith("output.", StringComparison.Ordinal) => AlertAspect.Outputs,
        _ when alert.Metric.StartsWith("drift.", StringComparison.Ordinal) || alert.Metric.StartsWith("input.", StringComparison.Ordinal) => AlertAspect.FeatureDrift,
        _ when alert.Metric.StartsWith("performance.", StringComparison.Ordinal) || alert.Metric.StartsWith("estimated.", StringComparison.Ordinal) => AlertAspect.Performance,
        _ => AlertAspect.Other,
    };
}
