using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// Keeps incidents as an <see cref="AlertReplay"/> makes them. What comes in the order in which it could be known only adds to them; what
/// comes later than something that it precedes lets the last days be gathered anew. An incident that people were told of, or did something
/// with, is never taken apart by that.
/// </summary>
public sealed class IncidentRegrouping(ModelCatalog models, TimeProvider time)
{
    /// <summary>Incidents that are looked at; older ones have ended long ago.</summary>
    private const int Compared = 200;

    /// <summary>How long before a change what was gathered may depend on it.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(7);

    /// <summary>Takes new alerts in, and works in what else changed in the past.</summary>
    /// <param name="db">Holds the alerts; is not saved wholly here.</param>
    /// <param name="fired">New alerts, in any order.</param>
    /// <param name="changedFromMs">When the earliest of what changed could be known, epoch ms.</param>
    /// <param name="cancellation">Stops it.</param>
    internal async Task TakeAsync(StateDbContext db, List<AlertRow> fired, long changedFromMs, CancellationToken cancellation)
    {
        var known = await KnownAsync(db, cancellation);
        fired.Sort(AlertReplay.Order);
        var newest = known.SelectMany(group => group.Alerts).DefaultIfEmpty().Max(alert => alert?.FiredMs ?? long.MinValue);
        if (changedFromMs >= newest)
        {
            await ApplyAsync(db, known, Gather(known, fired), cancellation);
            return;
        }

        var since = changedFromMs - (long)Horizon.TotalMilliseconds;
        var (kept, loose) = (new List<AlertGroup>(), new List<AlertRow>(fired));
        foreach (var group in known)
        {
            if (group.IsFixed || group.Alerts.All(alert => alert.FiredMs < since))
                kept.Add(group);
            else
                loose.AddRange(group.Alerts);
        }

        loose.Sort(AlertReplay.Order);
        await ApplyAsync(db, known, Gather(kept, loose), cancellation);
    }

    /// <summary>Makes incidents of their own of what goes on without the cause of its incident.</summary>
    /// <returns>Whether there was any.</returns>
    internal async Task<bool> PartAsync(StateDbContext db, CancellationToken cancellation)
    {
        var lasting = await (
            from alert in db.Alerts
            join incident in db.Incidents on alert.IncidentId equals incident.Id
            where
                alert.ResolvedMs == null && incident.State == (int)IncidentState.Resolved && incident.ResolvedBy == null && !incident.Stale
            select alert.Id
        ).AnyAsync(cancellation);
        if (!lasting)
            return false;
        var cursors = await db.AlertCursors.AsNoTracking().Where(cursor => !cursor.Mature).ToListAsync(cancellation);
        var evaluated = cursors.ToDictionary(cursor => (cursor.ModelId, cursor.WindowSeconds), cursor => cursor.JudgedToMs);
        var known = await KnownAsync(db, cancellation);
        // What somebody closed is closed, whatever moves in it.
        var closed = known.Where(group => group.Incident!.ResolvedBy is not null).ToList();
        var replay = new AlertReplay(known.Except(closed));
        replay.PartUntil(alert => evaluated.GetValueOrDefault((alert.ModelId, alert.Numbers.WindowSeconds)));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var any = await ApplyAsync(db, known, [.. replay.Groups, .. closed], cancellation);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return any;
    }

    private static List<AlertGroup> Gather(IEnumerable<AlertGroup> kept, IEnumerable<AlertRow> alerts)
    {
        var replay = new AlertReplay(kept);
        foreach (var alert in alerts)
            replay.Take(alert);
        return [.. replay.Groups];
    }

    /// <summary>The newest incidents with their alerts, the newest first.</summary>
    private static async Task<List<AlertGroup>> KnownAsync(StateDbContext db, CancellationToken cancellation)
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
        var touched = await db
            .IncidentNotes.AsNoTracking()
            .Where(note => ids.Contains(note.IncidentId) && note.Who != "")
            .Select(note => note.IncidentId)
            .ToHashSetAsync(cancellation);
        return
        [
            .. incidents.Select(incident => new AlertGroup(
                incident,
                alerts[incident.Id].Order(AlertReplay.Order),
                incident.ToldSeverity >= (int)AlertSeverity.Warning || touched.Contains(incident.Id)
            )),
        ];
    }

    /// <summary>Writes what changed: which alert is in which incident, new incidents, and those that nothing is left of.</summary>
    private async Task<bool> ApplyAsync(StateDbContext db, List<AlertGroup> before, List<AlertGroup> after, CancellationToken cancellation)
    {
        var rows = Match(before, after);
        foreach (var group in after.Where(group => !rows.ContainsKey(group)).OrderBy(group => group.Alerts[0], AlertReplay.Order))
        {
            rows[group] = IncidentRow.Begin(group.Alerts[0], time.GetUtcNow());
            db.Incidents.Add(rows[group]);
        }

        await db.SaveChangesAsync(cancellation);
        var timeline = new GroupTimeline(db, models, rows);
        var held = after.SelectMany(group => group.Alerts).CountBy(alert => alert.IncidentId).ToDictionary();
        var any = false;
        foreach (var group in after)
        {
            var row = rows[group];
            if (IsAsBefore(group, row, held.GetValueOrDefault(row.Id)))
                continue;
            any = true;
            if (group.Incident is null)
                await timeline.RewriteAsync(group, cancellation);
            else
                timeline.Add(group);
            row.OnsetMs = Math.Min(row.OnsetMs, group.Alerts.Min(alert => alert.OnsetMs));
            row.FiredMs = Math.Min(row.FiredMs, group.Alerts.Min(alert => alert.FiredMs));
            row.Stale = true;
        }

        foreach (var (group, row) in rows)
        {
            foreach (var alert in group.Alerts)
                alert.IncidentId = row.Id;
        }

        return await RemoveAsync(db, before.ConvertAll(group => group.Incident!).Except(rows.Values), cancellation) || any;
    }

    // What came and left again is on the timeline too.
    private static bool IsAsBefore(AlertGroup group, IncidentRow row, int held) =>
        group.Alerts.Count == held
        && group.Alerts.All(alert => alert.IncidentId == row.Id)
        && group.Steps.All(step => step.Kind is not (NoteKinds.Left or NoteKinds.Came));

    /// <summary>Which incident each group is: the one that it keeps, else the one that most of its alerts were in.</summary>
    private static Dictionary<AlertGroup, IncidentRow> Match(List<AlertGroup> before, List<AlertGroup> after)
    {
        var rows = after.Where(group => group.Incident is not null).ToDictionary(group => group, group => group.Incident!);
        var free = before.ConvertAll(group => group.Incident!).Except(rows.Values).ToDictionary(row => row.Id);
        var likely =
            from @group in after
            where @group.Incident is null
            from share in @group.Alerts.GroupBy(alert => alert.IncidentId)
            where free.ContainsKey(share.Key)
            orderby share.Count() descending, share.Key
            select (Group: @group, Id: share.Key);
        foreach (var (group, id) in likely.ToList())
        {
            if (!rows.ContainsKey(group) && free.Remove(id, out var row))
                rows[group] = row;
        }

        return rows;
    }

    private static async Task<bool> RemoveAsync(StateDbContext db, IEnumerable<IncidentRow> rows, CancellationToken cancellation)
    {
        var gone = rows.ToList();
        if (gone.Count == 0)
            return false;
        var ids = gone.ConvertAll(row => row.Id);
        db.IncidentNotes.RemoveRange(await db.IncidentNotes.Where(note => ids.Contains(note.IncidentId)).ToListAsync(cancellation));
        foreach (
            var other in await db
                .Incidents.Where(row => row.InhibitedBy != null && ids.Contains(row.InhibitedBy.Value))
                .ToListAsync(cancellation)
        )
        {
            (other.InhibitedBy, other.Stale) = (null, true);
        }

        db.Incidents.RemoveRange(gone);
        return true;
    }
}
