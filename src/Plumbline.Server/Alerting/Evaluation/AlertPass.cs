using Plumbline.Server.Hosting;
using Plumbline.Server.Models;

namespace Plumbline.Server.Alerting.Evaluation;

/// <summary>The schedule of judging: looks at every model now and then, and judges the windows that were completed since.</summary>
public sealed class AlertPass(ModelCatalog models, AlertJudgement judgement, AlertPassState state, PlumblineOptions options, TimeProvider time, ILogger<AlertPass> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var model in models.All)
            {
                try
                {
                    await judgement.JudgeAsync(model, stoppingToken);
                    state.Judged(model.Id, time.GetUtcNow());
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    // One model's trouble does not keep the others from being judged; the windows are judged again at the next look.
                    state.Failed(model.Id, error.Message, time.GetUtcNow());
                    log.LogError(error, "The rules of {Model} were not judged; they are tried again.", model.Name);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(options.Alerting.IntervalMs), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
