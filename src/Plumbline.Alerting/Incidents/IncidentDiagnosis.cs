using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Causes;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Incidents;

/// <summary>Finds out about an incident: what changed, where, how bad, why probably, and how urgent it is.</summary>
public sealed class IncidentDiagnosis(ModelCatalog models, CauseCatalog causes, CauseEvidence evidence, ImpactReader impacts)
{
    /// <summary>A loss of this many points of a share, or this part of another metric, is worth waking somebody.</summary>
    private const double CriticalLoss = 0.05;
    private const double CriticalRelativeLoss = 0.25;

    /// <summary>Segments that one incident may be about.</summary>
    private const int MostNamed = 2;

    /// <summary>What is named of an incident that is about several things, the most telling first.</summary>
    private static readonly MetricAspect[] MostTelling =
    [
        MetricAspect.Traffic,
        MetricAspect.System,
        MetricAspect.Performance,
        MetricAspect.Missing,
        MetricAspect.Unseen,
        MetricAspect.Types,
        MetricAspect.Outputs,
        MetricAspect.Labels,
        MetricAspect.FeatureDrift,
        MetricAspect.Other,
    ];

    /// <summary>What is known of it, and how urgent that is.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="alerts">Its alerts, the oldest first.</param>
    /// <param name="others">When other incidents of the model go: what they cost is not counted here.</param>
    /// <param name="cancellation">Stops between questions.</param>
    public async Task<(IncidentFacts Facts, AlertSeverity Severity)> FindAsync(
        IncidentRow incident,
        IReadOnlyList<AlertRow> alerts,
        IReadOnlyList<IncidentSpan> others,
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
        var onset = DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs);
        var likely = await causes.RankAsync(new CauseSearch(model, onset, alerts, segments, evidence), cancellation);
        var versions = alerts
            .Where(alert => alert.Version.Length > 0)
            .Select(alert => alert.Version)
            .Concat(likely.Where(cause => causes.Find(cause.Kind) is { ShownByVersion: true }).Select(cause => cause.Subject))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var impact = await impacts.ReadAsync(ImpactPeriod.Of(incident, alerts, others), model, segments, cancellation);
        var severity = Evaluate(alerts, impact);
        // What is for the digest has lost nothing that is certain; in money it would only be counted beside the incidents that did.
        if (severity == AlertSeverity.Digest && impact is not null)
            impact = impact with { MoneyPerDay = null, MoneyLower = null, MoneyUpper = null, Currency = null };
        var facts = new IncidentFacts(
            [.. involved.Select(found => found.Name)],
            segments,
            versions,
            features,
            likely,
            impact,
            StreamChange.Of(Worst(alerts, likely.Count > 0 ? likely[0] : null)),
            alerts.Any(alert => AlertAspects.Of(alert) == MetricAspect.Outputs)
        );
        return (facts, severity);
    }

    /// <summary>What moved most of what shows the likeliest cause.</summary>
    private AlertRow Worst(IReadOnlyList<AlertRow> alerts, CauseFacts? cause)
    {
        var shown =
            cause is null || causes.Find(cause.Kind) is not { } kind
                ? alerts
                : [.. alerts.Where(alert => kind.IsShownBy(cause.Subject, alert.Metric, alert.Feature, alert.Segment))];
        return (shown.Count > 0 ? shown : alerts)
            .OrderBy(alert => Array.IndexOf(MostTelling, AlertAspects.Of(alert)))
            .ThenByDescending(alert => alert.EffectInFloors)
            .First();
    }

    /// <summary>
    /// Segments that stand out: named when nothing of the same metric fires for all rows, or when it is twice as bad there; the worst
    /// first. Where many are equally bad, none stands out: it is about all rows, and segments were only seen sooner.
    /// </summary>
    private static List<string> Segments(IReadOnlyList<AlertRow> alerts)
    {
        var standing = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var group in alerts.GroupBy(alert => (alert.ModelId, alert.Metric, alert.Feature, alert.Class)))
        {
            var global = group.Where(alert => alert.Segment.Length == 0).Select(Effect).DefaultIfEmpty(0).Max();
            foreach (var alert in group.Where(alert => StandsOut(alert, global, group)))
                standing[alert.Segment] = standing.GetValueOrDefault(alert.Segment) + alert.EffectInFloors;
        }

        var most = standing.Count == 0 ? 0 : standing.Values.Max();
        var worst = standing.Where(pair => pair.Value >= most / 2).OrderByDescending(pair => pair.Value).Select(pair => pair.Key).ToList();
        return worst.Count > MostNamed ? [] : worst;
    }

    // A drift of all rows that grows is seen in a segment of few rows when it is larger than all rows showed at first.
    private static bool StandsOut(AlertRow alert, double global, IEnumerable<AlertRow> ofStream) =>
        alert.Segment.Length > 0
        && Effect(alert) >= IncidentLife.FarWorse * global
        && !(
            AlertAspects.IsDrift(alert)
            && ofStream.Any(other => other.Segment.Length == 0 && other.FiredMs < alert.OnsetMs && !(other.ResolvedMs < alert.FiredMs))
        );

    private static double Effect(AlertRow alert) => alert.Numbers.Effect ?? 0;

    /// <summary>Business first: the loss decides. What moves without any loss to show is for the digest.</summary>
    private static AlertSeverity Evaluate(IReadOnlyList<AlertRow> alerts, ImpactFacts? impact)
    {
        var own = alerts.Max(IncidentLife.SeverityOf);
        var severity = AlertSeverity.Digest;
        // What shows no loss itself is not made urgent by the loss of others.
        if (impact is { Certain: true } && (own > AlertSeverity.Digest || !impact.Shared))
        {
            var share =
                impact.Metric is not (PerformanceMetrics.Mae or PerformanceMetrics.Rmse or EstimatedMetrics.Mae or EstimatedMetrics.Rmse);
            var critical = share ? impact.Loss >= CriticalLoss : impact.Loss >= CriticalRelativeLoss * Math.Abs(impact.Before);
            severity = Max(severity, critical ? AlertSeverity.Critical : AlertSeverity.Warning);
        }

        return Max(severity, own);
    }

    private static AlertSeverity Max(AlertSeverity one, AlertSeverity other) => one > other ? one : other;
}
