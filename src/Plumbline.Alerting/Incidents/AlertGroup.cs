using Plumbline.Alerting.Alerts;

namespace Plumbline.Alerting.Incidents;

/// <summary>Alerts about one cause, in the order in which they came together.</summary>
public sealed class AlertGroup
{
    private readonly List<AlertRow> _alerts = [];
    private readonly List<GroupStep> _steps = [];

    /// <summary>A group that begins with its first alert.</summary>
    internal AlertGroup() { }

    /// <summary>What an incident holds already.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="alerts">Its alerts.</param>
    /// <param name="isFixed">Whether people know it, so that it is neither taken apart nor taken in.</param>
    public AlertGroup(IncidentRow incident, IEnumerable<AlertRow> alerts, bool isFixed = false)
    {
        (Incident, IsFixed) = (incident, isFixed);
        _alerts.AddRange(alerts);
    }

    /// <summary>The incident that this is; null while none has been found for it.</summary>
    public IncidentRow? Incident { get; }

    /// <summary>Whether people know the incident.</summary>
    public bool IsFixed { get; }

    /// <summary>The alerts.</summary>
    public IReadOnlyList<AlertRow> Alerts => _alerts;

    /// <summary>How they came together, for the timeline of an incident that is made of them.</summary>
    internal IReadOnlyList<GroupStep> Steps => _steps;

    internal void Add(AlertRow alert, GroupStep step)
    {
        var end = _alerts.Count == 0 ? null : IncidentLife.EndMs(_alerts);
        _alerts.Add(alert);
        // It was over, and what carries it fires again.
        if (end <= step.AtMs && IncidentLife.EndMs(_alerts) != end)
        {
            _steps.Add(new(end.Value, NoteKinds.Resolved, alert));
            _steps.Add(new(step.AtMs, NoteKinds.Regressed, alert));
        }

        _steps.Add(step);
    }

    internal void Remove(IReadOnlyCollection<AlertRow> alerts, AlertGroup to, long atMs)
    {
        foreach (var alert in alerts)
        {
            _alerts.Remove(alert);
            _steps.Add(new(atMs, NoteKinds.Left, alert, to));
        }
    }
}

/// <summary>Something that happened to a group of alerts.</summary>
/// <param name="AtMs">When it could be known, epoch ms.</param>
/// <param name="Kind">One of the <see cref="NoteKinds"/>.</param>
/// <param name="Alert">The alert that it happened with.</param>
/// <param name="Other">The group from which it came, or to which it went.</param>
internal readonly record struct GroupStep(long AtMs, string Kind, AlertRow Alert, AlertGroup? Other = null);
