using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>Tells an incident: what changed, where, how bad, why probably, and what to do next.</summary>
public sealed class SummaryWriter(ModelCatalog models, CauseFinder causes, ImpactReader impacts)
{
    /// <summary>A loss of this many points of a share, or this part of another metric, is worth waking somebody.</summary>
    private const double CriticalLoss = 0.05;
    private const double CriticalRelativeLoss = 0.25;

    /// <summary>Segments that one incident may be about.</summary>
    private const int MostNamed = 2;

    /// <summary>A leak or failure rate that does harm whatever performance says.</summary>
    private const double HarmfulShare = 0.1;

    /// <summary>The headline, the summary and how urgent it is.</summary>
    public async Task<(string Headline, IncidentSummary Summary, AlertSeverity Severity)> WriteAsync(
        IncidentRow incident,
        IReadOnlyList<AlertRow> alerts,
        CancellationToken cancellation
    )
    {
        var involved = alerts.Select(alert => models.Find(alert.ModelId)).OfType<ModelDefinition>().DistinctBy(model => model.Id).ToList();
        var model = models.Find(incident.ModelId) ?? involved[0];
        var segments = Segments(alerts);
        var features = alerts
            .Where(alert => alert.Feature.Length > 0 && alert.Feature[0] != '@')
            .GroupBy(alert => alert.Feature, StringComparer.Ordinal)
            .OrderByDescending(group => group.Max(Effect))
            .Select(group => group.Key)
            .ToList();
        var likely = await causes.FindAsync(incident, alerts, model, segments, cancellation);
        var versions = alerts
            .Where(alert => alert.Version.Length > 0)
            .Select(alert => alert.Version)
            .Concat(likely.Where(cause => cause.Kind == "version_rollout").Select(cause => cause.Subject))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var impact = await impacts.ReadAsync(incident, alerts, model, segments, cancellation);
        var summary = new IncidentSummary(
            [.. involved.Select(found => found.Name)],
            segments,
            versions,
            features,
            likely,
            impact,
            Steps(incident, model, likely, alerts)
        );
        return (Headline(model, alerts, summary), summary, Evaluate(alerts, impact));
    }

    /// <summary>
    /// Segments that stand out: named when nothing of the same metric fires for all rows, or when it is worse there by half; the worst
    /// first. Where many are equally bad, none stands out: it is about all rows, and segments were only seen sooner.
    /// </summary>
    private static List<string> Segments(IReadOnlyList<AlertRow> alerts)
    {
        var standing = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var group in alerts.GroupBy(alert => (alert.ModelId, alert.Metric, alert.Feature, alert.Class)))
        {
            var global = group.Where(alert => alert.Segment.Length == 0).Select(Effect).DefaultIfEmpty(0).Max();
            foreach (var alert in group.Where(alert => alert.Segment.Length > 0 && Effect(alert) > 1.5 * global))
                standing[alert.Segment] = standing.GetValueOrDefault(alert.Segment) + alert.EffectInFloors;
        }

        var most = standing.Count == 0 ? 0 : standing.Values.Max();
        var worst = standing.Where(pair => pair.Value >= most / 2).OrderByDescending(pair => pair.Value).Select(pair => pair.Key).ToList();
        return worst.Count > MostNamed ? [] : worst;
    }

    private static double Effect(AlertRow alert) => alert.Numbers.Effect ?? 0;

    /// <summary>Business first: the loss decides. What moves without any loss to show is for the digest.</summary>
    private static AlertSeverity Evaluate(IReadOnlyList<AlertRow> alerts, IncidentImpact? impact)
    {
        var severity = (AlertSeverity)alerts.Max(alert => alert.Severity);
        if (impact is { Certain: true })
        {
            var share =
                impact.Metric is not (PerformanceMetrics.Mae or PerformanceMetrics.Rmse or EstimatedMetrics.Mae or EstimatedMetrics.Rmse);
            var critical = share ? impact.Loss >= CriticalLoss : impact.Loss >= CriticalRelativeLoss * Math.Abs(impact.Before);
            severity = Max(severity, critical ? AlertSeverity.Critical : AlertSeverity.Warning);
        }

        foreach (var alert in alerts)
        {
            var effect = Effect(alert);
            severity = Max(
                severity,
                AlertAspects.Of(alert) switch
                {
                    MetricAspect.Traffic => AlertSeverity.Critical,
                    MetricAspect.System => alert.Metric.EndsWith("_rate", StringComparison.Ordinal) && effect >= HarmfulShare / 2
                        ? AlertSeverity.Critical
                        : AlertSeverity.Warning,
                    MetricAspect.Missing or MetricAspect.Unseen => effect >= HarmfulShare ? AlertSeverity.Warning : AlertSeverity.Digest,
                    MetricAspect.Types or MetricAspect.Outputs or MetricAspect.Performance => AlertSeverity.Warning,
                    _ => AlertSeverity.Digest,
                }
            );
        }

        return severity;
    }

    private static AlertSeverity Max(AlertSeverity one, AlertSeverity other) => one > other ? one : other;

    private static string Headline(ModelDefinition model, IReadOnlyList<AlertRow> alerts, IncidentSummary summary)
    {
        var where = summary.Segments.Count > 0 ? $" in {Words.List(summary.Segments)}" : "";
        var who = summary.Models.Count > 1 ? Words.List(summary.Models) : model.Name;
        if (summary.Causes.Count > 0)
        {
            var cause = summary.Causes[0];
            var what = cause.Kind switch
            {
                "version_rollout" => $"version {cause.Subject} is worse: {Worst(alerts)}",
                "missing_values" => $"{cause.Subject} is missing: {Worst(alerts, InputMetrics.MissingRate)}",
                "new_category" => $"{cause.Subject} has values that the reference never had: {Worst(alerts, InputMetrics.UnseenRate)}",
                "schema_change" => $"{cause.Subject} has values of another type: {Worst(alerts, InputMetrics.TypeErrorRate)}",
                "concept_change" => $"answers become wrong while inputs stay as they are: {Worst(alerts, PerformanceMetrics.Prefix)}",
                "concentration" => $"answers concentrate on {cause.Subject}: {Worst(alerts, OutputMetrics.Prefix)}",
                "segment" => $"{cause.Subject} goes bad: {Worst([.. alerts.Where(alert => alert.Segment == cause.Subject)])}",
                "feature_drift" => $"{Words.List(summary.Features)} {(summary.Features.Count > 1 ? "drift" : "drifts")}",
                _ => Worst(alerts),
            };
            return $"{who}: {what}{(cause.Kind == "segment" ? "" : where)}";
        }

        return $"{who}: {Worst(alerts)}{where}";
    }

    private static string Worst(IReadOnlyList<AlertRow> alerts, string prefix = "")
    {
        var order = new[]
        {
            MetricAspect.Traffic,
            MetricAspect.System,
            MetricAspect.Performance,
            MetricAspect.Missing,
            MetricAspect.Unseen,
            MetricAspect.Types,
            MetricAspect.Outputs,
            MetricAspect.FeatureDrift,
            MetricAspect.Other,
        };
        var chosen = alerts
            .Where(alert => alert.Metric.StartsWith(prefix, StringComparison.Ordinal))
            .DefaultIfEmpty(alerts[0])
            .OrderBy(alert => Array.IndexOf(order, AlertAspects.Of(alert)))
            .ThenByDescending(alert => alert.EffectInFloors)
            .First();
        var name = chosen.Metric.Split('.', 2)[^1].Replace("_ms.", " ", StringComparison.Ordinal).Replace('_', ' ');
        var subject = chosen.Class.Length > 0 ? $"{name} of {chosen.Class}" : name;
        if (chosen.Metric == CalibratedDriftMetrics.Calibrated)
            return $"{chosen.Feature} moved {Words.Change(chosen, "")}";
        return $"{subject} {Words.Change(chosen, KnownMetrics.Find(chosen.Metric)?.Unit ?? "")}";
    }

    private static List<NextStep> Steps(
        IncidentRow incident,
        ModelDefinition model,
        IReadOnlyList<IncidentCause> likely,
        IReadOnlyList<AlertRow> alerts
    )
    {
        var onset = DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs);
        var end = incident.ResolvedMs is { } resolved
            ? DateTimeOffset.FromUnixTimeMilliseconds(resolved)
            : DateTimeOffset.FromUnixTimeMilliseconds(incident.FiredMs);
        (string Key, string? Value)[] range = [("from", onset.AddDays(-1).ToString("O")), ("to", end.AddHours(6).ToString("O"))];
        var steps = new List<NextStep>();
        foreach (var cause in likely.Take(2))
        {
            steps.AddRange(
                cause.Kind switch
                {
                    "version_rollout" =>
                    [
                        new NextStep(
                            $"compare version {cause.Subject} with the one before, and roll back if it is worse",
                            Links.With(Links.Model(model.Name, Links.Performance), [.. range, ("version", cause.Subject)])
                        ),
                    ],
                    "missing_values" or "schema_change" or "new_category" =>
                    [
                        new NextStep(
                            $"ask whoever sends {cause.Subject}: the values changed at {onset.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
                            Links.With(Links.Model(model.Name, Links.Inputs), [.. range, ("feature", cause.Subject)])
                        ),
                    ],
                    "concept_change" =>
                    [
                        new NextStep(
                            "look at decisions that turned out wrong since, and ask whether the meaning of the ground truth changed",
                            Links.With(Links.ExploreModel(model.Name), range)
                        ),
                    ],
                    "segment" =>
                    [
                        new NextStep(
                            $"look at decisions of {cause.Subject}",
                            Links.With(Links.ExploreModel(model.Name), [.. range, ("segment", cause.Subject)])
                        ),
                    ],
                    "feature_drift" => (NextStep[])
                        [
                            new NextStep(
                                $"look at {cause.Subject}: is the change real, or an error upstream?",
                                Links.With(Links.Model(model.Name, Links.Inputs), [.. range, ("feature", cause.Subject)])
                            ),
                        ],
                    _ => [],
                }
            );
        }

        if (alerts.Any(alert => AlertAspects.Of(alert) == MetricAspect.Outputs))
            steps.Add(new NextStep("see which answers became more frequent", Links.With(Links.Model(model.Name, Links.Outputs), range)));
        steps.Add(new NextStep("see all four layers on one time axis", Links.With(Links.Model(model.Name), range)));
        return steps;
    }
}
