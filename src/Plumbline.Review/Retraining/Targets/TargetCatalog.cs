using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>Where training runs: declared by administrators, stored with their secrets encrypted.</summary>
public sealed class TargetCatalog(
    IDbContextFactory<StateDbContext> state,
    IDataProtectionProvider protection,
    TargetPermissions permissions,
    TimeProvider time,
    ILogger<TargetCatalog> log
) : IDisposable
{
    /// <summary>At most this many targets.</summary>
    public const int MaxTargets = 100;

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Raised after a target was declared.</summary>
    public event Action? Changed;

    /// <summary>All of them, by name.</summary>
    public async Task<IReadOnlyList<RetrainingTarget>> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.RetrainingTargets.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
        return [.. rows.Select(Restore).OfType<RetrainingTarget>()];
    }

    /// <summary>The target of that name; null when there is none.</summary>
    public async Task<RetrainingTarget?> FindAsync(string name, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.RetrainingTargets.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellation) is { } row
            ? Restore(row)
            : null;
    }

    /// <summary>
    /// Creates or changes a target. Secrets that are not given are kept while kind and destination stay the same, or somebody could point
    /// a target at a machine of his own to read them; an empty text clears one.
    /// </summary>
    public async Task<(RetrainingTarget? Target, bool Created, IReadOnlyList<FieldError> Errors)> PutAsync(
        string name,
        TargetSpecification given,
        string by,
        CancellationToken cancellation
    )
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.RetrainingTargets.FindAsync([name], cancellation);
        if (row is null && await db.RetrainingTargets.CountAsync(cancellation) >= MaxTargets)
            return (null, false, [new("name", $"there are {MaxTargets} targets already; remove one first.")]);
        var complete = Complete(given, row is null ? null : Restore(row));
        if (complete.Check(name, permissions) is { Count: > 0 } errors)
            return (null, false, errors);
        var target = new RetrainingTarget(name, complete, time.GetUtcNow(), by);
        var specification = JsonSerializer.Serialize(target.Declared);
        var created = row is null;
        if (row is null)
        {
            row = new TargetRow
            {
                Name = name,
                Specification = specification,
                ChangedBy = by,
            };
            db.RetrainingTargets.Add(row);
        }

        (row.Specification, row.ChangedBy, row.ChangedAtMs) = (specification, by, target.ChangedAt.ToUnixTimeMilliseconds());
        row.Secrets = target.Secrets.IsEmpty ? null : Protector(name).Protect(JsonSerializer.Serialize(target.Secrets));
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
        return (target, created, []);
    }

    /// <summary>Removes a target; runs that still wait for it fail. False when there is none of that name.</summary>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.RetrainingTargets.Where(row => row.Name == name).ExecuteDeleteAsync(cancellation) > 0;
    }

    public void Dispose() => _changing.Dispose();

    private static TargetSpecification Complete(TargetSpecification given, RetrainingTarget? present)
    {
        if (present is null || present.Kind != TargetKind.Find(given.Kind) || DestinationOf(present.Declared) != DestinationOf(given))
            return given;
        var values = given.Values;
        foreach (var (key, value) in present.Secrets)
        {
            if (!values.ContainsKey(key))
                values = values.Add(key, value);
        }

        return given with
        {
            Values = values,
        };
    }

    private static string DestinationOf(TargetSpecification specification) =>
        TargetKind.Find(specification.Kind)?.AddressOf(specification)?.GetLeftPart(UriPartial.Authority) ?? "";

    // Null for a kind that this program does not know.
    private RetrainingTarget? Restore(TargetRow row)
    {
        var specification = JsonSerializer.Deserialize<TargetSpecification>(row.Specification)!;
        if (TargetKind.Find(specification.Kind) is null)
        {
            log.KindUnknown(row.Name, specification.Kind);
            return null;
        }

        var at = DateTimeOffset.FromUnixTimeMilliseconds(row.ChangedAtMs);
        if (row.Secrets is null)
            return new RetrainingTarget(row.Name, specification, at, row.ChangedBy);
        try
        {
            var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(Protector(row.Name).Unprotect(row.Secrets))!;
            var complete = specification with { Values = specification.Values.SetItems(secrets) };
            return new RetrainingTarget(row.Name, complete, at, row.ChangedBy);
        }
        catch (CryptographicException failure)
        {
            log.SecretsLost(failure, row.Name);
            return new RetrainingTarget(row.Name, specification, at, row.ChangedBy, secretsLost: true);
        }
    }

    // The name is part of the purpose: a row's secrets are of no use in another row.
    private IDataProtector Protector(string name) => protection.CreateProtector("Plumbline.RetrainingTargets", name);
}

/// <summary>What <see cref="TargetCatalog"/> logs.</summary>
internal static partial class TargetCatalogLog
{
    [LoggerMessage(
        8100,
        LogLevel.Error,
        "The retraining target {Target} is of a kind that this version does not know: {Kind}. Nothing is sent to it"
    )]
    internal static partial void KindUnknown(this ILogger logger, string target, string kind);

    [LoggerMessage(
        8101,
        LogLevel.Error,
        "The secrets of the retraining target {Target} cannot be decrypted: the keys that encrypted them are not in the data folder. "
            + "Set them again"
    )]
    internal static partial void SecretsLost(this ILogger logger, Exception error, string target);
}
