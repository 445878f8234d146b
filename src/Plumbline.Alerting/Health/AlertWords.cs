using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Health;

/// <summary>One alert in a few words.</summary>
internal static class AlertWords
{
    /// <summary>"income drifts by 0.6 standard deviations, n 1,200" or "age: missing values 0.1 % → 35 % in country=FR, n 600".</summary>
    public static string Sentence(AlertRow alert)
    {
        var metric = KnownMetrics.Of(alert.Metric);
        var change = AlertText.Change(StreamChange.Of(alert), metric.KnownUnit);
        var share = Figures.Format(alert.Numbers.Value, "ratio");
        var what = alert.Metric switch
        {
            CalibratedDriftMetrics.Calibrated => $"{alert.Feature} drifts {change}",
            InputMetrics.MissingOverReference =>
                $"{alert.Feature} is missing {Figures.Format(alert.Numbers.Value * 100)} points more often than in the reference",
            InputMetrics.OutOfRangeRate => $"{alert.Feature} is outside the reference's range in {share} of rows",
            InputMetrics.UnseenRate => $"{alert.Feature} has {share} values that the reference never had",
            InputMetrics.TypeErrorRate => $"{alert.Feature} has {share} values of the wrong type",
            _ when alert.Feature.Length > 0 => $"{alert.Feature}: {Lower(metric.Heading)} {change}",
            _ when alert.Class.Length > 0 => $"{Lower(metric.Heading)} of {alert.Class} {change}",
            _ => $"{Lower(metric.Heading)} {change}",
        };
        var where =
            (alert.Segment.Length > 0 ? $" in {alert.Segment}" : "") + (alert.Version.Length > 0 ? $" of version {alert.Version}" : "");
        return $"{what}{where}, n {Figures.Count(alert.Numbers.N)}";
    }

    // "Missing values" goes on in a sentence; "PSI" and "ROC AUC" stay.
    private static string Lower(string title) =>
        title.Length > 1 && char.IsLower(title[1]) ? char.ToLowerInvariant(title[0]) + title[1..] : title;
}
