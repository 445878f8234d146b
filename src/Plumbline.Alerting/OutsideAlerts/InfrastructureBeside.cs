using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.OutsideAlerts;

/// <summary>What of the infrastructure fired when an incident began, or shortly before, and while it went on.</summary>
public sealed class InfrastructureBeside(InfrastructureAlerts alerts, IncidentReader incidents, TimeProvider time)
{
    /// <summary>Those beside an incident, the oldest first, with its onset; null when there is no such incident.</summary>
    public async Task<(IReadOnlyList<InfrastructureAlert> Alerts, DateTimeOffset Onset)?> ReadAsync(
        long incident,
        CancellationToken cancellation
    )
    {
        if (await incidents.FindAsync(incident, cancellation) is not { Incident: var found })
            return null;
        var until = found.ResolvedAt ?? time.GetUtcNow();
        IReadOnlyCollection<string> models = [.. found.Summary.Models.Append(found.Model).Distinct(StringComparer.Ordinal)];
        return (await alerts.ReadAsync(found.Onset - InfrastructureAlerts.Before, until, models, cancellation), found.Onset);
    }

    /// <summary>When an alert began, seen from an incident: "4 min before".</summary>
    public static string Words(InfrastructureAlert alert, DateTimeOffset onset)
    {
        var apart = Figures.Span((alert.StartsAt - onset).Duration());
        return alert.StartsAt == onset ? "at the same time"
            : alert.StartsAt < onset ? $"{apart} before"
            : $"{apart} after";
    }
}
