using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>Which incidents to list. Null selects all.</summary>
public sealed record IncidentQuery
{
    public int? ModelId { get; init; }

    public IncidentState? State { get; init; }

    public AlertSeverity? AtLeast { get; init; }

    /// <summary>Incidents that had not ended before this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Incidents that began before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>1..500.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Continue behind the incident of this number.</summary>
    public long? Before { get; init; }

    /// <summary>Open ones first, then those that somebody looks after; within a state the worst first, then the newest.</summary>
    public bool ByUrgency { get; init; }
}

/// <summary>
/// An incident as people and programs see it: assigned to somebody or not, and how often it came back after it was over. On the wire its
/// summary is called <c>story</c>, as in all releases.
/// </summary>
public sealed record Incident(
    long Id,
    string Model,
    IncidentState State,
    AlertSeverity Severity,
    string Headline,
    DateTimeOffset Onset,
    DateTimeOffset FiredAt,
    DateTimeOffset OpenedAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    DateTimeOffset? ResolvedAt,
    string? ResolvedBy,
    long? InhibitedBy,
    string? AssignedTo,
    int Regressions,
    [property: JsonPropertyName("story")] IncidentSummary Summary
);

/// <summary>An alert as people and programs see it.</summary>
public sealed record Alert(
    long Id,
    string Model,
    long? IncidentId,
    string Rule,
    string Metric,
    string? Feature,
    string? Class,
    string? Segment,
    string? Version,
    DateTimeOffset Onset,
    DateTimeOffset FiredAt,
    DateTimeOffset? ResolvedAt,
    AlertEvidence Evidence
);

/// <summary>An entry of a timeline.</summary>
public sealed record IncidentNote(DateTimeOffset At, string Kind, string? Who, string Text);

/// <summary>An incident with everything that belongs to it.</summary>
public sealed record IncidentDetail(Incident Incident, IReadOnlyList<Alert> Alerts, IReadOnlyList<IncidentNote> Timeline);

/// <summary>Reads incidents and alerts.</summary>
public sealed class IncidentReader(IDbContextFactory<StateDbContext> state, ModelCatalog models, IncidentText text)
{
    /// <summary>The newest first, or the most urgent first where the query says so.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(IncidentQuery query, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var (rows, alerts) = (db.Incidents.AsNoTracking(), db.Alerts);
        // Alerts of several models may belong to one incident: it is listed for each of them.
        if (query.ModelId is { } model)
            rows = rows.Where(row => row.ModelId == model || alerts.Any(alert => alert.IncidentId == row.Id && alert.ModelId == model));
        if (query.State is { } wanted)
            rows = rows.Where(row => row.State == (int)wanted);
        if (query.AtLeast is { } severity)
            rows = rows.Where(row => row.Severity >= (int)severity);
        if (query.From is { } from)
            rows = rows.Where(row => row.ResolvedMs == null || row.ResolvedMs >= from.ToUnixTimeMilliseconds());
        if (query.To is { } to)
            rows = rows.Where(row => row.OnsetMs < to.ToUnixTimeMilliseconds());
        if (
            query.Before is { } before
            && await db.Incidents.AsNoTracking().FirstOrDefaultAsync(row => row.Id == before, cancellation) is { } edge
        )
        {
            rows = query.ByUrgency ? LessUrgent(rows, edge) : Older(rows, edge);
        }

        var ordered = query.ByUrgency
            ? rows.OrderBy(row => row.State).ThenByDescending(row => row.Severity).ThenByDescending(row => row.FiredMs)
            : rows.OrderByDescending(row => row.FiredMs);
        var list = await ordered.ThenByDescending(row => row.Id).Take(query.Limit).ToListAsync(cancellation);
        return [.. list.Select(View)];
    }

    private static IQueryable<IncidentRow> Older(IQueryable<IncidentRow> rows, IncidentRow edge) =>
        rows.Where(row => row.FiredMs < edge.FiredMs || (row.FiredMs == edge.FiredMs && row.Id < edge.Id));

    private static IQueryable<IncidentRow> LessUrgent(IQueryable<IncidentRow> rows, IncidentRow edge) =>
        rows.Where(row =>
            row.State > edge.State
            || (
                row.State == edge.State
                && (
                    row.Severity < edge.Severity
                    || (row.Severity == edge.Severity && (row.FiredMs < edge.FiredMs || (row.FiredMs == edge.FiredMs && row.Id < edge.Id)))
                )
            )
        );

    /// <summary>Whether there is an incident of that number.</summary>
    public async Task<bool> HasAsync(long id, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.Incidents.AsNoTracking().AnyAsync(row => row.Id == id, cancellation);
    }

    /// <summary>One incident with its alerts (oldest first) and its timeline; null when there is none of that number.</summary>
    public async Task<IncidentDetail?> FindAsync(long id, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        if (await db.Incidents.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } row)
            return null;
        var alerts = await db
            .Alerts.AsNoTracking()
            .Where(alert => alert.IncidentId == id)
            .OrderBy(alert => alert.FiredMs)
            .ThenBy(alert => alert.Id)
            .ToListAsync(cancellation);
        var notes = await db
            .IncidentNotes.AsNoTracking()
            .Where(note => note.IncidentId == id)
            .OrderBy(note => note.AtMs)
            .ThenBy(note => note.Id)
            .ToListAsync(cancellation);
        return new IncidentDetail(
            View(row),
            [.. alerts.Select(View)],
            [
                .. notes.Select(note => new IncidentNote(
                    Time(note.AtMs),
                    note.Kind,
                    note.Who.Length == 0 ? null : note.Who,
                    NoteText.Of(note)
                )),
            ]
        );
    }

    /// <summary>Alerts of a model, the newest first, also those too small for an incident.</summary>
    public async Task<IReadOnlyList<Alert>> AlertsAsync(ModelDefinition model, bool firingOnly, int limit, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .Alerts.AsNoTracking()
            .Where(alert => alert.ModelId == model.Id && (!firingOnly || alert.ResolvedMs == null))
            .OrderByDescending(alert => alert.FiredMs)
            .ThenBy(alert => alert.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(View)];
    }

    private Incident View(IncidentRow row)
    {
        var facts = IncidentFacts.Read(row.Facts);
        return new Incident(
            row.Id,
            models.Find(row.ModelId)?.Name ?? "",
            (IncidentState)row.State,
            (AlertSeverity)row.Severity,
            text.Headline(row, facts),
            Time(row.OnsetMs),
            Time(row.FiredMs),
            Time(row.OpenedAtMs),
            Time(row.AcknowledgedAtMs),
            row.AcknowledgedBy,
            Time(row.ResolvedMs),
            row.ResolvedBy,
            row.InhibitedBy,
            row.AssignedTo,
            row.Regressions,
            text.Summary(row, facts)
        );
    }

    private Alert View(AlertRow row) =>
        new(
            row.Id,
            models.Find(row.ModelId)?.Name ?? "",
            row.IncidentId == 0 ? null : row.IncidentId,
            row.Rule,
            row.Metric,
            Text(row.Feature),
            Text(row.Class),
            Text(row.Segment),
            Text(row.Version),
            Time(row.OnsetMs),
            Time(row.FiredMs),
            Time(row.ResolvedMs),
            row.Numbers
        );

    private static string? Text(string text) => text.Length == 0 ? null : text;

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? Time(long? ms) => ms is { } known ? Time(known) : null;
}
