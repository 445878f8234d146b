using System.Buffers;

namespace TicketRouter.Reporting;

/// <summary>Stands for the desk's software: files what people found out, at the time when they did.</summary>
public sealed class GroundTruthCourier(PlumblineClient client, TimeProvider time, ILogger<GroundTruthCourier> log) : BackgroundService
{
    /// <summary>Facts that may wait for their time; further ones are counted and lost.</summary>
    public const int Capacity = 1_000_000;
    private const int MaxBatch = 2000;

    private readonly PriorityQueue<GroundTruthReport, DateTimeOffset> _waiting = new();
    private readonly Lock _gate = new();
    private long _delivered;
    private long _dropped;

    public long Delivered => Interlocked.Read(ref _delivered);
    public long Dropped => Interlocked.Read(ref _dropped);

    public int Waiting
    {
        get { lock (_gate) return _waiting.Count; }
    }

    public void Schedule(GroundTruthReport truth)
    {
        lock (_gate)
        {
            if (_waiting.Count < Capacity) _waiting.Enqueue(truth, truth.At);
            else Interlocked.Increment(ref _dropped);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (TakeDue() is { Count: > 0 } due)
            {
                foreach (var group in due.GroupBy(truth => truth.Model, StringComparer.Ordinal)) await DeliverAsync(group.Key, [.. group], stoppingToken);
            }
        }
    }

    private List<GroundTruthReport> TakeDue()
    {
        var now = time.GetUtcNow();
        List<GroundTruthReport> due = [];
        lock (_gate)
        {
            while (due.Count < MaxBatch && _waiting.TryPeek(out var truth, out var at) && at <= now)
            {
                due.Add(truth);
                _waiting.Dequeue();
            }
        }

        return due;
    }

    private async Task DeliverAsync(string model, GroundTruthReport[] truths, CancellationToken ct)
    {
        var lines = new ArrayBufferWriter<byte>(truths.Length * 130);
        foreach (var truth in truths)
        {
            PredictionEvents.WriteGroundTruth(lines, truth);
            lines.Write("\n"u8);
        }

        try
        {
            await client.PostAsync(model, "ground-truth", lines.WrittenMemory, ct);
            Interlocked.Add(ref _delivered, truths.Length);
        }
        catch (HttpRequestException failure)
        {
            Interlocked.Add(ref _dropped, truths.Length);
            log.LogWarning("{Count} facts about {Model} are lost: {Problem}", truths.Length, model, failure.Message);
        }
    }
}
