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
        var now = time.GetUtcNow();
        var begun = IncidentRow.Begin(alerts[0], now);
        db.Incidents.Add(begun);
        await db.SaveChangesAsync(cancellation);
        db.IncidentNotes.Add(IncidentNoteRow.Of(begun, DateTimeOffset.FromUnixTimeMilliseconds(alerts[0].OnsetMs), NoteKinds.FirstSign));
        foreach (var alert in alerts)
        {
            alert.IncidentId = begun.Id;
            begun.OnsetMs = Math.Min(begun.OnsetMs, alert.OnsetMs);
            begun.FiredMs = Math.Min(begun.FiredMs, alert.FiredMs);
            var model = models.Find(alert.ModelId)?.Name;
            db.IncidentNotes.Add(IncidentNoteRow.Of(from, now, NoteKinds.Left, new(alert.Rule, model, alert.Key, begun.Id), who));
            db.IncidentNotes.Add(IncidentNoteRow.Of(begun, now, NoteKinds.Came, new(alert.Rule, model, alert.Key, from.Id), who));
        }

        (from.Stale, begun.Stale) = (true, true);
        return begun;
    }
}
