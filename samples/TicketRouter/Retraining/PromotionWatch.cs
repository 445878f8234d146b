using System.Text.Json;
using TicketRouter.Releases;
using TicketRouter.Reporting;
using TicketRouter.Serving;

namespace TicketRouter.Retraining;

/// <summary>
/// Lets the release that answers beside the live one take its place once somebody has promoted it in Plumbline. After a restart it puts
/// releases that were trained before where Plumbline says that they stand.
/// </summary>
public sealed class PromotionWatch(
    RetrainingClient plumbline,
    ReleaseCatalog releases,
    DeployedRelease deployed,
    TimeProvider time,
    ILogger<PromotionWatch> log
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        var former = releases.Retrained;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (former.Count == 0 && deployed.Beside is null)
                continue;
            try
            {
                var stages = await plumbline.StagesAsync(PredictionEvents.QueueModel, stoppingToken);
                PutBack(former, stages);
                former = [];
                if (deployed.Beside is not { } release)
                    continue;
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

    // Once: what somebody deploys by hand afterwards stays.
    private void PutBack(IReadOnlyList<Release> former, IReadOnlyDictionary<string, string> stages)
    {
        foreach (var release in former)
        {
            var stage = stages.GetValueOrDefault(release.Version);
            if (stage == "promoted")
                deployed.TryDeploy(release.Version, 0, 0);
            else if (stage == "shadow")
                deployed.PutBeside(release);
        }
    }
}
