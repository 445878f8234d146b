using System.Buffers;

namespace TicketRouter.Reporting;

/// <summary>Stands for the desk's software: files what people found out and what customers did, at the time when they did.</summary>
public sealed class FactCourier(PlumblineClient client, TimeProvider time, ILogger<FactCourier> log) : BackgroundService
{
    /// <summary>Facts that may wait for their time; further ones are counted and lost.</summary>
    public const int Capacity = 1_000_000;
    private const int MaxBatch = 2000;

    private readonly PriorityQueue<IReportedFact, DateTimeOffset> _waiting = new();
    private readonly Lock _gate = new();
    private long _delivered;
    private long _dropped;

    public long Delivered => Interlocked.Read(ref _delivered);
    public long Dropped => Interlocked.Read(ref _dropped);

    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    public void Schedule(IReportedFact fact)
    {
        lock (_gate)
        {
            if (_waiting.Count < Capacity)
                _waiting.Enqueue(fact, fact.At);
            else
                Interlocked.Increment(ref _dropped);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (TakeDue() is { Count: > 0 } due)
            {
                foreach (var group in due.GroupBy(fact => (fact.Model, fact.Kind)))
                    await DeliverAsync(group.Key.Model, group.Key.Kind, [.. group], stoppingToken);
            }
        }
    }

    private List<IReportedFact> TakeDue()
    {
        var now = time.GetUtcNow();
        List<IReportedFact> due = [];
        lock (_gate)
        {
            while (due.Count < MaxBatch && _waiting.TryPeek(out var fact, out var at) && at <= now)
            {
                due.Add(fact);
                _waiting.Dequeue();
            }
        }

        return due;
    }

    private async Task DeliverAsync(string model, string kind, IReportedFact[] facts, CancellationToken ct)
    {
        var lines = new ArrayBufferWriter<byte>(facts.Length * 130);
        foreach (var fact in facts)
        {
            fact.Write(lines);
            lines.Write("\n"u8);
        }

        try
        {
            await client.PostAsync(model, kind, lines.WrittenMemory, ct);
            Interlocked.Add(ref _delivered, facts.Length);
        }
        catch (HttpRequestException failure)
        {
            Interlocked.Add(ref _dropped, facts.Length);
            log.LogWarning("{Count} facts about {Model} are lost: {Problem}", facts.Length, model, failure.Message);
        }
    }
}
