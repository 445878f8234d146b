using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Events;
using Plumbline.Events.Building;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Answers;

/// <summary>
/// Gives what tasks came to on as ground truth, through the door that all ground truth comes by. First it is durable there, then it is
/// noted here: after a crash in between it comes a second time with the same time and value, which the door knows.
/// </summary>
public sealed class AnswerDelivery(
    EventIntake intake,
    EventLimits limits,
    AnswerRecording recording,
    ModelCatalog models,
    IDbContextFactory<StateDbContext> state,
    ReviewOptions options,
    TimeProvider time,
    ILogger<AnswerDelivery> log
) : WokenLoop(time, ShortestSleep, LongestSleep)
{
    private const int AtOnce = 1_000;
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        recording.Resolved += Wake;
        await base.ExecuteAsync(stoppingToken);
        recording.Resolved -= Wake;
    }

    /// <inheritdoc/>
    protected override void Failed(Exception error) => log.DeliveryFailed(error);

    /// <inheritdoc/>
    protected override async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        var due = (Time.GetUtcNow() - options.Undo).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var waiting = await db
            .ReviewTasks.AsNoTracking()
            .Where(task => task.State == (int)TaskState.Done && task.DeliveredAtMs == null)
            .OrderBy(task => task.ResolvedAtMs)
            .Take(AtOnce)
            .ToListAsync(cancellation);
        foreach (var group in waiting.Where(task => task.ResolvedAtMs <= due).GroupBy(task => task.ModelId))
        {
            if (models.All.FirstOrDefault(model => model.Id == group.Key) is { } model)
                await DeliverAsync(db, model, [.. group], cancellation);
        }

        var next = waiting.FirstOrDefault(task => task.ResolvedAtMs > due)?.ResolvedAtMs;
        if (next is { } ms)
            return TimeSpan.FromMilliseconds(Math.Max(1, ms - due));
        return waiting.Count == AtOnce ? TimeSpan.Zero : LongestSleep;
    }

    private async Task DeliverAsync(StateDbContext db, ModelDefinition model, List<ReviewTaskRow> tasks, CancellationToken cancellation)
    {
        // A task that measures annotators has its ground truth already.
        var truths = tasks.Where(task => task.Gold is null).ToList();
        if (truths.Count > 0)
        {
            using var builder = new EventBatchBuilder(EventKind.GroundTruth, limits);
            builder.Begin(DecodeContexts.Of(model, Time.GetUtcNow()));
            foreach (var task in truths)
                builder.Add(TruthOf(model, task));
            var result = await intake.AppendAsync(model, builder.Batch, Patience, cancellation);
            if (result.Outcome != AppendOutcome.Durable)
                throw new InvalidOperationException($"The spool has no room for ground truth of {model.Name} ({result.Outcome}).");
        }

        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var task in tasks)
        {
            // Unless it was taken back meanwhile: then the next answer has a later time and supersedes this one.
            await db
                .ReviewTasks.Where(row => row.Id == task.Id && row.ResolvedAtMs == task.ResolvedAtMs)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.DeliveredAtMs, now), cancellation);
        }
    }

    private static GroundTruthEvent TruthOf(ModelDefinition model, ReviewTaskRow task) =>
        new()
        {
            PredictionId = task.PredictionId,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(task.ResolvedAtMs ?? 0),
            Class = model.Task == ModelTask.Regression ? null : task.Resolved,
            Number =
                model.Task == ModelTask.Regression ? double.Parse(task.Resolved!, NumberStyles.Float, CultureInfo.InvariantCulture) : null,
            Source = ReviewSource.Name,
        };
}

/// <summary>What <see cref="AnswerDelivery"/> logs.</summary>
internal static partial class AnswerDeliveryLog
{
    [LoggerMessage(8003, LogLevel.Error, "Answers of reviews could not be given on as ground truth; it is tried again in a minute")]
    internal static partial void DeliveryFailed(this ILogger logger, Exception error);
}
