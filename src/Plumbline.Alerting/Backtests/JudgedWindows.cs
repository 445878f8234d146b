using System.Runtime.InteropServices;
using Plumbline.Alerting.Evaluation;

namespace Plumbline.Alerting.Backtests;

/// <summary>Counts in how many windows of a period a rule could judge anything, and why not in the others.</summary>
internal sealed class JudgedWindows(DateTimeOffset from, DateTimeOffset to)
{
    private const int MostReasons = 5;

    private readonly HashSet<DateTimeOffset> _seen = [];
    private readonly HashSet<DateTimeOffset> _judged = [];
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);

    /// <summary>A stream was looked at in a window.</summary>
    public void Add(StreamKey key, StreamState state)
    {
        if (state.LastWindow is not { } start || start < from || start >= to)
            return;
        _seen.Add(start);
        if (state.Unjudged == 0)
            _judged.Add(start);
        else
            CollectionsMarshal.GetValueRefOrAddDefault(_reasons, state.Reason ?? "", out _)++;
    }

    /// <summary>What was counted.</summary>
    public BacktestCoverage Read() =>
        new(_seen.Count, _judged.Count, [.. _reasons.OrderByDescending(pair => pair.Value).Take(MostReasons)]);
}
