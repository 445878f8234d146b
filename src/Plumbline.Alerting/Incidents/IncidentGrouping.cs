using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;
using static Plumbline.Alerting.Alerts.AlertAspects;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// Which incident a new alert belongs to. Pure. The rules, in this order: the same stream again; one feature in two ways; what began at the
/// same time in the same model and still goes on, another loss before anything else; the same thing elsewhere (an upstream feature feeds
/// several models); a segment's part of a loss of all rows, and what all rows lose by one segment; features moving slowly together; what
/// was weak for long and tipped over by a sharp beginning; and what began together with something that is over.
/// </summary>
public static class IncidentGrouping
{
    /// <summary>Windows by which two beginnings may differ and still be one.</summary>
    private const int SameTime = 3;

    /// <summary>Windows after which what comes back is new.</summary>
    private const int CameBack = 24;

    /// <summary>The same for what begins sharply.</summary>
    private const int CameBackSharply = 4;

    /// <summary>Windows after which a drift is nothing that begins.</summary>
    private const int LongAgo = 12;

    /// <summary>A segment whose own loss is this part of what all rows lost is why they lost it.</summary>
    private const double Explains = 0.4;

    /// <summary>Slow drifts that begin within so many days of one another are one.</summary>
    private static readonly TimeSpan SlowTogether = TimeSpan.FromDays(3);

    /// <summary>The group of <paramref name="alert"/>, or null when it begins a new one.</summary>
    /// <param name="alert">The new alert.</param>
    /// <param name="groups">What it is compared with, the newest first.</param>
    public static AlertGroup? Find(AlertRow alert, IReadOnlyList<AlertGroup> groups)
    {
        foreach (
            var test in (Func<AlertRow, AlertRow, bool>[])
                [
                    SameStream,
                    SameFeatureAtOnce,
                    SameLossElsewhere,
                    Ongoing,
                    SameLossAtOnce,
                    SameOnsetGoingOn,
                    SameThing,
                    SameLoss,
                    PartOfTheLoss,
                    PartOfTheLossLater,
                    LossByOneSegment,
                    SlowlyTogether,
                    TippedOver,
                    SameOnset,
                ]
        )
        {
            foreach (var group in groups)
            {
                var alerts = group.Alerts;
                if (
                    alerts.Any(member => test(alert, member))
                    && !IsOver(alert, alerts)
                    && !IncidentLife.Outlives(alert, alerts)
                    && !StandsApart(alert, alerts)
                    && (test != SlowlyTogether || alerts.All(IsDrift))
                    && ((test != SameOnset && test != SameOnsetGoingOn && test != SameLossAtOnce) || BeganWith(alert, alerts))
                )
                {
                    return group;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a group for the digest, which nobody was told of, is wholly about what an alert is about, in other models: it was found
    /// there before its cause was found here.
    /// </summary>
    public static bool IsEffect(AlertRow alert, AlertGroup group) =>
        !group.IsFixed
        && group.Alerts.All(member =>
            IncidentLife.SeverityOf(member) == AlertSeverity.Digest
            && member.Feature.Length > 0
            && member.Feature == alert.Feature
            && AlertAspects.Of(member) == AlertAspects.Of(alert)
            && Overlaps(alert, member, SameTime)
        );

    /// <summary>A feature that drifts on after its values have come back drifts for another reason.</summary>
    private static bool IsOver(AlertRow alert, IReadOnlyList<AlertRow> members)
    {
        if (!IsDrift(alert))
            return false;
        var values = members
            .Where(member =>
                member.Feature == alert.Feature
                && AlertAspects.Of(member) is MetricAspect.Missing or MetricAspect.Unseen or MetricAspect.Types
            )
            .ToList();
        return values.Count > 0 && !values.Exists(member => Overlaps(alert, member, SameTime));
    }

    // Days later further alerts join an incident; what begins with one of those did not begin with it. What was over and came back began
    // when it came back.
    private static bool BeganWith(AlertRow alert, IReadOnlyList<AlertRow> members)
    {
        var carriers = IncidentLife.Carriers(members);
        var ongoing = carriers.Where(member => member.ResolvedMs is null || member.ResolvedMs > alert.OnsetMs).ToList();
        return (ongoing.Count > 0 ? ongoing : carriers).MinBy(member => member.OnsetMs) is not { } first || Near(alert, first);
    }

    /// <summary>
    /// A segment that lost far more than all rows did has a trouble of its own, whatever else began that day; unless it is its rows that
    /// all rows lost by.
    /// </summary>
    private static bool StandsApart(AlertRow alert, IReadOnlyList<AlertRow> members)
    {
        if (
            alert.Segment.Length == 0
            || IsShort(alert)
            || AlertAspects.Of(alert) != MetricAspect.Performance
            || members.Any(member => member.ModelId == alert.ModelId && member.Segment == alert.Segment)
        )
        {
            return false;
        }

        var whole = members
            .Where(member =>
                member.ModelId == alert.ModelId && member.Segment.Length == 0 && AlertAspects.Of(member) == MetricAspect.Performance
            )
            .ToList();
        // Beside a release or an outage a loss of all rows may be theirs; answers that move are an effect, as the loss is.
        var isOnlyLoss = members.All(member =>
            AlertAspects.Of(member) is MetricAspect.Performance or MetricAspect.Outputs || IsDrift(member)
        );
        return whole.Count > 0
            && whole.TrueForAll(member =>
                alert.Numbers.Effect >= IncidentLife.FarWorse * member.Numbers.Effect && !(isOnlyLoss && IsLossOf(alert, member))
            );
    }

    private static double RowsPerHour(AlertRow alert) => alert.Numbers.N / WindowOf(alert).TotalHours;

    /// <summary>
    /// What came back soon after it had ended; a sharp beginning must come sooner than a slow one, whose moment is not known well.
    /// </summary>
    private static bool SameStream(AlertRow alert, AlertRow member) =>
        !alert.Numbers.Further
        && alert.ModelId == member.ModelId
        && alert.Key == member.Key
        && Overlaps(alert, member, IsSharp(alert) ? CameBackSharply : CameBack);

    /// <summary>A feature whose values go missing, are new or of another type, and whose distribution moves by that.</summary>
    private static bool SameFeatureAtOnce(AlertRow alert, AlertRow member) =>
        IsInput(alert)
        && IsInput(member)
        && alert.Feature == member.Feature
        && AlertAspects.Of(alert) != AlertAspects.Of(member)
        && Near(alert, member);

    private static bool SameThing(AlertRow alert, AlertRow member)
    {
        if (!Overlaps(alert, member, CameBack))
            return false;
        var (aspect, other) = (AlertAspects.Of(alert), AlertAspects.Of(member));
        // The same feature in another model, or another segment of this one: the feature comes from one place.
        if (IsInput(alert) && alert.Feature == member.Feature && aspect == other)
            return true;
        if (aspect is MetricAspect.System or MetricAspect.Traffic && other is MetricAspect.System or MetricAspect.Traffic)
            return Near(alert, member);
        if (aspect == MetricAspect.Outputs && other == MetricAspect.Outputs && alert.ModelId == member.ModelId)
            return Near(alert, member);
        return aspect == other && SameSegment(alert, member);
    }

    /// <summary>
    /// The same rows, in another model too: what is wrong with how it answers them comes from one place, if it came at one time.
    /// </summary>
    private static bool SameSegment(AlertRow alert, AlertRow member)
    {
        if (alert.Segment.Length == 0 || alert.Segment != member.Segment || alert.Feature.Length > 0)
            return false;
        return alert.ModelId == member.ModelId
            || (
                AlertAspects.Of(alert) == MetricAspect.Performance
                && Math.Abs(alert.OnsetMs - member.OnsetMs) <= SameTime * WindowOf(alert).TotalMilliseconds
            );
    }

    /// <summary>The same rows' loss is one, before anything else that began near it.</summary>
    private static bool SameLossElsewhere(AlertRow alert, AlertRow member) =>
        AreLosses(alert, member) && SameSegment(alert, member) && Overlaps(alert, member, SameTime);

    /// <summary>
    /// Another measure of performance, for all rows as well, that began to fall before the first was seen to: measures need different
    /// times to show one loss.
    /// </summary>
    private static bool SameLoss(AlertRow alert, AlertRow member) =>
        alert.ModelId == member.ModelId
        && alert.Segment.Length == 0
        && member.Segment.Length == 0
        && AreLosses(alert, member)
        && alert.OnsetMs <= member.FiredMs
        && Overlaps(alert, member, SameTime);

    /// <summary>
    /// A segment that loses while all rows lose is part of that loss, whenever a day of its own few rows shows it; one that loses far more
    /// stands apart.
    /// </summary>
    private static bool PartOfTheLoss(AlertRow alert, AlertRow member) => IsPartOfTheLoss(alert, member, alert.OnsetMs);

    /// <summary>Several days of its few rows may be needed to see it: then of the loss in the last of them.</summary>
    private static bool PartOfTheLossLater(AlertRow alert, AlertRow member) =>
        IsPartOfTheLoss(alert, member, alert.FiredMs - WindowOf(alert).TotalMilliseconds);

    private static bool IsPartOfTheLoss(AlertRow alert, AlertRow member, double windowStart) =>
        alert.ModelId == member.ModelId
        && alert.Segment.Length > 0
        && member.Segment.Length == 0
        && AreLosses(alert, member)
        && member.OnsetMs < windowStart + WindowOf(alert).TotalMilliseconds
        && (member.ResolvedMs is null || member.ResolvedMs > windowStart);

    /// <summary>
    /// What all rows lose by a segment that has been losing for long is that loss, seen later; but not what they lose on top of it.
    /// </summary>
    private static bool LossByOneSegment(AlertRow alert, AlertRow member) =>
        alert.ModelId == member.ModelId
        && alert.Segment.Length == 0
        && member.Segment.Length > 0
        && AreLosses(alert, member)
        && member.OnsetMs < alert.FiredMs
        && (!alert.Numbers.Further || member.OnsetMs + WindowOf(member).TotalMilliseconds > alert.OnsetMs)
        && (member.ResolvedMs is null || member.ResolvedMs > alert.OnsetMs)
        && member.Numbers.Effect >= IncidentLife.FarWorse * alert.Numbers.Effect
        && IsLossOf(member, alert);

    /// <summary>
    /// Whether an alert of another incident is a segment's loss: of all rows, which lose by the segment and began later, or of the same
    /// rows in another model.
    /// </summary>
    /// <param name="segment">A segment's loss.</param>
    /// <param name="other">An alert of another incident.</param>
    public static bool IsLossBy(AlertRow segment, AlertRow other) =>
        segment.Segment.Length > 0
        && AreLosses(segment, other)
        && segment.OnsetMs <= other.OnsetMs
        && (LossByOneSegment(other, segment) || SameSegment(other, segment));

    private static bool AreLosses(AlertRow alert, AlertRow member) =>
        AlertAspects.Of(alert) == MetricAspect.Performance && AlertAspects.Of(member) == MetricAspect.Performance;

    private static bool IsLossOf(AlertRow segment, AlertRow whole) =>
        segment.Numbers.Effect * RowsPerHour(segment) >= Explains * whole.Numbers.Effect * RowsPerHour(whole);

    /// <summary>A drift that has been going on for long, now in another segment or model.</summary>
    private static bool Ongoing(AlertRow alert, AlertRow member) =>
        IsDrift(alert) && SameThing(alert, member) && member.OnsetMs < alert.OnsetMs - (LongAgo * WindowOf(alert).TotalMilliseconds);

    private static bool SlowlyTogether(AlertRow alert, AlertRow member) =>
        alert.ModelId == member.ModelId
        && IsDrift(alert)
        && IsDrift(member)
        && Overlaps(alert, member, SameTime)
        && Math.Abs(alert.OnsetMs - member.OnsetMs) <= SlowTogether.TotalMilliseconds;

    // A feature's drift and a loss of performance are one only where they are seen in the same rows and as well as the model's windows let
    // anybody see: some feature always drifts a little.
    private static bool SameOnset(AlertRow alert, AlertRow member)
    {
        if (alert.ModelId != member.ModelId || !Near(alert, member) || Precedes(alert, member) || Precedes(member, alert))
            return false;
        var drifts = (IsDrift(alert) ? 1 : 0) + (IsDrift(member) ? 1 : 0);
        if (drifts == 0)
            return IsSharp(alert) && IsSharp(member);
        return drifts == 1 && AreSeenAlike(alert, member) && (IsSharp(alert) || IsSharp(member)) && !IsSlow(alert) && !IsSlow(member);
    }

    // What was seen in windows that ended before another began was not caused by that, however near the two are.
    private static bool Precedes(AlertRow alert, AlertRow member) => alert.FiredMs <= member.OnsetMs;

    // A loss that needs days to be seen is put down to what is there, before what was over days ago.
    private static bool SameOnsetGoingOn(AlertRow alert, AlertRow member) =>
        SameOnset(alert, member)
        && (
            member.ResolvedMs is null
            || member.ResolvedMs >= alert.FiredMs - ((IsShort(alert) ? SameTime : 1) * WindowOf(alert).TotalMilliseconds)
        );

    // A loss that began with another loss is that one, before anything else that began near it.
    private static bool SameLossAtOnce(AlertRow alert, AlertRow member) => AreLosses(alert, member) && SameOnsetGoingOn(alert, member);

    /// <summary>What had been weak for long and fired soon after something else began sharply was tipped over by it.</summary>
    private static bool TippedOver(AlertRow alert, AlertRow member)
    {
        if (
            alert.ModelId != member.ModelId
            || !IsSharp(member)
            || IsDrift(alert)
            || IsDrift(member)
            || alert.OnsetMs > member.OnsetMs
            || alert.FiredMs <= member.OnsetMs
        )
        {
            return false;
        }

        var after = alert.FiredMs - member.OnsetMs;
        if (IsShort(alert))
            return !IsSharp(alert) && after <= SharpWindows * WindowOf(member).TotalMilliseconds;
        // What is evaluated by the day is part of the loss that goes on, or of what broke on that day.
        return after <= 2 * WindowOf(alert).TotalMilliseconds
            && member.Segment.Length == 0
            && (
                AreLosses(alert, member)
                    ? member.ResolvedMs is null || member.ResolvedMs > alert.FiredMs
                    : alert.EffectInFloors < IncidentLife.ManyFloors
            );
    }

    private static bool IsInput(AlertRow alert) => alert.Feature.Length > 0 && alert.Feature[0] != '@';

    private static bool IsShort(AlertRow alert) => WindowOf(alert) <= TimeSpan.FromHours(1);

    /// <summary>
    /// Whether both are known to the hour, or to the windows of a model that has no shorter ones; segments are evaluated in those as well,
    /// and are other rows.
    /// </summary>
    private static bool AreSeenAlike(AlertRow alert, AlertRow member) =>
        (IsShort(alert) && IsShort(member))
        || (alert.IsKnownToALongWindow && member.IsKnownToALongWindow && alert.Segment == member.Segment);

    private static bool IsSlow(AlertRow alert) => alert.Numbers.Windows > 3 * SharpWindows;

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
        return IsShort(alert)
            ? (alert.OnsetMs - (SameTime * window / 2), alert.OnsetMs + (SameTime * window / 2))
            : (alert.OnsetMs, alert.OnsetMs + window);
    }

    /// <summary>Whether they were going on at the same time, give or take some windows.</summary>
    private static bool Overlaps(AlertRow alert, AlertRow member, int windows)
    {
        var slack = windows * WindowOf(alert).TotalMilliseconds;
        return member.OnsetMs - slack <= alert.FiredMs && (member.ResolvedMs is null || member.ResolvedMs >= alert.OnsetMs - slack);
    }

    private static TimeSpan WindowOf(AlertRow alert) => TimeSpan.FromSeconds(alert.Numbers.WindowSeconds);
}
