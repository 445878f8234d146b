using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Windows;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// The schedule of judging: looks at the models that are on the agenda, and judges the windows that were completed since.
/// </summary>
public sealed class AlertPass(
    ModelCatalog models,
    RuleEvaluation evaluation,
    AlertAgenda agenda,
    RuleStore rules,
    WindowLedger ledger,
    AlertPassState state,
    EvaluationInstruments instruments,
    FailureLog failures,
    TimeProvider time,
    ILogger<AlertPass> log
) : BackgroundService
{
    /// <summary>
    /// While windows are computed one after the other, incidents are worked out anew this often for what the windows add; when that
    /// pauses, at once.
    /// </summary>
    private static readonly TimeSpan BetweenAssessments = TimeSpan.FromMinutes(1);

    private DateTimeOffset _assessed;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        ledger.Settled += agenda.Wake;
        rules.Changed += agenda.Wake;
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        ledger.Settled -= agenda.Wake;
        rules.Changed -= agenda.Wake;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await LeaveIdleAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var model in models.All.Where(model => agenda.IsDue(model, time.GetUtcNow())))
            {
                var changes = agenda.Changes(model.Id);
                using var look = instruments.Look.Start(model.Name);
                try
                {
                    agenda.Looked(model, changes, await evaluation.EvaluateAsync(model, stoppingToken));
                    state.Evaluated(model.Id, time.GetUtcNow());
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    look.Failed(error);
                    agenda.Failed(model, changes);
                    // One model's trouble does not keep the others from being judged; the windows are judged again at the next look.
                    state.Failed(model.Id, error.Message, time.GetUtcNow());
                    if (failures.IsDue("rules"))
                        log.RulesNotEvaluated(error, model.Name);
                }

                // Deleted while it was looked at: what forgot it was here before, perhaps.
                if (models.Find(model.Id) is null)
                {
                    agenda.Forget(model.Id);
                    state.Forget(model.Id);
                }
            }

            await SettleAsync(stoppingToken);
            await agenda.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SettleAsync(CancellationToken cancellation)
    {
        using var run = instruments.Settle.Start("incidents");
        try
        {
            var now = time.GetUtcNow();
            if (now - _assessed < BetweenAssessments && models.All.Any(model => agenda.IsWaiting(model.Id)))
            {
                await evaluation.SettleAsync(cancellation);
                return;
            }

            await evaluation.AssessAsync(cancellation);
            _assessed = now;
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            run.Failed(error);
            if (failures.IsDue("incidents"))
                log.IncidentsNotReported(error);
        }
    }

    // After a start every model would be looked at once. Those of which nothing was ever computed need no look until something is.
    private async Task LeaveIdleAsync(CancellationToken cancellation)
    {
        try
        {
            // What changes while this reads leads to a look all the same.
            var idle = models.All.Select(model => (Model: model, Changes: agenda.Changes(model.Id))).ToList();
            var known = await evaluation.WithHistoryAsync(cancellation);
            foreach (var (model, changes) in idle.Where(look => !known.Contains(look.Model.Id)))
                agenda.Looked(model, changes, DateTimeOffset.MaxValue);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            log.IdleUnread(error);
        }
    }
}
