using Plumbline.Alerting.Evaluation;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.Windows;

namespace Plumbline.Server.Hosting;

/// <summary>How far everything up to a time is.</summary>
/// <param name="Time">The time that was asked for.</param>
/// <param name="WindowsEndAt">End of the last whole window up to it; windows that end later do not count.</param>
/// <param name="ClosesAt">When that window takes no further events without being computed again: its end plus the allowed lateness.</param>
/// <param name="Closed">Whether that has passed.</param>
/// <param name="Accepted">Events that were ever accepted: stored, or in the spool.</param>
/// <param name="Stored">Whether these are stored: all of them, or as many as the caller named.</param>
/// <param name="PendingWindows">Windows up to then that wait to be computed, of every length.</param>
/// <param name="OldestPendingWindow">Start of the oldest of them.</param>
/// <param name="FailedWindows">Windows up to then that failed so often that nothing waits for them.</param>
/// <param name="LastError">Why the newest that failed did.</param>
/// <param name="RulesPending">Whether the rules have not yet looked at all that is computed.</param>
/// <param name="RulesError">Why their last look failed; null when it did not.</param>
/// <param name="Done">Everything up to the time is stored and computed, and the rules have looked.</param>
/// <param name="WaitingFor">What is still to come, in words; empty when done.</param>
public sealed record UntilProgress(
    DateTimeOffset Time,
    DateTimeOffset WindowsEndAt,
    DateTimeOffset ClosesAt,
    bool Closed,
    long Accepted,
    bool Stored,
    int PendingWindows,
    DateTimeOffset? OldestPendingWindow,
    int FailedWindows,
    string? LastError,
    bool RulesPending,
    string? RulesError,
    bool Done,
    IReadOnlyList<string> WaitingFor
);

/// <summary>Tells whether everything up to a time is stored, computed and judged: what a pipeline waits for before its next step.</summary>
public sealed class ProgressUntil(WindowLedger ledger, AlertAgenda rules, AlertPassState looks)
{
    /// <summary>Reads it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="until">Up to when.</param>
    /// <param name="counters">Read before: a window is marked before its rows leave the spool.</param>
    /// <param name="accepted">What <see cref="UntilProgress.Accepted"/> was when the caller began to wait: with traffic that never pauses
    /// the spool is never empty, and events leave it in the order in which they came. Null: the spool must be empty.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<UntilProgress> ReadAsync(
        ModelDefinition model,
        DateTimeOffset until,
        SpoolCounters counters,
        long? accepted,
        CancellationToken cancellation
    )
    {
        var end = model.WindowStart(until);
        var closesAt = end + model.AllowedLateness;
        var closed = end - model.Window < ledger.ClosedBefore(model);
        var left = accepted is { } named ? Math.Min(counters.InSpool, Math.Max(0, named - counters.Stored)) : counters.InSpool;
        var backlog = await ledger.BacklogUntilAsync(model, end, cancellation);
        // Read last: what was computed meanwhile has set the rules to work.
        var settled = rules.IsSettled(model);
        var error = looks.Find(model.Id)?.Error;
        var waiting = new List<string>();
        if (!closed)
            waiting.Add($"the window that ends at {end:yyyy-MM-dd'T'HH:mm:ss'Z'} closes at {closesAt:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        if (left > 0)
            waiting.Add($"{left:N0} events to store");
        if (backlog.Count > 0)
            waiting.Add($"{backlog.Count:N0} windows to compute, the oldest from {backlog.Oldest:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        if (backlog.SetAside > 0)
            waiting.Add($"{backlog.SetAside:N0} windows that failed: {backlog.LastError}");
        if (!settled)
            waiting.Add("the rules' next look");
        if (error is not null)
            waiting.Add($"a look of the rules that does not fail: {error}");
        return new(
            until,
            end,
            closesAt,
            closed,
            counters.Stored + counters.InSpool,
            left == 0,
            backlog.Count,
            backlog.Oldest,
            backlog.SetAside,
            backlog.LastError,
            !settled,
            error,
            waiting.Count == 0,
            waiting
        );
    }
}
