using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// How long an incident lives: as long as its cause does. Pure. The alerts that say how urgent it is carry it; what merely drifts beside
/// them neither dates it nor holds it open.
/// </summary>
public static class IncidentLife
{
    /// <summary>A leak or failure rate that does harm whatever performance says.</summary>
    private const double HarmfulShare = 0.1;

    /// <summary>A segment that lost this many times what all rows lost is not merely part of them.</summary>
    internal const double FarWorse = 2;

    /// <summary>Effects that matter which a segment's loss must have where all rows show something else.</summary>
    internal const double ManyFloors = 5;

    /// <summary>Windows of a day and longer say sooner that something goes on.</summary>
    private const int AftermathOfDays = 3;

    /// <summary>
    /// Windows after the end of a cause in which what it moved comes to rest: an alert needs some quiet windows to end. What moves longer
    /// moves for another reason.
    /// </summary>
    private const int Aftermath = 12;

    /// <summary>How urgent an alert is by itself, before anybody knows what it costs. Drift alone is for the digest.</summary>
    public static AlertSeverity SeverityOf(AlertRow alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var effect = alert.Numbers.Effect ?? 0;
        var own = AlertAspects.Of(alert) switch
        {
            MetricAspect.Traffic => AlertSeverity.Critical,
            MetricAspect.System => alert.Metric.EndsWith("_rate", StringComparison.Ordinal) && effect >= HarmfulShare / 2
                ? AlertSeverity.Critical
                : AlertSeverity.Warning,
            MetricAspect.Missing or MetricAspect.Unseen => effect >= HarmfulShare ? AlertSeverity.Warning : AlertSeverity.Digest,
            MetricAspect.Types or MetricAspect.Outputs or MetricAspect.Performance or MetricAspect.Labels => AlertSeverity.Warning,
            _ => AlertSeverity.Digest,
        };
        return own > (AlertSeverity)alert.Severity ? own : (AlertSeverity)alert.Severity;
    }

    /// <summary>
    /// The alerts that an incident is about: those worth a message where there are any, else all. What a segment loses while all rows show
    /// the trouble, in shorter windows, is part of that and goes with it; unless it loses far more.
    /// </summary>
    public static IReadOnlyList<AlertRow> Carriers(IReadOnlyList<AlertRow> alerts)
    {
        var urgent = alerts.Where(alert => SeverityOf(alert) >= AlertSeverity.Warning).ToList();
        return urgent.Count > 0 ? urgent.FindAll(alert => !IsPartOf(alert, urgent)) : alerts;
    }

    private static bool IsPartOf(AlertRow alert, List<AlertRow> urgent)
    {
        if (alert.Segment.Length == 0 || AlertAspects.Of(alert) != MetricAspect.Performance)
            return false;
        var whole = urgent.FindAll(other =>
            other.ModelId == alert.ModelId && other.Segment.Length == 0 && other.Numbers.WindowSeconds < alert.Numbers.WindowSeconds
        );
        var losses = whole.FindAll(other => other.Metric == alert.Metric);
        return whole.Count > 0
            && (
                losses.Count > 0
                    ? alert.Numbers.Effect < FarWorse * losses.Max(other => other.Numbers.Effect)
                    : alert.EffectInFloors < ManyFloors
            );
    }

    /// <summary>End of the window after which nothing that carries it fired any more; null while something does.</summary>
    public static long? EndMs(IReadOnlyList<AlertRow> alerts)
    {
        var carriers = Carriers(alerts);
        return carriers.All(alert => alert.ResolvedMs is not null) ? carriers.Max(alert => alert.ResolvedMs) : null;
    }

    /// <summary>
    /// When it began: the middle of the beginnings that are known to some windows, of the shortest windows that tell, else the earliest;
    /// features that drift together began with the first. Never after it was found.
    /// </summary>
    public static long OnsetMs(IReadOnlyList<AlertRow> alerts)
    {
        var carriers = Carriers(alerts);
        var earliest = carriers.Min(alert => alert.OnsetMs);
        var shortest = carriers.Min(alert => alert.Numbers.WindowSeconds);
        var sharp = carriers
            .Where(alert => AlertAspects.IsSharp(alert) && alert.Numbers.WindowSeconds == shortest)
            .Select(alert => alert.OnsetMs)
            .Order()
            .ToList();
        var onset = carriers.All(AlertAspects.IsDrift) || sharp.Count == 0 ? earliest : sharp[sharp.Count / 2];
        return Math.Min(onset, alerts.Min(alert => alert.FiredMs));
    }

    /// <summary>
    /// Whether an alert is for the digest and begins after the cause of a more urgent incident is over: then it has a cause of its own.
    /// </summary>
    /// <param name="alert">The alert.</param>
    /// <param name="members">The alerts of the incident.</param>
    public static bool Outlives(AlertRow alert, IReadOnlyList<AlertRow> members) =>
        SeverityOf(alert) == AlertSeverity.Digest
        && members.Any(member => SeverityOf(member) >= AlertSeverity.Warning)
        && EndMs(members) is { } end
        && alert.OnsetMs > end;

    /// <summary>When an alert that still fires shows that it moves for another reason than the cause that ended, epoch ms.</summary>
    /// <param name="alert">An alert of the incident.</param>
    /// <param name="endMs">When the incident ended.</param>
    public static long GoesOnAtMs(AlertRow alert, long endMs)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var (seconds, day) = (alert.Numbers.WindowSeconds, (int)TimeSpan.FromDays(1).TotalSeconds);
        return Math.Max(endMs, alert.OnsetMs) + ((seconds < day ? Aftermath : AftermathOfDays) * 1000L * seconds);
    }
}
