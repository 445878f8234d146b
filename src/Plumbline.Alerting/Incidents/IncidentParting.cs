using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>Moves alerts between incidents when people say that two are one, or that one is two.</summary>
public sealed class IncidentParting(ModelCatalog models, TimeProvider time)
{
    /// <summary>Takes all alerts of one incident into another, and removes the first.</summary>
    internal async Task MergeAsync(StateDbContext db, IncidentRow from, IncidentRow into, string who, CancellationToken cancellation)
    {
        var alerts = await db.Alerts.Where(alert => alert.IncidentId == from.Id).ToListAsync(cancellation);
        foreach (var alert in alerts)
            alert.IncidentId = into.Id;
        // What people wrote belongs to what it was about.
        await foreach (var note in db.IncidentNotes.Where(note => note.IncidentId == from.Id && note.Who != "").AsAsyncEnumerable())
            note.IncidentId = into.Id;
        into.FiredMs = Math.Min(into.FiredMs, from.FiredMs);
        into.Stale = true;
        db.IncidentNotes.Add(
            IncidentNoteRow.Of(
                into,
                time.GetUtcNow(),
                NoteKinds.Merged,
                new NoteFacts(Model: models.Find(from.ModelId)?.Name, Incident: from.Id, Change: IncidentFacts.Read(from.Facts).Change),
                who
            )
        );
        db.Incidents.Remove(from);
    }

    /// <summary>Makes an incident of its own of some alerts of another.</summary>
    /// <returns>The new incident.</returns>
    internal async Task<IncidentRow> SplitAsync(
        StateDbContext db,
        IncidentRow from,
        IReadOnlyList<AlertRow> alerts,
        string who,
        CancellationToken cancellation
    )
    {
        var begun = await BeginAsync(db, alerts[0], cancellation);
        Move(db, alerts, from, begun, time.GetUtcNow(), who);
        return begun;
    }

    private async Task<IncidentRow> BeginAsync(StateDbContext db, AlertRow alert, CancellationToken cancellation)
    {
        var begun = IncidentRow.Begin(alert, time.GetUtcNow());
        db.Incidents.Add(begun);
        await db.SaveChangesAsync(cancellation);
        db.IncidentNotes.Add(IncidentNoteRow.Of(begun, DateTimeOffset.FromUnixTimeMilliseconds(alert.OnsetMs), NoteKinds.FirstSign));
        return begun;
    }

    private void Move(StateDbContext db, IReadOnlyList<AlertRow> alerts, IncidentRow from, IncidentRow into, DateTimeOffset at, string who)
    {
        foreach (var alert in alerts)
        {
            alert.IncidentId = into.Id;
            into.OnsetMs = Math.Min(into.OnsetMs, alert.OnsetMs);
            into.FiredMs = Math.Min(into.FiredMs, alert.FiredMs);
            var model = models.Find(alert.ModelId)?.Name;
            db.IncidentNotes.Add(IncidentNoteRow.Of(from, at, NoteKinds.Left, new(alert.Rule, model, alert.Key, into.Id), who));
            db.IncidentNotes.Add(IncidentNoteRow.Of(into, at, NoteKinds.Came, new(alert.Rule, model, alert.Key, from.Id), who));
        }

        (from.Stale, into.Stale) = (true, true);
    }
}
