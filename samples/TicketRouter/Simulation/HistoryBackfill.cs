using System.Buffers;
using System.Threading.Channels;
using TicketRouter.Releases;
using TicketRouter.Reporting;
using TicketRouter.Tickets;

namespace TicketRouter.Simulation;

/// <summary>How far a back-fill has come.</summary>
public sealed class BackfillProgress
{
    private long _hours;
    private long _predictions;
    private long _groundTruth;
    private long _signals;
    private long _rejected;
    private string? _firstRejection;

    public long TotalHours { get; internal set; }
    public long Hours => Interlocked.Read(ref _hours);
    public long Predictions => Interlocked.Read(ref _predictions);
    public long GroundTruth => Interlocked.Read(ref _groundTruth);
    public long Signals => Interlocked.Read(ref _signals);
    public long Rejected => Interlocked.Read(ref _rejected);
    public string? FirstRejection => Volatile.Read(ref _firstRejection);

    internal void HourWritten() => Interlocked.Increment(ref _hours);

    internal void Posted(string kind, BatchAnswer answer)
    {
        ref var count = ref kind == EventKinds.Predictions
            ? ref _predictions
            : ref kind == EventKinds.Signals ? ref _signals : ref _groundTruth;
        Interlocked.Add(ref count, answer.Accepted + answer.Duplicates);
        Interlocked.Add(ref _rejected, answer.Rejected);
        if (answer.FirstRejection is { } first)
            Interlocked.CompareExchange(ref _firstRejection, first, null);
    }
}

/// <summary>
/// Lets the releases answer the tickets of past hours and posts answers, known ground truth and signals in big batches. Facts that are
/// known only later go to the courier. Posting a span again is harmless: the ids are the same.
/// </summary>
public sealed class HistoryBackfill(
    TicketTraffic traffic,
    ReleaseCatalog releases,
    PlumblineClient client,
    FactCourier courier,
    TicketRouterOptions options
)
{
    private const int BatchRows = 2500;
    private const int Posters = 3;

    /// <summary>The longest that a fact takes to be known; see the generator.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(121);

    /// <param name="from">First moment.</param>
    /// <param name="to">First moment no longer in it; normally now.</param>
    /// <param name="progress">Counts along.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="HttpRequestException">Plumbline refused a batch.</exception>
    public async Task RunAsync(DateTimeOffset from, DateTimeOffset to, BackfillProgress progress, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var batches = Channel.CreateBounded<Batch>(new BoundedChannelOptions(6) { SingleWriter = true });
        var posting = Enumerable.Range(0, Posters).Select(_ => PostAllAsync(batches.Reader, progress, stop)).ToArray();
        try
        {
            await Task.Run(() => WriteAsync(from, to, batches.Writer, progress, stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // A poster failed and stopped the writing; its exception comes out below.
        }
        finally
        {
            batches.Writer.TryComplete();
        }

        await Task.WhenAll(posting);
    }

    private async Task PostAllAsync(ChannelReader<Batch> batches, BackfillProgress progress, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var batch in batches.ReadAllAsync(stop.Token))
                progress.Posted(batch.Kind, await client.PostAsync(batch.Model, batch.Kind, batch.Lines.WrittenMemory, stop.Token));
        }
        catch (HttpRequestException)
        {
            await stop.CancelAsync();
            throw;
        }
        catch (OperationCanceledException)
        {
            // Another poster failed, or the caller gave up: both are reported by those who know.
        }
    }

    private async Task WriteAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        ChannelWriter<Batch> writer,
        BackfillProgress progress,
        CancellationToken ct
    )
    {
        var first = Floor(from);
        progress.TotalHours = (long)Math.Ceiling((to - first).TotalHours);
        var open = PredictionEvents.Models.ToDictionary(model => model, model => new Batches(model), StringComparer.Ordinal);
        var earliest = from > traffic.Scenario.Start ? Max(traffic.Scenario.Start, Floor(from - LongestDelay)) : first;
        for (var hour = earliest; hour < to; hour = hour.AddHours(1))
        {
            foreach (var ticket in traffic.Hour(hour).TakeWhile(ticket => ticket.At < to))
                WriteTicket(ticket, from, to, open);
            foreach (var model in PredictionEvents.Models.Where(model => open[model].IsFull))
            {
                await FlushAsync(open[model]);
                open[model] = new Batches(model);
            }

            if (hour >= first)
                progress.HourWritten();
        }

        foreach (var batches in open.Values)
            await FlushAsync(batches);

        async ValueTask FlushAsync(Batches batches)
        {
            foreach (var batch in new[] { batches.Signals, batches.GroundTruth, batches.Predictions })
            {
                if (batch.Rows > 0)
                    await writer.WriteAsync(batch, ct);
            }
        }
    }

    /// <summary>Writes what lies in the span: the answers to a ticket and the facts about it. Later facts go to the courier.</summary>
    private void WriteTicket(SimulatedTicket ticket, DateTimeOffset from, DateTimeOffset to, Dictionary<string, Batches> open)
    {
        var signal = ticket.At >= from - CustomerSignal.LongestDelay ? WriteAnswers(ticket, ticket.At >= from ? open : null) : null;
        foreach (var fact in GroundTruthReport.Of(ticket).Concat<IReportedFact>(signal is null ? [] : [signal]))
        {
            if (fact.At > to)
                courier.Schedule(fact);
            else if (ticket.At >= from || fact.At >= from)
                Write(open[fact.Model].Of(fact.Kind), fact);
        }
    }

    /// <summary>
    /// Writes the three answers to a ticket, unless they were posted before (then nowhere). Returns what the customer makes of the queue.
    /// </summary>
    private CustomerSignal? WriteAnswers(SimulatedTicket simulated, Dictionary<string, Batches>? open)
    {
        CustomerSignal? signal = null;
        var release = releases.Find(traffic.Scenario.At(simulated.At).Version)!;
        var answer = release.Answer(simulated.Ticket);
        var position = (simulated.At - traffic.Scenario.Anchor).Ticks / TimeSpan.TicksPerMillisecond;
        foreach (var model in PredictionEvents.Models)
        {
            if (model == PredictionEvents.RefundModel && !simulated.Ticket.HasOrder)
                continue;
            var lookup = release.Behaviour.Draw(new SeededRandom(options.Seed, 800 + model.Length, position));
            if (model == PredictionEvents.QueueModel && lookup.Status == "ok")
                signal = CustomerSignal.Of(simulated, answer.Queue, options.Seed);
            if (open is null)
                continue;
            var batch = open[model].Predictions;
            PredictionEvents.WritePrediction(
                batch.Lines,
                model,
                new AnswerReport(simulated.Ticket, simulated.At, release.Version, answer, lookup.Ms + 0.3, lookup.Status, lookup.Error)
            );
            batch.EndRow();
        }

        return signal;
    }

    private static void Write(Batch batch, IReportedFact fact)
    {
        fact.Write(batch.Lines);
        batch.EndRow();
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() / 3600 * 3600);

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    /// <summary>What is being gathered for one model.</summary>
    private sealed class Batches(string model)
    {
        public Batch Predictions { get; } = new(model, EventKinds.Predictions);
        public Batch GroundTruth { get; } = new(model, EventKinds.GroundTruth);
        public Batch Signals { get; } = new(model, EventKinds.Signals);

        public bool IsFull => Predictions.Rows >= BatchRows || GroundTruth.Rows >= BatchRows;

        /// <summary>The batch that facts of a kind go to.</summary>
        public Batch Of(string kind) => kind == EventKinds.Signals ? Signals : GroundTruth;
    }

    private sealed class Batch(string model, string kind)
    {
        public string Model { get; } = model;
        public string Kind { get; } = kind;
        public ArrayBufferWriter<byte> Lines { get; } = new(64 * 1024);
        public int Rows { get; private set; }

        public void EndRow()
        {
            Lines.Write("\n"u8);
            Rows++;
        }
    }
}
