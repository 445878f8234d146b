using System.Globalization;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>How incidents, alerts and streams are written on pages, and where each number's evidence is.</summary>
public static class IncidentWords
{
    public static string State(IncidentState state) =>
        state switch
        {
            IncidentState.Open => "open",
            IncidentState.Acknowledged => "acknowledged",
            _ => "resolved",
        };

    /// <summary>
    /// The form of a review policy for the predictions of an incident's segment; null for a slice, which is no value of one feature.
    /// </summary>
    public static string? ReviewAddress(Incident incident, string segment)
    {
        var at = segment.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && segment[..at] != WatchedSlice.Dimension
            ? Links.NewPolicy(
                incident.Model,
                string.Create(CultureInfo.InvariantCulture, $"incident-{incident.Id}"),
                [$"features.{segment[..at]}:eq:{segment[(at + 1)..]}"]
            )
            : null;
    }

    /// <summary>What the loss is told by: "accuracy of country=BR".</summary>
    public static string Measure(ImpactFacts impact) =>
        KnownMetrics.Of(impact.Metric).Title + (impact.Segment.Length > 0 ? $" of {impact.Segment}" : "");

    /// <summary>From what to what it went.</summary>
    public static string Change(ImpactFacts impact)
    {
        var unit = KnownMetrics.Of(impact.Metric).ChartUnit;
        return $"{Figures.Format(impact.Before, unit)} \u2192 {Figures.Format(impact.After, unit)}";
    }

    /// <summary>The additional cost of a day with its currency, where it is certain; null where it is not counted.</summary>
    public static string? Money(ImpactFacts impact) =>
        impact.MoneyPerDay is not { } money ? null
        : impact.MoneyLower > 0 ? $"{Figures.Signed(money)} {impact.Currency}".TrimEnd()
        : "not certain";

    /// <summary>How sure the money is: its interval, and whether it may be chance.</summary>
    public static string HowSure(ImpactFacts impact) =>
        impact is not { MoneyLower: { } lower, MoneyUpper: { } upper }
            ? ""
            : $"95 % {Figures.Signed(lower)} .. {Figures.Signed(upper)} {impact.Currency}"
                + (
                    lower > 0 ? ""
                    : upper < 0 ? "; no loss"
                    : "; may be chance"
                );

    /// <summary>What a note of the timeline is called.</summary>
    public static string Note(string kind) =>
        kind switch
        {
            "first_sign" => "First sign",
            "joined" => "Joined",
            _ => char.ToUpperInvariant(kind[0]) + kind[1..].Replace('_', ' '),
        };

    /// <summary>What an alert watches, without the metric: "order_amount, country=FR, v3".</summary>
    public static string Scope(Alert alert) =>
        string.Join(
            ", ",
            new[]
            {
                alert.Feature,
                alert.Class is null ? null : $"class {alert.Class}",
                alert.Segment,
                alert.Version is null ? null : $"version {alert.Version}",
            }.Where(part => part is not null)
        );

    /// <summary>The page on which the evidence of an alert can be looked at, over the time of the incident.</summary>
    public static string Address(Alert alert, DateTimeOffset from, DateTimeOffset to)
    {
        var metric = KnownMetrics.Of(alert.Metric);
        var tab = metric.Aspect == MetricAspect.Traffic ? "" : MetricWords.Tab(metric.LayerOf(alert.Feature));
        return Links.With(
            Links.Model(alert.Model, tab),
            ("from", TimeRange.Text(from)),
            ("to", TimeRange.Text(to)),
            ("feature", tab == Links.Inputs ? alert.Feature : null),
            ("segment", alert.Segment),
            ("version", alert.Version),
            ("window", DurationText.Format(TimeSpan.FromSeconds(alert.Evidence.WindowSeconds)))
        );
    }

    /// <summary>The form of a silence for what this incident is about.</summary>
    public static string SilenceAddress(Incident incident)
    {
        var matchers = new List<string> { $"model={incident.Model}" };
        if (incident.Summary.Features.Count > 0)
            matchers.Add($"feature={incident.Summary.Features[0]}");
        if (incident.Summary.Segments.Count > 0)
            matchers.Add($"segment={incident.Summary.Segments[0]}");
        return Links.With(Links.Silences, ("matchers", string.Join(", ", matchers)), ("comment", $"Incident {incident.Id}"));
    }

    /// <summary>How the streams of rules stand, in a sentence: what is quiet is only as good as what can be judged.</summary>
    public static string Evaluated(IReadOnlyCollection<StreamCount> streams)
    {
        if (streams.Count == 0)
            return "No stream is judged yet: rules look at windows that are complete.";
        var unknown = streams.Where(stream => stream.Status == StreamStatus.CannotJudge).ToList();
        var judged = streams.Sum(stream => stream.Count) - unknown.Sum(stream => stream.Count);
        var text = $"{Figures.Count(judged)} {(judged == 1 ? "stream is" : "streams are")} judged";
        return unknown.Count == 0
            ? $"{text}."
            : $"{text}; {Figures.Count(unknown.Sum(stream => stream.Count))} cannot be judged: {Reasons(unknown)}.";
    }

    /// <summary>Why streams cannot be judged, the commonest reason first.</summary>
    public static string Reasons(IEnumerable<StreamCount> streams) =>
        string.Join(
            ", ",
            streams
                .Where(stream => stream.Status == StreamStatus.CannotJudge)
                .GroupBy(stream => stream.Reason.Length == 0 ? "not looked at yet" : stream.Reason, StringComparer.Ordinal)
                .Select(group => (Reason: group.Key, Count: group.Sum(stream => stream.Count)))
                .OrderByDescending(pair => pair.Count)
                .Take(4)
                .Select(pair => $"{Figures.Count(pair.Count)} {pair.Reason}")
        );
}
