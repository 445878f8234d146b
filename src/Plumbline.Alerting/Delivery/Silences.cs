using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery;

/// <summary>
/// Silences and recurring maintenance windows. A silenced notification is recorded as silenced; the incident itself goes on.
/// </summary>
public sealed class Silences(IDbContextFactory<StateDbContext> state, TimeProvider time)
{
    /// <summary>At most this many that are not expired.</summary>
    public const int MaxSilences = 1000;

    // Only this process writes them, so what was read stays true until it is changed here.
    private volatile ImmutableArrayBox? _known;

    /// <summary>Those that silence something at this moment.</summary>
    public async Task<ImmutableArray<Silence>> ActiveAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return [.. (await ReadAsync(cancellation)).Where(silence => silence.IsActive(now))];
    }

    /// <summary>The first that covers these labels at this moment, or null.</summary>
    public async Task<Silence?> FindAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return (await ReadAsync(cancellation)).FirstOrDefault(silence => silence.Covers(labels, now));
    }

    /// <summary>All that are not expired, or with <paramref name="expired"/> also the newest hundred that are. Newest first.</summary>
    public async Task<ImmutableArray<Silence>> AllAsync(bool expired, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var all = (await ReadAsync(cancellation)).OrderByDescending(silence => silence.Id).ToList();
        return [.. all.Where(silence => !silence.IsExpired(now)), .. all.Where(silence => expired && silence.IsExpired(now)).Take(100)];
    }

    /// <summary>Declares one. The specification is valid.</summary>
    /// <returns>Null when there are <see cref="MaxSilences"/> already.</returns>
    public async Task<Silence?> AddAsync(SilenceSpecification specification, string by, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        if (await db.Silences.CountAsync(row => row.EndsAtMs == null || row.EndsAtMs > nowMs, cancellation) >= MaxSilences)
            return null;
        var row = new SilenceRow
        {
            Specification = JsonSerializer.Serialize(specification, NotificationOutbox.Json),
            StartsAtMs = (specification.StartsAt ?? now).ToUnixTimeMilliseconds(),
            EndsAtMs = specification.End(now)?.ToUnixTimeMilliseconds(),
            CreatedBy = by,
            CreatedAtMs = nowMs,
        };
        db.Silences.Add(row);
        await db.SaveChangesAsync(cancellation);
        _known = null;
        return Read(row);
    }

    /// <summary>Ends one now; it stays on the record. False when there is none of that number or it is over.</summary>
    public async Task<bool> ExpireAsync(long id, CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var changed = await db
            .Silences.Where(row => row.Id == id && (row.EndsAtMs == null || row.EndsAtMs > nowMs))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndsAtMs, nowMs), cancellation);
        _known = null;
        return changed > 0;
    }

    private async Task<ImmutableArray<Silence>> ReadAsync(CancellationToken cancellation)
    {
        if (_known is { } known)
            return known.All;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.Silences.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellation);
        var read = new ImmutableArrayBox([.. rows.Select(Read)]);
        _known = read;
        return read.All;
    }

    private static Silence Read(SilenceRow row)
    {
        var specification = JsonSerializer.Deserialize<SilenceSpecification>(row.Specification, NotificationOutbox.Json)!;
        return new Silence
        {
            Id = row.Id,
            Matchers = [.. specification.Matchers],
            Recurrence = specification.Recurrence,
            Comment = specification.Comment,
            CreatedBy = row.CreatedBy,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
            StartsAt = DateTimeOffset.FromUnixTimeMilliseconds(row.StartsAtMs),
            EndsAt = row.EndsAtMs is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
        };
    }

    private sealed record ImmutableArrayBox(ImmutableArray<Silence> All);
}
