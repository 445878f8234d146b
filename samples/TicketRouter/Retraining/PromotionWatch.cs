using System.Text.Json;
using TicketRouter.Reporting;
using TicketRouter.Serving;

namespace TicketRouter.Retraining;

/// <summary>Lets the release that answers beside the live one take its place once somebody has promoted it in Plumbline.</summary>
public sealed class PromotionWatch(RetrainingClient plumbline, DeployedRelease deployed, TimeProvider time, ILogger<PromotionWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (deployed.Beside is not { } release)
                continue;
            try
            {
                var stages = await plumbline.StagesAsync(PredictionEvents.QueueModel, stoppingToken);
                if (stages.GetValueOrDefault(release.Version) == "promoted")
                    deployed.TryDeploy(release.Version, 0, 0);
                else if (stages.GetValueOrDefault(release.Version) == "retired")
                    deployed.PutBeside(null);
            }
            catch (Exception failure)
                when (failure is HttpRequestException or JsonException or KeyNotFoundException or TaskCanceledException)
            {
                log.LogDebug(failure, "The stages of versions could not be read");
            }
        }
    }
}
