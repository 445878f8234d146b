using System.Net;
using System.Net.Sockets;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Registry.Access;

/// <summary>
/// Slows down whoever guesses keys. Per address: different wrong keys; per key: the same wrong key again, from wherever. The first few are
/// free, then each further one doubles the pause, up to a quarter of an hour. While a pause lasts nothing is even compared, so that a right
/// guess is not told from a wrong one. The same wrong key again counts once for its address: a forgotten client that repeats itself must
/// not lock out its neighbours behind the same proxy. For a sign-in with a password the "key" is the name of the account.
/// </summary>
public sealed class LockOut(TimeProvider time, AccessCounters counters)
{
    /// <summary>Wrong keys before the first pause.</summary>
    public const int FreeTries = 5;

    /// <summary>Addresses and keys remembered, each; the one that was wrong longest ago is forgotten first.</summary>
    public const int MaxRemembered = 10_000;

    private const int IPv6NetworkBytes = 8;
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How long this address, or whoever presents this key, must wait; null when not at all. Counts the refusal.</summary>
    public TimeSpan? PauseOf(IPAddress? address, string key)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var until = Max(UntilOf(NameOf(address), now), UntilOf(KeyStore.HashOf(key), now));
            if (until <= now)
                return null;
            counters.CountLockedOut();
            return until - now;
        }
    }

    /// <summary>This key was wrong. Gives the pause that follows from it, zero while tries are free.</summary>
    public TimeSpan Wrong(IPAddress? address, string key)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var hash = KeyStore.HashOf(key);
            var isRepeated = _entries.TryGetValue(hash, out var known) && now - known.LastAt < ForgottenAfter;
            var ofKey = Count(hash, now);
            var ofAddress = isRepeated ? TimeSpan.Zero : Count(NameOf(address), now);
            return ofKey > ofAddress ? ofKey : ofAddress;
        }
    }

    /// <summary>The same where the address is not known and does not count: how long whoever presents this key must wait.</summary>
    public TimeSpan? PauseOf(string key)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var until = UntilOf(KeyStore.HashOf(key), now);
            if (until <= now)
                return null;
            counters.CountLockedOut();
            return until - now;
        }
    }

    /// <summary>This key was wrong, from an address that does not count.</summary>
    public TimeSpan Wrong(string key)
    {
        lock (_gate)
            return Count(KeyStore.HashOf(key), time.GetUtcNow());
    }

    private TimeSpan Count(string name, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(name, out var entry) || now - entry.LastAt >= ForgottenAfter)
        {
            if (_entries.Count >= 2 * MaxRemembered)
                Forget(now);
            _entries[name] = entry = new Entry();
        }

        entry.Wrong++;
        entry.LastAt = now;
        var pause = Pauses.After(entry.Wrong - FreeTries + 1);
        entry.Until = now + pause;
        return pause;
    }

    // A tenth at once: a flood of addresses then costs one sort in a thousand requests, not one in each.
    private void Forget(DateTimeOffset now)
    {
        var gone = _entries
            .OrderBy(entry => entry.Value.LastAt)
            .TakeWhile((entry, index) => index < MaxRemembered / 5 || now - entry.Value.LastAt >= ForgottenAfter);
        foreach (var name in gone.Select(entry => entry.Key).ToList())
            _entries.Remove(name);
    }

    private DateTimeOffset UntilOf(string name, DateTimeOffset now) =>
        _entries.TryGetValue(name, out var entry) && now - entry.LastAt < ForgottenAfter ? entry.Until : DateTimeOffset.MinValue;

    private static DateTimeOffset Max(DateTimeOffset first, DateTimeOffset second) => first > second ? first : second;

    // Whoever has one address of IPv6 has a network of them.
    private static string NameOf(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, IPv6NetworkBytes))
            : address.ToString();
    }

    private sealed class Entry
    {
        public int Wrong { get; set; }

        public DateTimeOffset LastAt { get; set; }

        public DateTimeOffset Until { get; set; }
    }
}
