using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.OutsideAlerts;

/// <summary>An alert of the infrastructure.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Severity">As its sender says; empty for none.</param>
/// <param name="Model">The model that it is about; empty for all.</param>
/// <param name="Summary">What it says; empty for nothing.</param>
/// <param name="Labels">All its labels.</param>
/// <param name="StartsAt">When it began.</param>
/// <param name="EndsAt">When it ended; null while it fires.</param>
public sealed record InfrastructureAlert(
    string Name,
    string Severity,
    string Model,
    string Summary,
    IReadOnlyDictionary<string, string> Labels,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt
);

/// <summary>
/// Alerts of the infrastructure: events of layer 1 that somebody else found. They are put beside incidents by their times; nobody is told
/// of them here, since their Alertmanager does that.
/// </summary>
public sealed class InfrastructureAlerts(IDbContextFactory<StateDbContext> state, TimeProvider time) : IDisposable
{
    /// <summary>Alerts that are kept; beyond it the oldest go.</summary>
    public const int MostKept = 10_000;

    /// <summary>Alerts of one answer.</summary>
    public const int MostRead = 500;

    /// <summary>How long before an incident an alert may have ended and still be put beside it.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Stores alerts, each once however often it is told; one that ended gets its end. Gives how many were new.</summary>
    internal async Task<int> TakeAsync(IReadOnlyList<AlertmanagerMessage.Alert> alerts, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var added = 0;
        // The last of the same in one message counts; the others are repetitions.
        var rows = alerts.Select(alert => alert.Row(now)).GroupBy(row => (row.Fingerprint, row.StartsAtMs));
        foreach (var row in rows.Select(same => same.Last()))
        {
            var known = await db.InfrastructureAlerts.FirstOrDefaultAsync(
                other => other.Fingerprint == row.Fingerprint && other.StartsAtMs == row.StartsAtMs,
                cancellation
            );
            if (known is null)
            {
                db.InfrastructureAlerts.Add(row);
                added++;
            }
            else
            {
                (known.EndsAtMs, known.Summary, known.ReceivedAtMs) = (row.EndsAtMs, row.Summary, row.ReceivedAtMs);
            }
        }

        await db.SaveChangesAsync(cancellation);
        if (added > 0)
            await DropOldestAsync(db, cancellation);
        return added;
    }

    /// <summary>Those that fired in a stretch of time, the oldest first.</summary>
    /// <param name="from">Those that ended before are left out.</param>
    /// <param name="to">Those that began later are left out.</param>
    /// <param name="models">Names of models: those of others are left out; null for all.</param>
    /// <param name="cancellation">Stops before it is read.</param>
    public async Task<IReadOnlyList<InfrastructureAlert>> ReadAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyCollection<string>? models,
        CancellationToken cancellation
    )
    {
        var (fromMs, toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        await using var db = await state.CreateDbContextAsync(cancellation);
        var found = db
            .InfrastructureAlerts.AsNoTracking()
            .Where(row => row.StartsAtMs <= toMs && (row.EndsAtMs == null || row.EndsAtMs >= fromMs));
        if (models is not null)
            found = found.Where(row => row.Model == "" || models.Contains(row.Model));
        var rows = await found.OrderByDescending(row => row.StartsAtMs).Take(MostRead).ToListAsync(cancellation);
        return [.. rows.OrderBy(row => row.StartsAtMs).Select(Of)];
    }

    public void Dispose() => _changing.Dispose();

    private static async Task DropOldestAsync(StateDbContext db, CancellationToken cancellation)
    {
        var oldest = await db
            .InfrastructureAlerts.OrderByDescending(row => row.Id)
            .Skip(MostKept)
            .Select(row => (long?)row.Id)
            .FirstOrDefaultAsync(cancellation);
        if (oldest is { } id)
            await db.InfrastructureAlerts.Where(row => row.Id <= id).ExecuteDeleteAsync(cancellation);
    }

    private static InfrastructureAlert Of(InfrastructureAlertRow row) =>
        new(
            row.Name,
            row.Severity,
            row.Model,
            row.Summary,
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.Labels) ?? [],
            DateTimeOffset.FromUnixTimeMilliseconds(row.StartsAtMs),
            row.EndsAtMs is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null
        );
}
