using System.Buffers;
using System.Threading.Channels;

namespace TicketRouter.Reporting;

/// <summary>
/// Reports answers in the background, so that no customer waits for the observer: a bounded queue, batches of up to a second, and when
/// Plumbline stays away the newest reports are dropped and counted rather than memory filled.
/// </summary>
public sealed class PredictionReporter(
    PlumblineClient client,
    TicketRouterOptions options,
    TimeProvider time,
    ILogger<PredictionReporter> log
) : BackgroundService
{
    public const int Capacity = 20_000;
    private const int MaxBatch = 1000;

    private readonly Channel<(string Model, AnswerReport Report)> _waiting = Channel.CreateBounded<(string, AnswerReport)>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    private long _reported;
    private long _dropped;
    private long _refused;

    public long Reported => Interlocked.Read(ref _reported);

    /// <summary>Reports that found the queue full, or whose batch was given up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Reports that Plumbline rejected.</summary>
    public long Refused => Interlocked.Read(ref _refused);
    public int Waiting => _waiting.Reader.Count;

    public void Report(string model, AnswerReport report)
    {
        if (options.Plumbline is not null && !_waiting.Writer.TryWrite((model, report)))
            Interlocked.Increment(ref _dropped);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<(string Model, AnswerReport Report)>(MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, stoppingToken);
            batch.Clear();
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var next))
                batch.Add(next);
            foreach (var group in batch.GroupBy(item => item.Model, item => item.Report, StringComparer.Ordinal))
                await SendAsync(group.Key, [.. group], stoppingToken);
        }
    }

    private async Task SendAsync(string model, AnswerReport[] reports, CancellationToken ct)
    {
        var lines = new ArrayBufferWriter<byte>(reports.Length * 700);
        foreach (var report in reports)
        {
            PredictionEvents.WritePrediction(lines, model, report);
            lines.Write("\n"u8);
        }

        try
        {
            var answer = await client.PostAsync(model, "predictions", lines.WrittenMemory, ct);
            Interlocked.Add(ref _reported, answer.Accepted + answer.Duplicates);
            Interlocked.Add(ref _refused, answer.Rejected);
            if (answer.FirstRejection is { } first)
                log.LogWarning("Plumbline rejected {Count} reports of {Model}, the first: {Rejection}", answer.Rejected, model, first);
        }
        catch (HttpRequestException failure)
        {
            Interlocked.Add(ref _dropped, reports.Length);
            log.LogWarning("{Count} reports of {Model} are lost: {Problem}", reports.Length, model, failure.Message);
        }
    }
}
