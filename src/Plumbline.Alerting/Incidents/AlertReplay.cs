using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// Gathers alerts into groups in the order in which they could be known, whichever model or length of windows was evaluated first: the
/// history that somebody imports makes the incidents that it would have made as it happened. Pure.
/// </summary>
public sealed class AlertReplay
{
    /// <summary>The newest first: the nearest in time is the likeliest.</summary>
    private readonly List<AlertGroup> _groups;

    /// <summary>Begins with what is there.</summary>
    /// <param name="kept">Incidents that keep their alerts, the newest first.</param>
    public AlertReplay(IEnumerable<AlertGroup> kept) => _groups = [.. kept];

    /// <summary>What came of it, the newest first.</summary>
    public IReadOnlyList<AlertGroup> Groups => _groups;

    /// <summary>
    /// The order in which alerts could be known; of those that could be known at once, first what is known best: short windows, then all
    /// rows, then the earliest beginning.
    /// </summary>
    public static IComparer<AlertRow> Order { get; } =
        Comparer<AlertRow>.Create(
            static (one, other) =>
            {
                var (first, second) = (OrderOf(one), OrderOf(other));
                return first.CompareTo(second) is not 0 and var order ? order : CompareKeys(one.Key, other.Key);
            }
        );

    /// <summary>Takes the next alert in order into the group where it belongs.</summary>
    public void Take(AlertRow alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        PartUntil(_ => alert.FiredMs);
        var group = IncidentGrouping.Find(alert, _groups);
        group = Place(alert, group, new(alert.FiredMs, group is null ? NoteKinds.Detected : NoteKinds.Joined, alert));
        TakeEffectsIn(alert, group);
        TakeLossesAlong(alert, group);
    }

    /// <summary>
    /// What still moves long after the cause of its group ended has another cause: it joins another group that goes on, or begins one.
    /// </summary>
    /// <param name="knownToMs">Up to where the windows of an alert's stream are known, epoch ms.</param>
    public void PartUntil(Func<AlertRow, long> knownToMs)
    {
        while (NextToPart(knownToMs) is { Group: { } group, AtMs: var atMs })
        {
            var open = _groups.Where(other => other != group && !(IncidentLife.EndMs(other.Alerts) <= atMs)).ToList();
            var due = LastingIn(group)
                .Where(lasting => lasting.AtMs == atMs && atMs <= knownToMs(lasting.Alert))
                .Select(lasting => lasting.Alert)
                .Order(Order)
                .ToList();
            // What finds a group goes first: others may belong to it through them.
            var (alert, target) = due.Select(one => (Alert: one, Target: IncidentGrouping.Find(one.FoundAt(atMs), open)))
                .OrderBy(pair => pair.Target is null)
                .First();
            target = Place(alert, target, new(atMs, NoteKinds.Came, alert, group));
            group.Remove([alert], target, atMs);
        }
    }

    private (AlertGroup Group, long AtMs)? NextToPart(Func<AlertRow, long> knownToMs)
    {
        (AlertGroup Group, long AtMs)? next = null;
        foreach (var group in _groups)
        {
            foreach (var (alert, atMs) in LastingIn(group))
            {
                if (atMs <= knownToMs(alert) && (next is null || atMs < next.Value.AtMs))
                    next = (group, atMs);
            }
        }

        return next;
    }

    /// <summary>Alerts that fire on after the end of their group, and when that shows.</summary>
    private static IEnumerable<(AlertRow Alert, long AtMs)> LastingIn(AlertGroup group)
    {
        if (IncidentLife.EndMs(group.Alerts) is not { } end)
            yield break;
        foreach (var alert in group.Alerts)
        {
            var atMs = IncidentLife.GoesOnAtMs(alert, end);
            if (alert.ResolvedMs is null || alert.ResolvedMs > atMs)
                yield return (alert, atMs);
        }
    }

    private AlertGroup Place(AlertRow alert, AlertGroup? group, GroupStep step)
    {
        if (group is null)
            _groups.Insert(0, group = new AlertGroup());
        group.Add(alert, step);
        return group;
    }

    /// <summary>
    /// What was found in other models before its cause was found here belongs to the cause: their groups for the digest are taken in.
    /// </summary>
    private void TakeEffectsIn(AlertRow alert, AlertGroup group)
    {
        foreach (var effect in _groups.Where(other => other != group && IncidentGrouping.IsEffect(alert, other)).ToList())
            Move([.. effect.Alerts], effect, group, alert.FiredMs);
    }

    /// <summary>
    /// What all rows lose by the rows of one segment, and what another model loses by them, was put down to whatever else happened then,
    /// until the segment was seen: it comes to the segment.
    /// </summary>
    private void TakeLossesAlong(AlertRow alert, AlertGroup group)
    {
        foreach (var other in _groups.Where(other => other != group).ToList())
        {
            var losses = other.Alerts.Where(member => IncidentGrouping.IsLossBy(alert, member)).ToList();
            if (losses.Count > 0 && (losses.Count < other.Alerts.Count || !other.IsFixed))
                Move(losses, other, group, alert.FiredMs);
        }
    }

    private void Move(List<AlertRow> alerts, AlertGroup from, AlertGroup to, long atMs)
    {
        from.Remove(alerts, to, atMs);
        foreach (var alert in alerts)
            to.Add(alert, new(atMs, NoteKinds.Came, alert, from));
        if (from.Alerts.Count == 0)
            _groups.Remove(from);
    }

    private static (long Fired, int Window, bool IsSegment, long Onset, int Model) OrderOf(AlertRow alert) =>
        (alert.FiredMs, alert.Numbers.WindowSeconds, alert.Segment.Length > 0, alert.OnsetMs, alert.ModelId);

    private static int CompareKeys(StreamKey one, StreamKey other) =>
        string.CompareOrdinal(
            $"{one.Metric}\n{one.Feature}\n{one.Class}\n{one.Segment}\n{one.Version}\n{one.Rule}",
            $"{other.Metric}\n{other.Feature}\n{other.Class}\n{other.Segment}\n{other.Version}\n{other.Rule}"
        );
}
