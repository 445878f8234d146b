using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using TicketRouter.Releases;
using TicketRouter.Serving;
using TicketRouter.Tickets;

namespace TicketRouter.Retraining;

/// <summary>
/// Trains a new release when Plumbline asks for one: with the tickets that the last one was trained with and those of the data set, one run
/// after the other. The new release then answers every ticket beside the live one, unseen by customers.
/// </summary>
public sealed class Trainer(
    RetrainingClient plumbline,
    ReleaseCatalog releases,
    ReleaseRecords records,
    DeployedRelease deployed,
    TicketTraffic traffic,
    TicketArchive archive,
    TicketRouterOptions options,
    ILogger<Trainer> log
) : BackgroundService
{
    /// <summary>Runs that may wait.</summary>
    public const int Capacity = 16;

    private readonly Channel<RetrainingRequest> _waiting = Channel.CreateBounded<RetrainingRequest>(Capacity);

    // A request that is sent again, because its answer was lost, is the same run.
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    /// <summary>Takes a request; one that was taken before is taken again without effect.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryAsk(RetrainingRequest request)
    {
        if (!_known.TryAdd(request.Id, 0))
            return true;
        if (_waiting.Writer.TryWrite(request))
            return true;
        _known.TryRemove(request.Id, out _);
        return false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var request in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await RunAsync(request, stoppingToken);
            }
            catch (Exception failure) when (failure is HttpRequestException or JsonException or InvalidOperationException)
            {
                log.LogWarning("Run {Run} failed: {Problem}", request.Id, failure.Message);
                await SayFailedAsync(request, failure.Message, stoppingToken);
            }
        }
    }

    private async Task RunAsync(RetrainingRequest request, CancellationToken ct)
    {
        await plumbline.TellAsync(request.Callback, new { state = "running", message = "reading the data set" }, ct);
        var (known, unknown) = await TicketsAsync(request.Dataset, "train", ct);
        if (known.Count == 0)
            throw new InvalidOperationException("The data set has no row of a ticket of this service with a label to train with.");
        var release = releases.Retrain(known, traffic, options.Seed);
        records.Write(release.Version, known);
        var (heldOut, _) = await TicketsAsync(request.Dataset, "test", ct);
        var answers = heldOut.ConvertAll(example => (example.Ticket.TicketId, release.Answer(example.Ticket).Queue));
        if (answers.Count > 0)
            await plumbline.EvaluateAsync(request.Dataset, release.Version, answers, ct);
        // Only what is told in full is put beside the live one.
        await plumbline.TellAsync(
            request.Callback,
            new
            {
                state = "succeeded",
                version = release.Version,
                message = release.Description,
                metrics = new
                {
                    rows = known.Count,
                    rows_of_others = unknown,
                    held_out = heldOut.Count,
                    held_out_accuracy = heldOut.Count == 0
                        ? (double?)null
                        : heldOut.Zip(answers).Count(pair => pair.First.Queue == pair.Second.Queue) / (double)heldOut.Count,
                },
            },
            ct
        );
        deployed.PutBeside(release);
    }

    /// <summary>Labelled rows whose ticket is in the archive, and how many are of nobody's.</summary>
    private async Task<(List<LabelledTicket> Known, int Unknown)> TicketsAsync(Uri dataset, string split, CancellationToken ct)
    {
        List<LabelledTicket> known = [];
        var unknown = 0;
        await foreach (var row in plumbline.RowsAsync(dataset, split, ct))
        {
            if (
                row is { PredictionId: { } id, Label: { } label }
                && Topics.Queues.Contains(label, StringComparer.Ordinal)
                && archive.Find(id) is { } ticket
            )
            {
                known.Add(new LabelledTicket(ticket.Ticket, label));
            }
            else
            {
                unknown++;
            }
        }

        return (known, unknown);
    }

    private async Task SayFailedAsync(RetrainingRequest request, string problem, CancellationToken ct)
    {
        try
        {
            await plumbline.TellAsync(request.Callback, new { state = "failed", message = problem }, ct);
        }
        catch (HttpRequestException failure)
        {
            log.LogWarning("Nobody could be told of run {Run}: {Problem}", request.Id, failure.Message);
        }
    }
}
