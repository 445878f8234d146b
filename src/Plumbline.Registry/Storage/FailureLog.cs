using System.Collections.Concurrent;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Registry.Storage;

/// <summary>
/// Decides whether a failure that repeats is said once more: at once, then after 1, 2, 4 .. minutes, at most an hour apart. A full disk
/// must not fill the log as well. A failure that has not come for a while counts as new.
/// </summary>
public sealed class FailureLog(TimeProvider time)
{
    private static readonly Backoff Pauses = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Repeat> _known = new(StringComparer.Ordinal);

    /// <summary>Whether to say it now.</summary>
    /// <param name="key">What fails; of a bounded number of kinds.</param>
    public bool IsDue(string key)
    {
        var now = time.GetUtcNow();
        var due = false;
        _known.AddOrUpdate(
            key,
            _ =>
            {
                due = true;
                return new Repeat(now + Pauses.First, 1, now);
            },
            (_, known) =>
            {
                if (now - known.Last > Forgotten && now >= known.Next)
                {
                    due = true;
                    return new Repeat(now + Pauses.First, 1, now);
                }

                due = now >= known.Next;
                return due ? new Repeat(now + Pauses.After(known.Said + 1), known.Said + 1, now) : known with { Last = now };
            }
        );
        return due;
    }

    private sealed record Repeat(DateTimeOffset Next, int Said, DateTimeOffset Last);
}
