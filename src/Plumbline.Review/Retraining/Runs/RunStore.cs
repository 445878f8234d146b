using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>What a run is asked for with.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Dataset">Name of the data set that is built for it; null for none.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="By">Who, or the name of the trigger.</param>
public sealed record RunWish(string Target, string? Dataset, string Reason, string By)
{
    /// <summary>Name of the trigger; null by hand.</summary>
    public string? Trigger { get; init; }

    /// <summary>What the trigger fires about; null by hand.</summary>
    public string? Occasion { get; init; }

    /// <summary>JSON of what the trigger saw.</summary>
    public string? Evidence { get; init; }

    /// <summary>Whether it waits for somebody's word.</summary>
    public bool NeedsApproval { get; init; }
}

/// <summary>The runs of models. Whatever changes one goes through here, one after the other: a run that has ended does not move.</summary>
public sealed class RunStore(IDbContextFactory<StateDbContext> state, IDataProtectionProvider protection, TimeProvider time) : IDisposable
{
    /// <summary>Runs of a model that have not ended; more are refused.</summary>
    public const int MaxOpen = 20;

    /// <summary>Runs of a model that are kept; the oldest that have ended are forgotten.</summary>
    public const int MaxKept = 5_000;

    /// <summary>Characters of a reason and of a message.</summary>
    public const int MaxText = 2_000;

    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly IDataProtector _protector = protection.CreateProtector("Plumbline.RetrainingRuns");

    /// <summary>Raised after a run was asked for or changed.</summary>
    public event Action? Changed;

    /// <summary>Asks for a run.</summary>
    /// <returns>Null when the model has <see cref="MaxOpen"/> already, or when its trigger has fired about this before.</returns>
    public async Task<RetrainingRunRow?> AddAsync(ModelDefinition model, RunWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(wish);
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var ofModel = db.RetrainingRuns.Where(row => row.ModelId == model.Id);
        if (await ofModel.CountAsync(row => row.State < (int)RunState.Succeeded, cancellation) >= MaxOpen)
            return null;
        if (
            wish.Trigger is not null
            && await ofModel.AnyAsync(row => row.Trigger == wish.Trigger && row.Occasion == wish.Occasion, cancellation)
        )
        {
            return null;
        }

        var now = time.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var row = new RetrainingRunRow
        {
            Key = $"rt-{Guid.CreateVersion7(now):N}",
            ModelId = model.Id,
            Trigger = wish.Trigger,
            Occasion = wish.Occasion,
            Reason = Cut(wish.Reason),
            Evidence = wish.Evidence,
            Target = wish.Target,
            Dataset = wish.Dataset,
            NeedsApproval = wish.NeedsApproval,
            Token = _protector.Protect(token),
            TokenHash = HashOf(token),
            DueAtMs = now.ToUnixTimeMilliseconds(),
            RequestedBy = wish.By,
            RequestedAtMs = now.ToUnixTimeMilliseconds(),
        };
        db.RetrainingRuns.Add(row);
        await db.SaveChangesAsync(cancellation);
        var old = ofModel
            .Where(other => other.State >= (int)RunState.Succeeded)
            .OrderByDescending(other => other.Id)
            .Skip(MaxKept)
            .Select(other => other.Id);
        await db.RetrainingRuns.Where(other => old.Contains(other.Id)).ExecuteDeleteAsync(cancellation);
        Changed?.Invoke();
        return row;
    }

    /// <summary>The run of that key; null when there is none.</summary>
    public async Task<RetrainingRunRow?> FindAsync(string key, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.RetrainingRuns.AsNoTracking().FirstOrDefaultAsync(row => row.Key == key, cancellation);
    }

    /// <summary>Runs of a model, the newest first.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="wanted">Null for all states.</param>
    /// <param name="before">Only those older than this number; null from the newest on.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<RetrainingRunRow>> PageAsync(
        ModelDefinition model,
        RunState? wanted,
        long? before,
        int limit,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = db.RetrainingRuns.AsNoTracking().Where(row => row.ModelId == model.Id);
        if (wanted is { } known)
            rows = rows.Where(row => row.State == (int)known);
        if (before is { } id)
            rows = rows.Where(row => row.Id < id);
        return await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellation);
    }

    /// <summary>Runs that something is due about.</summary>
    public async Task<IReadOnlyList<RetrainingRunRow>> DueAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
            .RetrainingRuns.AsNoTracking()
            .Where(row => row.State < (int)RunState.Succeeded && !row.NeedsApproval && row.DueAtMs <= now)
            .OrderBy(row => row.DueAtMs)
            .Take(200)
            .ToListAsync(cancellation);
    }

    /// <summary>When the next one is due; null when none is open.</summary>
    /// <param name="but">Numbers of runs that do not count.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<DateTimeOffset?> NextAsync(IReadOnlyCollection<long> but, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var next = await db
            .RetrainingRuns.Where(row => row.State < (int)RunState.Succeeded && !row.NeedsApproval && !but.Contains(row.Id))
            .MinAsync(row => (long?)row.DueAtMs, cancellation);
        return next is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    /// <summary>Lets a run be looked at at once.</summary>
    internal async Task HurryAsync(string key, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db
            .RetrainingRuns.Where(row => row.Key == key && row.DueAtMs > now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAtMs, now), cancellation);
    }

    /// <summary>Changes a run that has not ended.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="change">Changes it; false leaves it as it is.</param>
    /// <param name="cancellation">Stops before anything is changed.</param>
    /// <returns>The run as it is then, and whether it was changed; null when there is none.</returns>
    public async Task<(RetrainingRunRow Run, bool Changed)?> ChangeAsync(
        long id,
        Func<RetrainingRunRow, bool> change,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        if (await db.RetrainingRuns.FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } run)
            return null;
        if (run.StateIs.HasEnded() || !change(run))
            return (run, false);
        if (run.StateIs.HasEnded())
            (run.FinishedAtMs, run.Token) = (time.GetUtcNow().ToUnixTimeMilliseconds(), null);
        run.Message = run.Message is { } message ? Cut(message) : null;
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
        return (run, true);
    }

    /// <summary>The secret of the callback, while the target has not taken the run; null when it cannot be read.</summary>
    internal string? TokenOf(RetrainingRunRow run)
    {
        try
        {
            return run.Token is null ? null : _protector.Unprotect(run.Token);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether this is the secret of the run's callback.</summary>
    public static bool IsToken(RetrainingRunRow run, string? token)
    {
        ArgumentNullException.ThrowIfNull(run);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(run.TokenHash),
            Encoding.ASCII.GetBytes(HashOf(token ?? ""))
        );
    }

    public void Dispose() => _changing.Dispose();

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static string Cut(string text) => text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText - 1), "…");
}

/// <summary>Readings of a stored run.</summary>
public static class StoredRuns
{
    extension(RetrainingRunRow run)
    {
        /// <summary>How far it is.</summary>
        public RunState StateIs
        {
            get => (RunState)run.State;
            set => run.State = (int)value;
        }

        /// <summary>As people call it: its number in the order of requests.</summary>
        public string Number => run.Id.ToString(CultureInfo.InvariantCulture);
    }
}
