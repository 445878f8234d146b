using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>What people do with incidents.</summary>
public sealed class IncidentActions(IDbContextFactory<StateDbContext> state, TimeProvider time)
{
    /// <summary>Longest comment, in characters.</summary>
    public const int MaxComment = 4_000;

    /// <summary>Says that somebody looks after it. False when there is no such incident or it is resolved.</summary>
    public Task<bool> AcknowledgeAsync(long id, string who, string? comment, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            who,
            NoteKinds.Acknowledged,
            comment,
            (row, now) =>
            {
                if (row.State == (int)IncidentState.Resolved)
                    return false;
                (row.State, row.AcknowledgedAtMs, row.AcknowledgedBy) = ((int)IncidentState.Acknowledged, now, who);
                return true;
            },
            cancellation
        );

    /// <summary>Closes it by hand, whatever fires still. False when there is no such incident.</summary>
    public Task<bool> ResolveAsync(long id, string who, string? comment, CancellationToken cancellation) =>
        ChangeAsync(id, who, NoteKinds.Resolved, comment, (row, now) => Close(row, now, who), cancellation);

    /// <summary>Adds a comment. False when there is no such incident.</summary>
    public Task<bool> CommentAsync(long id, string who, string comment, CancellationToken cancellation) =>
        ChangeAsync(id, who, NoteKinds.Comment, comment, (_, _) => true, cancellation);

    /// <summary>Notes on the timeline that it was silenced.</summary>
    public Task<bool> RememberSilenceAsync(long id, string who, string text, CancellationToken cancellation) =>
        ChangeAsync(id, who, NoteKinds.Silenced, text, (_, _) => true, cancellation);

    /// <summary>Says who is to look after it; null for nobody in particular. False when there is no such incident.</summary>
    public Task<bool> AssignAsync(long id, string who, string? to, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            who,
            NoteKinds.Assigned,
            to is null ? "Assigned to nobody." : $"Assigned to {to}.",
            (row, _) =>
            {
                row.AssignedTo = to;
                return true;
            },
            cancellation
        );

    /// <summary>Notes on the timeline that this is the new normal, and closes it. False when there is no such incident.</summary>
    internal Task<bool> AcceptAsync(long id, string who, string text, CancellationToken cancellation) =>
        ChangeAsync(id, who, NoteKinds.NewNormal, text, (row, now) => Close(row, now, who), cancellation);

    private static bool Close(IncidentRow row, long now, string who)
    {
        if (row.State == (int)IncidentState.Resolved)
            return true;
        (row.State, row.ResolvedMs, row.ResolvedBy) = ((int)IncidentState.Resolved, now, who);
        // So that those who were told of it hear that it is over.
        row.Stale = true;
        return true;
    }

    private async Task<bool> ChangeAsync(
        long id,
        string who,
        string kind,
        string? text,
        Func<IncidentRow, long, bool> change,
        CancellationToken cancellation
    )
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        if (await db.Incidents.FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } row)
            return false;
        var now = time.GetUtcNow();
        if (!change(row, now.ToUnixTimeMilliseconds()))
            return false;
        db.IncidentNotes.Add(
            new IncidentNoteRow
            {
                IncidentId = id,
                AtMs = now.ToUnixTimeMilliseconds(),
                Kind = kind,
                Who = who,
                Text = text ?? "",
            }
        );
        await db.SaveChangesAsync(cancellation);
        return true;
    }
}
