using System.Buffers;
using System.IO.Compression;
using System.Threading.Channels;

namespace Plumbline.Server.Cli.Import;

/// <summary>Rows on their way: NDJSON text and where each row ends and comes from.</summary>
public sealed class RowBatch
{
    /// <summary>A batch ends here whatever its number of rows; servers take 64 MiB unless told otherwise.</summary>
    public const int MaxBytes = 8 << 20;

    public ArrayBufferWriter<byte> Text { get; } = new(1 << 16);

    /// <summary>The file's line of each row.</summary>
    public List<long> Lines { get; } = [];

    /// <summary>The end of each row in <see cref="Text"/>.</summary>
    public List<int> Ends { get; } = [];

    public void EndRow(long line)
    {
        Lines.Add(line);
        Ends.Add(Text.WrittenCount);
    }
}

/// <summary>Posts batches, some at a time. At most twice <paramref name="parallel"/> batches are in memory.</summary>
public sealed class BatchSender(ServerConnection server, string model, string kind, int parallel)
{
    /// <summary>
    /// Runs <paramref name="produce"/> and sends what it writes; returns when everything is acknowledged. <paramref name="sent"/> hears of
    /// each acknowledged row count.
    /// </summary>
    public async Task RunAsync(
        Func<ChannelWriter<RowBatch>, CancellationToken, Task> produce,
        ImportTally tally,
        Action<long> sent,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<RowBatch>(parallel);
        var tasks = Enumerable
            .Range(0, parallel)
            .Select(_ => DrainAsync(batches.Reader, tally, sent, stop.Token))
            .Append(ProduceAsync(produce, batches.Writer, stop.Token))
            .ToList();
        Exception? first = null;
        while (tasks.Count > 0)
        {
            var ended = await Task.WhenAny(tasks);
            tasks.Remove(ended);
            if (ended.IsCompletedSuccessfully)
                continue;
            // The first failure is the reason; the cancellations that it causes are not.
            first ??= ended.Exception?.InnerException ?? new OperationCanceledException(cancellation);
            await stop.CancelAsync();
        }

        if (first is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
    }

    private static async Task ProduceAsync(
        Func<ChannelWriter<RowBatch>, CancellationToken, Task> produce,
        ChannelWriter<RowBatch> writer,
        CancellationToken cancellation
    )
    {
        // Off the caller's thread: reading and parsing a file is work, not waiting.
        await Task.Run(() => produce(writer, cancellation), cancellation);
        writer.Complete();
    }

    private async Task DrainAsync(ChannelReader<RowBatch> batches, ImportTally tally, Action<long> sent, CancellationToken cancellation)
    {
        await foreach (var batch in batches.ReadAllAsync(cancellation))
        {
            await SendAsync(batch, 0, batch.Lines.Count, tally, cancellation);
            sent(batch.Lines.Count);
        }
    }

    // Too large for the server: halve until it fits. A single row that is too large is refused like any other bad row.
    private async Task SendAsync(RowBatch batch, int first, int count, ImportTally tally, CancellationToken cancellation)
    {
        var from = first == 0 ? 0 : batch.Ends[first - 1];
        var answer = await server.PostRowsAsync(
            model,
            kind,
            Compress(batch.Text.WrittenMemory[from..batch.Ends[first + count - 1]]),
            cancellation
        );
        if (answer is not null)
        {
            tally.AddAnswer(answer, batch.Lines.GetRange(first, count));
        }
        else if (count == 1)
        {
            tally.AddRefused(batch.Lines[first], "too_large", "the row alone is larger than the server's limit for a request");
        }
        else
        {
            await SendAsync(batch, first, count / 2, tally, cancellation);
            await SendAsync(batch, first + (count / 2), count - (count / 2), tally, cancellation);
        }
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(text.Span);
        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }
}
