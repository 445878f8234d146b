namespace Plumbline.Registry.Access;

/// <summary>
/// What each holder has used of an allowance, kept as the time until which it is paid: what is used moves that time on, and time itself
/// gives it back. A second of silence is saved up, and no more. Nothing runs between two uses: limiters that refill themselves wake an idle
/// server twenty times a second.
/// </summary>
internal sealed class PaidTime(TimeProvider time)
{
    /// <summary>Holders remembered before those that have their whole allowance again are forgotten.</summary>
    private const int HoldersBeforeSweep = 10_000;

    private static readonly TimeSpan Saved = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _paidUntil = new(StringComparer.Ordinal);

    // Time since then, which does not jump when somebody corrects the clock.
    private readonly long _began = time.GetTimestamp();
    private int _sweepAt = HoldersBeforeSweep;

    /// <summary>Holders that are remembered now.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
                return _paidUntil.Count;
        }
    }

    /// <summary>Takes something that costs so much time, if it is there.</summary>
    /// <returns>Null when it was; else after which time it is, and nothing was taken.</returns>
    public TimeSpan? TryTake(string holder, TimeSpan cost)
    {
        lock (_gate)
        {
            var (now, paid) = After(holder, cost);
            if (paid > now)
                return paid - now;
            _paidUntil[holder] = paid;
            return null;
        }
    }

    /// <summary>Takes it whether it is there or not: the holder may be in debt afterwards.</summary>
    public void Take(string holder, TimeSpan cost)
    {
        lock (_gate)
            _paidUntil[holder] = After(holder, cost).Paid;
    }

    /// <summary>How long it takes until the holder's debt is paid; zero or less when there is none.</summary>
    public TimeSpan DebtOf(string holder)
    {
        lock (_gate)
            return _paidUntil.TryGetValue(holder, out var paid) ? paid - time.GetElapsedTime(_began) : TimeSpan.Zero;
    }

    private (TimeSpan Now, TimeSpan Paid) After(string holder, TimeSpan cost)
    {
        var now = time.GetElapsedTime(_began);
        if (_paidUntil.Count >= _sweepAt)
            Sweep(now);
        var from = now - Saved;
        return (now, (_paidUntil.TryGetValue(holder, out var known) && known > from ? known : from) + cost);
    }

    private void Sweep(TimeSpan now)
    {
        foreach (var holder in _paidUntil.Where(one => one.Value <= now - Saved).Select(one => one.Key).ToList())
            _paidUntil.Remove(holder);
        // All of them may be busy: then look again when there are twice as many.
        _sweepAt = Math.Max(HoldersBeforeSweep, 2 * _paidUntil.Count);
    }
}
