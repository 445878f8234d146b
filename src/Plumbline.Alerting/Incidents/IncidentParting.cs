using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// Moves alerts between incidents: out of those whose cause is over while something still moves, and when people say that two are one, or
/// that one is two.
/// </summary>
public sealed class IncidentParting(ModelCatalog models, TimeProvider time)
{
    /// <summary>
    /// What still moves long after the cause of its incident ended has another cause: it joins another incident, or begins one.
    /// </summary>
    /// <returns>Whether something was moved.</returns>
    internal async Task<bool> PartAsync(StateDbContext db, CancellationToken cancellation)
    {
        var lasting = await (
            from alert in db.Alerts
            join incident in db.Incidents on alert.IncidentId equals incident.Id
            where
                alert.ResolvedMs == null && incident.State == (int)IncidentState.Resolved && incident.ResolvedBy == null && !incident.Stale
            orderby alert.OnsetMs, alert.Id
            select new { alert, incident }
        ).ToListAsync(cancellation);
        if (lasting.Count == 0)
            return false;
        var cursors = await db.AlertCursors.AsNoTracking().Where(cursor => !cursor.Mature).ToListAsync(cancellation);
        var moved = false;
        foreach (var pair in lasting)
        {
            var evaluated = cursors
                .Where(cursor => cursor.ModelId == pair.alert.ModelId && cursor.WindowSeconds == pair.alert.Numbers.WindowSeconds)
                .Select(cursor => cursor.JudgedToMs)
                .DefaultIfEmpty(0)
                .Max();
            if (!IncidentLife.GoesOn(pair.alert, pair.incident.ResolvedMs ?? 0, evaluated))
                continue;
            var all = await IncidentMembers.NewestAsync(db, cancellation);
            var open = all.Where(other => other.Incident.Id != pair.incident.Id && IncidentLife.EndMs(other.Alerts) is null).ToList();
            var target = IncidentGrouping.Find(pair.alert.FoundAt(evaluated), open) ?? await BeginAsync(db, pair.alert, cancellation);
            Move(db, [pair.alert], pair.incident, target, DateTimeOffset.FromUnixTimeMilliseconds(pair.incident.ResolvedMs ?? 0), "");
            await db.SaveChangesAsync(cancellation);
            moved = true;
        }

        return moved;
    }

    /// <summary>
    /// What all rows lose by the rows of one segment, and what another model loses by them, was put down to whatever else happened then,
    /// until the segment was seen: it comes to the segment's incident.
    /// </summary>
    /// <param name="db">Holds all of these.</param>
    /// <param name="alert">A segment's loss.</param>
    /// <param name="incident">Its incident.</param>
    /// <param name="candidates">The newest incidents; changed as they change.</param>
    internal void TakeLossesAlong(StateDbContext db, AlertRow alert, IncidentRow incident, List<IncidentMembers> candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            var (other, members) = candidates[i];
            var losses = other.Id == incident.Id ? [] : members.Where(member => IncidentGrouping.IsLossBy(alert, member)).ToList();
            if (losses.Count == 0 || losses.Count == members.Count)
                continue;
            Move(db, losses, other, incident, DateTimeOffset.FromUnixTimeMilliseconds(alert.FiredMs), "");
            candidates[i] = new(other, [.. members.Except(losses)]);
            var place = candidates.FindIndex(candidate => candidate.Incident.Id == incident.Id);
            candidates[place] = new(incident, [.. candidates[place].Alerts, .. losses]);
        }
    }

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
