using Plumbline.Server.Alerting.Evaluation;

namespace Plumbline.Server.Alerting.Incidents;

/// <summary>
/// Which incident a new alert belongs to. Pure. The rules, in this order: the same thing again (also in another model, when an upstream feature feeds both);
/// features moving slowly together; what began at the same time in the same model, when both beginnings are sharp; and what was weak for long and tipped over by such a beginning.
/// </summary>
public static class IncidentGrouping
{
    /// <summary>Windows by which two beginnings may differ and still be one.</summary>
    private const int SameTime = 3;

    /// <summary>A change found this many windows after its onset, or sooner, began sharply.</summary>
    private const int Sharp = 8;

    /// <summary>Slow drifts that begin within so many days of one another are one.</summary>
    private static readonly TimeSpan SlowTogether = TimeSpan.FromDays(3);

    /// <summary>The incident of <paramref name="alert"/>, or null when it is a new one.</summary>
    /// <param name="alert">The new alert.</param>
    /// <param name="incidents">Incidents with their alerts, the newest first.</param>
    public static IncidentRow? Find(AlertRow alert, IReadOnlyList<(IncidentRow Incident, IReadOnlyList<AlertRow> Alerts)> incidents)
    {
        foreach (var test in (Func<AlertRow, AlertRow, bool>[])[SameThing, SlowlyTogether, SameOnset, TippedOver])
        {
            foreach (var (incident, alerts) in incidents)
                if (alerts.Any(member => test(alert, member))) return incident;
        }

        return null;
    }

    /// <summary>Whether an alert's change began at a moment that is known to some windows.</summary>
    public static bool IsSharp(AlertRow alert) => AlertEvidence.Read(alert.Evidence) is var evidence && evidence.Windows <= Sharp;

    private static bool SameThing(AlertRow alert, AlertRow member)
    {
        if (!Overlaps(alert, member, WindowOf(alert) * SameTime)) return false;
        var (aspect, other) = (AlertAspects.Of(alert), AlertAspects.Of(member));
        // The same feature in another model, or another segment of this one: the feature comes from one place.
        if (alert.Feature.Length > 0 && alert.Feature[0] != '@' && alert.Feature == member.Feature && aspect == other) return true;
        if (aspect is AlertAspect.System or AlertAspect.Traffic && other is AlertAspect.System or AlertAspect.Traffic) return Near(alert, member);
        if (aspect == AlertAspect.Outputs && other == AlertAspect.Outputs && alert.ModelId == member.ModelId) return Near(alert, member);
        return alert.ModelId == member.ModelId && aspect == other && alert.Segment.Length > 0 && alert.Segment == member.Segment && alert.Feature.Length == 0 && member.ResolvedMs is null;
    }

    private static bool SlowlyTogether(AlertRow alert, AlertRow member) =>
        alert.ModelId == member.ModelId
        && AlertAspects.Of(alert) == AlertAspect.FeatureDrift && AlertAspects.Of(member) == AlertAspect.FeatureDrift
        && !IsSharp(alert) && !IsSharp(member) && member.ResolvedMs is null
        && Math.Abs(alert.OnsetMs - member.OnsetMs) <= SlowTogether.TotalMilliseconds;

    private static bool SameOnset(AlertRow alert, AlertRow member) =>
        alert.ModelId == member.ModelId && IsSharp(alert) && IsSharp(member) && Near(alert, member);

    /// <summary>What had been weak for long and fired soon after something else began sharply was tipped over by it.</summary>
    private static bool TippedOver(AlertRow alert, AlertRow member) =>
        alert.ModelId == member.ModelId && !IsSharp(alert) && IsSharp(member) && AlertAspects.Of(alert) != AlertAspect.FeatureDrift
        && alert.OnsetMs <= member.OnsetMs && alert.FiredMs > member.OnsetMs && alert.FiredMs - member.OnsetMs <= Sharp * WindowOf(member).TotalMilliseconds;

    /// <summary>Whether the two changes began within some windows: an onset in a long window is known only to that window.</summary>
    private static bool Near(AlertRow alert, AlertRow member)
    {
        var (from, to) = OnsetRange(alert);
        var (otherFrom, otherTo) = OnsetRange(member);
        return from <= otherTo && otherFrom <= to;
    }

    private static (double From, double To) OnsetRange(AlertRow alert)
    {
        var window = WindowOf(alert).TotalMilliseconds;
        var slack = window <= TimeSpan.FromHours(1).TotalMilliseconds ? SameTime * window : window / 8;
        return window <= TimeSpan.FromHours(1).TotalMilliseconds ? (alert.OnsetMs - slack, alert.OnsetMs + slack) : (alert.OnsetMs - slack, alert.OnsetMs + window + slack);
    }

    private static bool Overlaps(AlertRow alert, AlertRow member, TimeSpan slack) => member.ResolvedMs is null || member.ResolvedMs >= alert.OnsetMs - slack.TotalMilliseconds;

    private static TimeSpan WindowOf(AlertRow alert) => TimeSpan.FromSeconds(AlertEvidence.Read(alert.Evidence).WindowSeconds);
}
