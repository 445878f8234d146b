using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// The windows in which an incident's loss is looked for. What another incident adds is its own: windows since a later one began are not
/// counted here, and what this one is compared with is the time before it in which the same others went on as at its onset. So the losses
/// of incidents that overlap add up to the model's and no more.
/// </summary>
/// <param name="Id">The incident; of two that began at once the one with the higher number is the later.</param>
/// <param name="Onset">When it began.</param>
/// <param name="End">When its cause ended; null while it goes on.</param>
/// <param name="Others">When other incidents of the model go.</param>
public sealed record ImpactPeriod(long Id, DateTimeOffset Onset, DateTimeOffset? End, IReadOnlyList<IncidentSpan> Others)
{
    private long OnsetMs => Onset.ToUnixTimeMilliseconds();

    /// <summary>From the onset to the end of what carries the incident.</summary>
    public static ImpactPeriod Of(IncidentRow incident, IReadOnlyList<AlertRow> alerts, IReadOnlyList<IncidentSpan> others)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return new(
            incident.Id,
            DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs),
            IncidentLife.EndMs(alerts) is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
            others
        );
    }

    /// <summary>The same, until now where it goes on.</summary>
    public ImpactPeriod Until(DateTimeOffset now) => this with { End = End ?? now };

    /// <summary>Whether a window is one that it is compared with.</summary>
    public bool IsBefore(MetricPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.WindowEnd <= Onset && Others.All(other => other.Holds(Onset.AddMilliseconds(-1)) == other.Holds(point.WindowStart));
    }

    /// <summary>Whether a window shows its loss and nobody else's.</summary>
    public bool IsAfter(MetricPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.WindowStart >= Onset && !IsOfOthersSince(point);
    }

    /// <summary>Whether a window belongs to an incident that began after this one.</summary>
    public bool IsOfOthersSince(MetricPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return Others.Any(other => (other.FromMs, other.Id).CompareTo((OnsetMs, Id)) > 0 && other.Holds(point.WindowStart));
    }
}
