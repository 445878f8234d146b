using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Notifications;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>Makes incidents of what rules found: which alert belongs where, what happened, how bad it is, and who is told.</summary>
public sealed class IncidentStore(
    IDbContextFactory<StateDbContext> state,
    ModelCatalog models,
    IncidentDiagnosis diagnosis,
    IncidentText text,
    NotificationOutbox outbox,
    AlertingOptions options,
    TimeProvider time
) : ITransitionSink
{
    /// <summary>Incidents that a new alert is compared with; older ones have ended long ago.</summary>
    private const int Compared = 200;

    /// <inheritdoc/>
    public async Task ApplyAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        IReadOnlyList<StreamTransition> transitions,
        CancellationToken cancellation
    )
    {
        if (transitions.Count == 0)
            return;
        var byName = rules.ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        var firing = await db
            .Alerts.Where(alert => alert.ModelId == model.Id && alert.ResolvedMs == null)
            .OrderBy(alert => alert.Id)
            .ToListAsync(cancellation);
        var candidates = await CandidatesAsync(db, cancellation);
        foreach (var transition in transitions)
        {
            var alert = firing.Find(alert => alert.Key == transition.Key);
            if (transition.Fires)
                await FireAsync(db, model, byName[transition.Key.Rule], transition, alert, firing, candidates, cancellation);
            else if (alert is not null)
                await EndAsync(db, alert, transition, firing, cancellation);
        }
    }

    /// <summary>Finds out anew about incidents that changed, settles their state and severity, and notifies people.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var changed = await db
            .Incidents.Where(row => row.Stale)
            .OrderBy(row => row.FiredMs)
            .ThenBy(row => row.Id)
            .ToListAsync(cancellation);
        foreach (var incident in changed)
        {
            var alerts = await db
                .Alerts.Where(alert => alert.IncidentId == incident.Id)
                .OrderBy(alert => alert.FiredMs)
                .ThenBy(alert => alert.Id)
                .ToListAsync(cancellation);
            if (alerts.Count == 0 || models.Find(incident.ModelId) is not { } model)
                continue;
            incident.OnsetMs = Onset(alerts);
            var (facts, severity) = await diagnosis.FindAsync(incident, alerts, cancellation);
            (incident.Headline, incident.Facts) = ("", facts.Write());
            // Worse is told, better is not forgotten: an incident keeps the severity it once had.
            incident.Severity = Math.Max(incident.Severity, (int)severity);
            SettleState(db, incident, alerts);
            incident.InhibitedBy ??= await InhibitorAsync(db, incident, alerts, cancellation);
            Tell(db, model, incident, facts);
            incident.Stale = false;
            await db.SaveChangesAsync(cancellation);
        }

        if (changed.Count > 0)
            outbox.Wake();
    }

    /// <summary>
    /// When it began: the middle of the beginnings that are known to some windows, else the earliest; features that drift together began
    /// with the first.
    /// </summary>
    private static long Onset(List<AlertRow> alerts)
    {
        if (alerts.TrueForAll(AlertAspects.IsDrift))
            return alerts.Min(alert => alert.OnsetMs);
        var sharp = alerts.Where(AlertAspects.IsSharp).Select(alert => alert.OnsetMs).Order().ToList();
        return sharp.Count > 0 ? sharp[sharp.Count / 2] : alerts.Min(alert => alert.OnsetMs);
    }

    private static async Task<List<(IncidentRow Incident, IReadOnlyList<AlertRow> Alerts)>> CandidatesAsync(
        StateDbContext db,
        CancellationToken cancellation
    )
    {
        var incidents = await db
            .Incidents.OrderByDescending(incident => incident.FiredMs)
            .ThenByDescending(incident => incident.Id)
            .Take(Compared)
            .ToListAsync(cancellation);
        var ids = incidents.Select(incident => incident.Id).ToList();
        var alerts = (
            await db.Alerts.Where(alert => ids.Contains(alert.IncidentId)).OrderBy(alert => alert.Id).ToListAsync(cancellation)
        ).ToLookup(alert => alert.IncidentId);
        return [.. incidents.Select(incident => (incident, (IReadOnlyList<AlertRow>)[.. alerts[incident.Id]]))];
    }

    private async Task FireAsync(
        StateDbContext db,
        ModelDefinition model,
        Rule rule,
        StreamTransition transition,
        AlertRow? alert,
        List<AlertRow> firing,
        List<(IncidentRow Incident, IReadOnlyList<AlertRow> Alerts)> candidates,
        CancellationToken cancellation
    )
    {
        if (alert is null)
        {
            alert = NewAlert(model, rule, transition);
            db.Alerts.Add(alert);
            firing.Add(alert);
        }

        (alert.Evidence, alert.FiredMs) = (transition.Evidence.Write(), transition.At.ToUnixTimeMilliseconds());
        // Certain but small, or only tried out: on record, and nobody's trouble.
        if (transition.Evidence.Small || rule.DryRun || alert.IncidentId != 0)
            return;
        var incident = IncidentGrouping.Find(alert, candidates);
        if (incident is null)
        {
            incident = NewIncident(alert);
            db.Incidents.Add(incident);
            await db.SaveChangesAsync(cancellation);
            db.IncidentNotes.Add(Note(incident, transition.Onset, NoteKinds.FirstSign));
            db.IncidentNotes.Add(Note(incident, transition.At, NoteKinds.Detected, new NoteFacts(Rule: rule.Name)));
            candidates.Insert(0, (incident, [alert]));
        }
        else
        {
            var place = candidates.FindIndex(candidate => candidate.Incident.Id == incident.Id);
            candidates[place] = (incident, [.. candidates[place].Alerts, alert]);
            db.IncidentNotes.Add(Note(incident, transition.At, NoteKinds.Joined, new NoteFacts(rule.Name, model.Name, alert.Key)));
        }

        MergeEffects(db, alert, incident, candidates);
        alert.IncidentId = incident.Id;
        incident.OnsetMs = Math.Min(incident.OnsetMs, alert.OnsetMs);
        incident.Stale = true;
    }

    private static AlertRow NewAlert(ModelDefinition model, Rule rule, StreamTransition transition) =>
        new()
        {
            ModelId = model.Id,
            Rule = rule.Name,
            Metric = transition.Key.Metric,
            Feature = transition.Key.Feature,
            Class = transition.Key.Class,
            Segment = transition.Key.Segment,
            Version = transition.Key.Version,
            OnsetMs = transition.Onset.ToUnixTimeMilliseconds(),
            FiredMs = transition.At.ToUnixTimeMilliseconds(),
            Evidence = transition.Evidence.Write(),
            Severity = (int)(rule.Severity ?? AlertSeverity.Digest),
        };

    private IncidentRow NewIncident(AlertRow alert) =>
        new()
        {
            ModelId = alert.ModelId,
            State = (int)IncidentState.Open,
            Severity = (int)AlertSeverity.Digest,
            OnsetMs = alert.OnsetMs,
            FiredMs = alert.FiredMs,
            OpenedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Facts = IncidentFacts.Empty.Write(),
        };

    /// <summary>
    /// What was found in other models before its cause was found here belongs to the cause: its incident of the digest is taken in.
    /// </summary>
    private void MergeEffects(
        StateDbContext db,
        AlertRow alert,
        IncidentRow incident,
        List<(IncidentRow Incident, IReadOnlyList<AlertRow> Alerts)> candidates
    )
    {
        foreach (
            var (effect, alerts) in candidates
                .Where(candidate =>
                    candidate.Incident.Id != incident.Id && IncidentGrouping.IsEffect(alert, candidate.Incident, candidate.Alerts)
                )
                .ToList()
        )
        {
            foreach (var member in alerts)
                member.IncidentId = incident.Id;
            db.IncidentNotes.Add(
                Note(
                    incident,
                    DateTimeOffset.FromUnixTimeMilliseconds(alert.FiredMs),
                    NoteKinds.Joined,
                    new NoteFacts(
                        Model: models.Find(effect.ModelId)?.Name,
                        Incident: effect.Id,
                        Change: IncidentFacts.Read(effect.Facts).Change ?? StreamChange.Of(alerts[0])
                    )
                )
            );
            db.Incidents.Remove(effect);
            candidates.RemoveAll(candidate => candidate.Incident.Id == effect.Id);
            var place = candidates.FindIndex(candidate => candidate.Incident.Id == incident.Id);
            candidates[place] = (incident, [.. candidates[place].Alerts, .. alerts]);
        }
    }

    private static async Task EndAsync(
        StateDbContext db,
        AlertRow alert,
        StreamTransition transition,
        List<AlertRow> firing,
        CancellationToken cancellation
    )
    {
        alert.ResolvedMs = transition.At.ToUnixTimeMilliseconds();
        firing.Remove(alert);
        if (alert.IncidentId != 0 && await db.Incidents.FindAsync([alert.IncidentId], cancellation) is { } incident)
            incident.Stale = true;
    }

    private static void SettleState(StateDbContext db, IncidentRow incident, List<AlertRow> alerts)
    {
        var over = alerts.TrueForAll(alert => alert.ResolvedMs is not null);
        if (over && incident.State != (int)IncidentState.Resolved)
        {
            (incident.State, incident.ResolvedMs) = ((int)IncidentState.Resolved, alerts.Max(alert => alert.ResolvedMs));
            db.IncidentNotes.Add(Note(incident, DateTimeOffset.FromUnixTimeMilliseconds(incident.ResolvedMs!.Value), NoteKinds.Resolved));
        }
        else if (!over && incident.State == (int)IncidentState.Resolved && incident.ResolvedBy is null)
        {
            (incident.State, incident.ResolvedMs) = ((int)IncidentState.Open, null);
            // Those who heard that it was over hear that it is not.
            if (incident.ToldResolved)
                (incident.ToldSeverity, incident.ToldResolved, incident.Reopened) = (-1, false, incident.Reopened + 1);
        }
        else if (over && incident.ResolvedBy is null)
        {
            incident.ResolvedMs = alerts.Max(alert => alert.ResolvedMs);
        }
    }

    /// <summary>
    /// An outage of the same model that lasts explains what moves meanwhile: the incident of the outage is the one to tell.
    /// </summary>
    private static async Task<long?> InhibitorAsync(
        StateDbContext db,
        IncidentRow incident,
        List<AlertRow> alerts,
        CancellationToken cancellation
    )
    {
        if (alerts.Exists(alert => AlertAspects.Of(alert) is MetricAspect.System or MetricAspect.Traffic))
            return null;
        var outages = await (
            from alert in db.Alerts
            where
                alert.ModelId == incident.ModelId
                && alert.IncidentId != 0
                && alert.IncidentId != incident.Id
                && (
                    alert.Metric == InputMetrics.Rows
                    || alert.Metric == SystemMetrics.ErrorRate
                    || alert.Metric == SystemMetrics.TimeoutRate
                )
                && alert.OnsetMs <= incident.OnsetMs
                && (alert.ResolvedMs == null || alert.ResolvedMs >= incident.OnsetMs)
            orderby alert.Id
            select (long?)alert.IncidentId
        ).FirstOrDefaultAsync(cancellation);
        return outages;
    }

    private void Tell(StateDbContext db, ModelDefinition model, IncidentRow incident, IncidentFacts facts)
    {
        var fired = DateTimeOffset.FromUnixTimeMilliseconds(incident.FiredMs);
        // Old history is told to nobody; but whoever was told that it began is told that it is over, however long it lasted.
        if (incident is { ToldSeverity: < 0, Reopened: 0 } && time.GetUtcNow() - fired > TimeSpan.FromHours(options.NotifyWithinHours))
            return;
        var severity = (AlertSeverity)incident.Severity;
        var over = incident.State == (int)IncidentState.Resolved;
        if (!over && incident.Severity > incident.ToldSeverity)
        {
            var kind =
                severity == AlertSeverity.Digest ? NotificationKind.Digest
                : incident.ToldSeverity < (int)AlertSeverity.Warning ? NotificationKind.Opened
                : NotificationKind.Escalated;
            outbox.Add(db, Message(kind));
            incident.ToldSeverity = incident.Severity;
            db.IncidentNotes.Add(
                Note(incident, time.GetUtcNow(), NoteKinds.Notified, new NoteFacts(Incident: incident.InhibitedBy, Severity: severity))
            );
        }
        else if (over && incident.ToldSeverity >= (int)AlertSeverity.Warning && !incident.ToldResolved)
        {
            outbox.Add(db, Message(NotificationKind.Resolved));
            incident.ToldResolved = true;
        }

        Notification Message(NotificationKind kind) =>
            IncidentNotifications.Write(model, incident, text.Headline(incident, facts), text.Summary(incident, facts), kind, severity);
    }

    private static IncidentNoteRow Note(IncidentRow incident, DateTimeOffset at, string kind, NoteFacts? facts = null) =>
        new()
        {
            IncidentId = incident.Id,
            AtMs = at.ToUnixTimeMilliseconds(),
            Kind = kind,
            Who = "",
            Text = "",
            Facts = facts?.Write(),
        };
}
