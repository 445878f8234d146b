using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>How incidents, alerts and streams are written on pages, and where each number's evidence is.</summary>
public static class IncidentWords
{
    /// <summary>The distribution measure of anomaly rules is a distance in standard deviations.</summary>
    private const string Deviations = "sd";

    public static string State(IncidentState state) => state switch
    {
        IncidentState.Open => "open",
        IncidentState.Acknowledged => "acknowledged",
        _ => "resolved",
    };

    /// <summary>What a kind of cause is called.</summary>
    public static string Cause(string kind) => kind switch
    {
        "missing_values" => "Missing values",
        "new_category" => "Values never seen before",
        "schema_change" => "Another type",
        "version_rollout" => "Release",
        "feature_drift" => "Feature drift",
        "traffic_mix" => "Other traffic",
        "concept_change" => "The truth changed",
        "concentration" => "Answers concentrate",
        "outage" => "Outage",
        "segment" => "One segment",
        "unknown" => "No likely cause",
        _ => kind.Replace('_', ' '),
    };

    /// <summary>What a note of the timeline is called.</summary>
    public static string Note(string kind) => kind switch
    {
        "first_sign" => "First sign",
        "joined" => "Joined",
        _ => char.ToUpperInvariant(kind[0]) + kind[1..].Replace('_', ' '),
    };

    /// <summary>What an alert watches, without the metric: "order_amount, country=FR, v3".</summary>
    public static string Scope(Alert alert) =>
        string.Join(", ", new[] { alert.Feature, alert.Class is null ? null : $"class {alert.Class}", alert.Segment, alert.Version is null ? null : $"version {alert.Version}" }.Where(part => part is not null));

    public static string Unit(MetricCatalogue catalogue, string metric) => metric == "drift.calibrated" ? Deviations : catalogue.Find(metric)?.Unit is { } unit && !unit.StartsWith("as the", StringComparison.Ordinal) ? unit : "";

    /// <summary>The page on which the evidence of an alert can be looked at, over the time of the incident.</summary>
    public static string Address(Alert alert, DateTimeOffset from, DateTimeOffset to)
    {
        var tab = alert.Metric switch
        {
            _ when alert.Metric.StartsWith("input.", StringComparison.Ordinal) && alert.Feature is not null => Links.Inputs,
            _ when alert.Metric.StartsWith("drift.", StringComparison.Ordinal) && alert.Feature?.StartsWith('@') != true => Links.Inputs,
            _ when alert.Metric.StartsWith("drift.", StringComparison.Ordinal) || alert.Metric.StartsWith("output.", StringComparison.Ordinal) => Links.Outputs,
            _ when alert.Metric.StartsWith("performance.", StringComparison.Ordinal) || alert.Metric.StartsWith("estimated.", StringComparison.Ordinal) => Links.Performance,
            _ => "",
        };
        return Links.With(
            Links.Model(alert.Model, tab),
            ("from", TimeRange.Text(from)),
            ("to", TimeRange.Text(to)),
            ("feature", tab == Links.Inputs ? alert.Feature : null),
            ("segment", alert.Segment),
            ("version", alert.Version),
            ("window", DurationText.Format(TimeSpan.FromSeconds(alert.Evidence.WindowSeconds))));
    }

    /// <summary>The form of a silence for what this incident is about.</summary>
    public static string SilenceAddress(Incident incident)
    {
        var matchers = new List<string> { $"model={incident.Model}" };
        if (incident.Story.Features.Count > 0) matchers.Add($"feature={incident.Story.Features[0]}");
        if (incident.Story.Segments.Count > 0) matchers.Add($"segment={incident.Story.Segments[0]}");
        return Links.With(Links.Silences, ("matchers", string.Join(", ", matchers)), ("comment", $"Incident {incident.Id}"));
    }

    /// <summary>How the streams of rules stand, in a sentence: what is quiet is only as good as what can be judged.</summary>
    public static string Judged(IReadOnlyCollection<StreamCount> streams)
    {
        if (streams.Count == 0) return "No stream is judged yet: rules look at windows that are complete.";
        var unknown = streams.Where(stream => stream.Status == StreamStatus.CannotJudge).ToList();
        var judged = streams.Sum(stream => stream.Count) - unknown.Sum(stream => stream.Count);
        var text = $"{Figures.Count(judged)} {(judged == 1 ? "stream is" : "streams are")} judged";
        return unknown.Count == 0 ? $"{text}." : $"{text}; {Figures.Count(unknown.Sum(stream => stream.Count))} cannot be judged: {Reasons(unknown)}.";
    }

    /// <summary>Why streams cannot be judged, the commonest reason first.</summary>
    public static string Reasons(IEnumerable<StreamCount> streams) =>
        string.Join(", ", streams.Where(stream => stream.Status == StreamStatus.CannotJudge).GroupBy(stream => stream.Reason.Length == 0 ? "not looked at yet" : stream.Reason, StringComparer.Ordinal)
            .Select(group => (Reason: group.Key, Count: group.Sum(stream => stream.Count))).OrderByDescending(pair => pair.Count).Take(4).Select(pair => $"{Figures.Count(pair.Count)} {pair.Reason}"));

    /// <summary>A metric as people say it.</summary>
    public static string MetricName(string metric) => metric switch
    {
        "drift.calibrated" => "Drift",
        "input.rows" => "Predictions",
        "input.missing_rate" => "Missing values",
        "input.missing_over_reference" => "Missing values beyond the reference",
        "input.unseen_rate" => "Values never seen",
        "input.out_of_range_rate" => "Values out of range",
        "input.type_error_rate" => "Values of another type",
        "system.requests" => "Requests",
        "system.error_rate" => "Errors",
        "system.timeout_rate" => "Timeouts",
        "system.latency_ms.p50" => "Median latency",
        "system.latency_ms.p95" => "p95 latency",
        "system.latency_ms.p99" => "p99 latency",
        "output.share" => "Share of answers",
        "output.top_share" => "Share of the commonest answer",
        "output.confidence" => "Confidence",
        "output.mean" => "Mean answer",
        _ when metric.StartsWith("estimated.", StringComparison.Ordinal) => "Estimated " + Uncapitalised(MetricWords.Name("performance" + metric["estimated".Length..])),
        _ => MetricWords.Name(metric),
    };

    // "ROC AUC" stays as it is; "Accuracy" does not.
    private static string Uncapitalised(string name) => name.Length > 1 && char.IsLower(name[1]) ? char.ToLowerInvariant(name[0]) + name[1..] : name;
}
