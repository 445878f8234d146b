using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Notifications;
using Plumbline.Alerting.Rules;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// Brings incidents up to date after alerts joined or ended: what happened, how bad it is, whether it is over, and who is told.
/// </summary>
public sealed class IncidentSettlement(
    IDbContextFactory<StateDbContext> state,
    ModelCatalog models,
    IncidentDiagnosis diagnosis,
    IncidentRegrouping regrouping,
    IncidentText text,
    NotificationOutbox outbox,
    AlertingOptions options,
    TimeProvider time
)
{
    /// <summary>Time after its end, or after it was found in history, in which what an incident cost still becomes known.</summary>
    private static readonly TimeSpan Unfolding = TimeSpan.FromDays(7);

    /// <summary>Incidents that are worked out anew at once, the newest.</summary>
    private const int MostReassessed = 200;

    /// <summary>
    /// Lets the next settling find out anew about the incidents of models that go on, ended lately or were found lately: without an alert
    /// that begins or ends nothing else would, and losses grow and become known with ground truth that comes later.
    /// </summary>
    public async Task ReassessAsync(IReadOnlyCollection<int> modelIds, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var since = (time.GetUtcNow() - Unfolding).ToUnixTimeMilliseconds();
        var resolved = (int)IncidentState.Resolved;
        var ids = modelIds.ToList();
        var alerts = db.Alerts;
        var concerned = await db
            .Incidents.Where(row => row.State != resolved || row.ResolvedMs > since || row.OpenedAtMs > since)
            .Where(row => ids.Contains(row.ModelId) || alerts.Any(alert => alert.IncidentId == row.Id && ids.Contains(alert.ModelId)))
            .OrderByDescending(row => row.Id)
            .Take(MostReassessed)
            .ToListAsync(cancellation);
        foreach (var incident in concerned)
            incident.Stale = true;
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Finds out anew about incidents that changed, settles their state and severity, and notifies people.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var any = false;
        do
        {
            while (await ChangedAsync(db, cancellation) is { Count: > 0 } changed)
            {
                any = true;
                foreach (var incident in changed)
                    await SettleAsync(db, incident, cancellation);
            }
        } while (await regrouping.PartAsync(db, cancellation));

        if (any)
            outbox.Wake();
    }

    private static Task<List<IncidentRow>> ChangedAsync(StateDbContext db, CancellationToken cancellation) =>
        db.Incidents.Where(row => row.Stale).OrderBy(row => row.FiredMs).ThenBy(row => row.Id).ToListAsync(cancellation);

    private async Task SettleAsync(StateDbContext db, IncidentRow incident, CancellationToken cancellation)
    {
        var alerts = await db
            .Alerts.Where(alert => alert.IncidentId == incident.Id)
            .OrderBy(alert => alert.FiredMs)
            .ThenBy(alert => alert.Id)
            .ToListAsync(cancellation);
        incident.Stale = false;
        if (alerts.Count == 0 || models.Find(incident.ModelId) is not { } model)
        {
            await db.SaveChangesAsync(cancellation);
            return;
        }

        var before = incident.Span;
        incident.OnsetMs = IncidentLife.OnsetMs(alerts);
        var others = await OthersAsync(db, incident, cancellation);
        var (facts, severity) = await diagnosis.FindAsync(incident, alerts, others, cancellation);
        (incident.Headline, incident.Facts) = ("", facts.Write());
        // Worse is told, better is not forgotten: an incident keeps the severity that people were told, or that it had when it ended.
        var least = incident.State == (int)IncidentState.Resolved ? incident.Severity : incident.ToldSeverity;
        incident.Severity = Math.Max(least, (int)severity);
        SettleState(db, incident, alerts);
        incident.InhibitedBy ??= await InhibitorAsync(db, incident, alerts, cancellation);
        Tell(db, model, incident, facts);
        await MarkOverlappingAsync(db, incident, alerts, before, cancellation);
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>When other incidents go that people are told of and that the model has a part in.</summary>
    private static async Task<IReadOnlyList<IncidentSpan>> OthersAsync(
        StateDbContext db,
        IncidentRow incident,
        CancellationToken cancellation
    )
    {
        var alerts = db.Alerts;
        // What was over before the time with which a loss is compared says nothing of it.
        var since = incident.OnsetMs - (long)ImpactReader.Before.TotalMilliseconds;
        var others = await db
            .Incidents.AsNoTracking()
            .Where(other =>
                other.Id != incident.Id
                && other.Severity >= (int)AlertSeverity.Warning
                && (other.ResolvedMs == null || other.ResolvedMs > since)
                && (
                    other.ModelId == incident.ModelId
                    || alerts.Any(alert => alert.IncidentId == other.Id && alert.ModelId == incident.ModelId)
                )
            )
            .ToListAsync(cancellation);
        return [.. others.Select(other => other.Span)];
    }

    private static void SettleState(StateDbContext db, IncidentRow incident, IReadOnlyList<AlertRow> alerts)
    {
        // Closed by hand is closed.
        if (incident.ResolvedBy is not null)
            return;
        var wasOver = incident.State == (int)IncidentState.Resolved;
        incident.ResolvedMs = IncidentLife.EndMs(alerts);
        if (incident.ResolvedMs is { } end)
        {
            incident.State = (int)IncidentState.Resolved;
            if (!wasOver)
                db.IncidentNotes.Add(IncidentNoteRow.Of(incident, DateTimeOffset.FromUnixTimeMilliseconds(end), NoteKinds.Resolved));
        }
        else if (wasOver)
        {
            incident.State = (int)IncidentState.Open;
            incident.Regressions++;
            var again = IncidentLife.Carriers(alerts).Where(alert => alert.ResolvedMs is null).Min(alert => alert.FiredMs);
            db.IncidentNotes.Add(IncidentNoteRow.Of(incident, DateTimeOffset.FromUnixTimeMilliseconds(again), NoteKinds.Regressed));
            // Those who heard that it was over hear that it is not.
            if (incident.ToldResolved)
                (incident.ToldSeverity, incident.ToldResolved, incident.Reopened) = (-1, false, incident.Reopened + 1);
        }
    }

    /// <summary>
    /// What an incident costs is counted without the windows of those that began while it went on: they are worked out again when one of
    /// these begins, ends or becomes urgent.
    /// </summary>
    private static async Task MarkOverlappingAsync(
        StateDbContext db,
        IncidentRow incident,
        IReadOnlyList<AlertRow> alerts,
        IncidentSpan before,
        CancellationToken cancellation
    )
    {
        if (incident.Severity < (int)AlertSeverity.Warning || incident.Span == before)
            return;
        var concerned = alerts.Select(alert => alert.ModelId).Append(incident.ModelId).Distinct().ToList();
        var earlier = await db
            .Incidents.Where(other =>
                concerned.Contains(other.ModelId)
                && other.Id != incident.Id
                && other.Severity >= (int)AlertSeverity.Warning
                && other.OnsetMs < incident.OnsetMs
                && (other.ResolvedMs == null || other.ResolvedMs > incident.OnsetMs)
            )
            .ToListAsync(cancellation);
        foreach (var other in earlier)
            other.Stale = true;
    }

    /// <summary>
    /// An outage of the same model that lasts explains what moves meanwhile: the incident of the outage is the one to tell.
    /// </summary>
    private static async Task<long?> InhibitorAsync(
        StateDbContext db,
        IncidentRow incident,
        IReadOnlyList<AlertRow> alerts,
        CancellationToken cancellation
    )
    {
        if (alerts.Any(alert => AlertAspects.Of(alert) is MetricAspect.System or MetricAspect.Traffic))
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
                IncidentNoteRow.Of(
                    incident,
                    time.GetUtcNow(),
                    NoteKinds.Notified,
                    new NoteFacts(Incident: incident.InhibitedBy, Severity: severity)
                )
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
}
