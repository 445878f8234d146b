using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>
/// All receivers: those of the configuration file, which only a restart changes, and those of the API, which are stored with their secrets
/// encrypted.
/// </summary>
public sealed class ReceiverCatalog(
    IDbContextFactory<StateDbContext> state,
    IDataProtectionProvider protection,
    DeliveryOptions options,
    TimeProvider time,
    ILogger<ReceiverCatalog> log
) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private ImmutableArray<Receiver> _all = [];

    /// <summary>Ordered by name. An immutable snapshot.</summary>
    public ImmutableArray<Receiver> All => _all;

    public Receiver? Find(string name) => _all.FirstOrDefault(receiver => receiver.Name == name);

    /// <summary>Reads what is stored. Called once before anything is sent.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var configured = options
            .Receivers.Select(declared => new Receiver(declared.Name!, declared, ReceiverSource.Configuration))
            .ToDictionary(receiver => receiver.Name, StringComparer.Ordinal);
        var stored = new List<Receiver>();
        foreach (var row in await db.Receivers.AsNoTracking().ToListAsync(cancellation))
        {
            if (configured.ContainsKey(row.Name))
            {
                log.ReceiverHidden(row.Name);
            }
            else if (Restore(row) is { } receiver)
            {
                stored.Add(receiver);
            }
        }

        Publish([.. configured.Values, .. stored]);
    }

    /// <summary>
    /// Creates or changes a receiver. Secrets that are not given are kept while kind and destination stay the same; an empty text clears
    /// one.
    /// </summary>
    /// <returns>The receiver, or what is wrong by field.</returns>
    public async Task<(Receiver? Receiver, bool Created, IReadOnlyList<FieldError> Errors)> PutAsync(
        string name,
        ReceiverSpecification given,
        string by,
        CancellationToken cancellation
    )
    {
        using var turn = await _changing.EnterAsync(cancellation);
        var present = Find(name);
        if (present?.Source == ReceiverSource.Configuration)
            return (null, false, [new("name", $"'{name}' is declared in the configuration file; change it there.")]);
        if (given.Name is not null && given.Name != name)
            return (null, false, [new("name", $"the address says '{name}'.")]);
        if (present is null && _all.Length >= DeliveryOptions.MaxReceivers)
            return (null, false, [new("name", $"there are {_all.Length} receivers already; at most {DeliveryOptions.MaxReceivers}.")]);
        var complete = Complete(given, present);
        if (ReceiverRules.Check(name, complete, options.AllowLinkLocal) is { Count: > 0 } errors)
            return (null, false, errors);
        var receiver = new Receiver(name, complete, ReceiverSource.Api);
        await StoreAsync(receiver, by, cancellation);
        Publish([.. _all.Where(other => other.Name != name), receiver]);
        log.ReceiverDeclared(name, present is null ? "created" : "changed", by);
        return (receiver, present is null, []);
    }

    /// <summary>Removes a receiver that was declared over the API. What still waits for it is given up, and recorded so.</summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        if (Find(name) is not { Source: ReceiverSource.Api })
            return false;
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.Receivers.Where(row => row.Name == name).ExecuteDeleteAsync(cancellation);
        Publish([.. _all.Where(other => other.Name != name)]);
        return true;
    }

    public void Dispose() => _changing.Dispose();

    private static ReceiverSpecification Complete(ReceiverSpecification given, Receiver? present)
    {
        // A null secret keeps the stored one; a changed destination needs all of them again.
        var kind = ReceiverKind.Find(given.Kind);
        if (present is null || kind is null || present.Kind != kind || kind.Destination(present.Declared) != kind.Destination(given))
            return given;
        var secrets = given.TakeSecrets();
        foreach (var (key, value) in present.Secrets)
            secrets.TryAdd(key, value);
        return given.WithSecrets(secrets.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal));
    }

    private async Task StoreAsync(Receiver receiver, string by, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.Receivers.FindAsync([receiver.Name], cancellation);
        var specification = JsonSerializer.Serialize(receiver.Declared, ReceiverSpecification.Json);
        if (row is null)
        {
            db.Receivers.Add(
                row = new ReceiverRow
                {
                    Name = receiver.Name,
                    Specification = specification,
                    ChangedBy = by,
                }
            );
        }

        (row.Specification, row.ChangedBy, row.ChangedAtMs) = (specification, by, time.GetUtcNow().ToUnixTimeMilliseconds());
        row.Secrets = receiver.Secrets.IsEmpty ? null : Protector(receiver.Name).Protect(JsonSerializer.Serialize(receiver.Secrets));
        await db.SaveChangesAsync(cancellation);
    }

    // Null for a kind that this program does not know.
    private Receiver? Restore(ReceiverRow row)
    {
        var specification = JsonSerializer.Deserialize<ReceiverSpecification>(row.Specification, ReceiverSpecification.Json)!;
        if (ReceiverKind.Find(specification.Kind) is null)
        {
            log.KindUnknown(row.Name, specification.Kind);
            return null;
        }

        if (row.Secrets is null)
            return new Receiver(row.Name, specification, ReceiverSource.Api);
        try
        {
            var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(Protector(row.Name).Unprotect(row.Secrets))!;
            return new Receiver(row.Name, specification.WithSecrets(secrets), ReceiverSource.Api);
        }
        catch (CryptographicException failure)
        {
            log.SecretsLost(failure, row.Name);
            return new Receiver(row.Name, specification, ReceiverSource.Api, secretsLost: true);
        }
    }

    // The name is part of the purpose: a row's secrets are of no use in another row.
    private IDataProtector Protector(string name) => protection.CreateProtector("Plumbline.Receivers", name);

    private void Publish(IEnumerable<Receiver> receivers) =>
        _all = [.. receivers.OrderBy(receiver => receiver.Name, StringComparer.Ordinal)];
}
