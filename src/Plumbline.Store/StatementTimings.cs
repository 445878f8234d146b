namespace Plumbline.Store;

/// <summary>A statement that took long.</summary>
/// <param name="Text">The statement with its placeholders, cut to 2,000 characters; never a bound value.</param>
/// <param name="StartedAt">When it began to run.</param>
/// <param name="DurationMs">How long it ran, in milliseconds, without its wait for a thread.</param>
/// <param name="Failed">Whether it ended with an error.</param>
public sealed record SlowStatement(string Text, DateTimeOffset StartedAt, double DurationMs, bool Failed);

/// <summary>What the engine was asked since the store was opened.</summary>
/// <param name="Count">Statements run.</param>
/// <param name="Failed">Of these, those that ended with an error.</param>
/// <param name="TotalMs">Sum of their durations, in milliseconds.</param>
/// <param name="Waiting">Statements that wait for a thread now.</param>
/// <param name="Slow">The newest slow statements, the newest first.</param>
public sealed record StatementTimingsSnapshot(long Count, long Failed, double TotalMs, int Waiting, IReadOnlyList<SlowStatement> Slow);

internal sealed class StatementTimings(ColumnStoreOptions options, TimeProvider time)
{
    private const int LongestTextKept = 2_000;
    private readonly Lock _gate = new();
    private readonly Queue<SlowStatement> _slow = new();
    private long _count;
    private long _failed;
    private double _totalMs;

    internal T Measure<T>(string text, Func<T> run)
    {
        var startedAt = time.GetUtcNow();
        var begun = time.GetTimestamp();
        var failed = true;
        try
        {
            var answer = run();
            failed = false;
            return answer;
        }
        finally
        {
            Record(text, startedAt, time.GetElapsedTime(begun).TotalMilliseconds, failed);
        }
    }

    internal StatementTimingsSnapshot Snapshot(int waiting)
    {
        lock (_gate)
            return new StatementTimingsSnapshot(_count, _failed, _totalMs, waiting, [.. _slow.Reverse()]);
    }

    private void Record(string text, DateTimeOffset startedAt, double durationMs, bool failed)
    {
        lock (_gate)
        {
            _count++;
            _failed += failed ? 1 : 0;
            _totalMs += durationMs;
            if (durationMs < options.SlowStatementMs)
                return;
            if (_slow.Count == options.SlowStatementsKept)
                _slow.Dequeue();
            _slow.Enqueue(new SlowStatement(text.Length > LongestTextKept ? text[..LongestTextKept] : text, startedAt, durationMs, failed));
        }
    }
}
