using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>Writes into the timelines of incidents how their alerts came together.</summary>
internal sealed class GroupTimeline(StateDbContext db, ModelCatalog models, IReadOnlyDictionary<AlertGroup, IncidentRow> rows)
{
    private static readonly string[] Gathering =
    [
        NoteKinds.FirstSign,
        NoteKinds.Detected,
        NoteKinds.Joined,
        NoteKinds.Left,
        NoteKinds.Came,
        NoteKinds.Resolved,
        NoteKinds.Regressed,
    ];

    /// <summary>What was gathered anew has its whole history anew; nobody has been told of it.</summary>
    internal async Task RewriteAsync(AlertGroup group, CancellationToken cancellation)
    {
        var row = rows[group];
        db.IncidentNotes.RemoveRange(
            await db
                .IncidentNotes.Where(note => note.IncidentId == row.Id && note.Who == "" && Gathering.Contains(note.Kind))
                .ToListAsync(cancellation)
        );
        var first = group.Alerts[0];
        (row.ModelId, row.OnsetMs, row.FiredMs) = (first.ModelId, first.OnsetMs, first.FiredMs);
        (row.State, row.ResolvedMs, row.InhibitedBy) = ((int)IncidentState.Open, null, null);
        (row.Severity, row.Regressions) = ((int)AlertSeverity.Digest, group.Steps.Count(step => step.Kind == NoteKinds.Regressed));
        db.IncidentNotes.Add(IncidentNoteRow.Of(row, DateTimeOffset.FromUnixTimeMilliseconds(first.OnsetMs), NoteKinds.FirstSign));
        Add(group);
    }

    /// <summary>Adds what happened to a group since.</summary>
    internal void Add(AlertGroup group)
    {
        // That it is over and comes back is said where its state is settled, for what was there before.
        foreach (
            var step in group.Steps.Where(step => group.Incident is null || step.Kind is not (NoteKinds.Resolved or NoteKinds.Regressed))
        )
        {
            // What came from a group that is no longer there came from nowhere.
            var other = step.Other is { } from ? rows.GetValueOrDefault(from) : null;
            var kind = step.Kind == NoteKinds.Came && other is null ? NoteKinds.Joined : step.Kind;
            db.IncidentNotes.Add(
                IncidentNoteRow.Of(rows[group], DateTimeOffset.FromUnixTimeMilliseconds(step.AtMs), kind, Facts(kind, step.Alert, other))
            );
        }
    }

    private NoteFacts Facts(string kind, AlertRow alert, IncidentRow? other) =>
        kind switch
        {
            NoteKinds.Resolved or NoteKinds.Regressed => new NoteFacts(),
            NoteKinds.Detected => new NoteFacts(Rule: alert.Rule),
            _ => new NoteFacts(alert.Rule, models.Find(alert.ModelId)?.Name, alert.Key, other?.Id),
        };
}
