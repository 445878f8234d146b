using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Windows;
using Plumbline.Review.Answers;
using Plumbline.Review.Retraining.Runs;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>Looks at every trigger when windows of its model were computed, when people answered, and once a minute.</summary>
public sealed class TriggerSchedule(
    TriggerStore triggers,
    TriggerEvaluation evaluation,
    RunStore runs,
    ModelCatalog models,
    WindowLedger ledger,
    AnswerRecording answers,
    TimeProvider time,
    ILogger<TriggerSchedule> log
) : WokenLoop(time, ShortestSleep, LongestSleep)
{
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        triggers.Changed += Wake;
        answers.Resolved += Wake;
        ledger.Settled += WakeFor;
        await base.ExecuteAsync(stoppingToken);
        ledger.Settled -= WakeFor;
        answers.Resolved -= Wake;
        triggers.Changed -= Wake;
    }

    /// <inheritdoc/>
    protected override void Failed(Exception error) => log.LookFailed(error);

    /// <inheritdoc/>
    protected override async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        foreach (var stored in await triggers.ReadAsync(null, cancellation))
        {
            if (!stored.Trigger.Enabled || models.Find(stored.ModelId) is not { } model)
                continue;
            try
            {
                if ((await evaluation.OfAsync(model, stored, cancellation)).Wish is { } wish)
                    await runs.AddAsync(model, wish, cancellation);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.TriggerFailed(error, stored.Trigger.Name, model.Name);
            }
        }

        return LongestSleep;
    }

    private void WakeFor(int modelId) => Wake();
}

/// <summary>What <see cref="TriggerSchedule"/> logs.</summary>
internal static partial class TriggerScheduleLog
{
    [LoggerMessage(8120, LogLevel.Error, "Looking at retraining triggers failed; it is tried again in a minute")]
    internal static partial void LookFailed(this ILogger logger, Exception error);

    [LoggerMessage(8121, LogLevel.Error, "The retraining trigger {Trigger} of model {Model} could not be looked at; it is tried again")]
    internal static partial void TriggerFailed(this ILogger logger, Exception error, string trigger, string model);
}
