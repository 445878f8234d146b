using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Segments.ColdSpots;

/// <summary>The daily search runs unless it is switched off.</summary>
public sealed class ColdSpotScheduleTests(TestHost host)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_waits_for_its_time_or_ends_at_once_when_it_is_switched_off(bool daily)
    {
        using var schedule = new ColdSpotSchedule(
            host.Get<ColdSpotJobs>(),
            host.Get<ModelCatalog>(),
            host.Get<BaselineCatalog>(),
            host.Get<IDbContextFactory<StateDbContext>>(),
            new ColdSpotOptions { Daily = daily },
            TimeProvider.System,
            NullLogger<ColdSpotSchedule>.Instance
        );
        await schedule.StartAsync(TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(!daily, schedule.ExecuteTask!.IsCompletedSuccessfully);
        await schedule.StopAsync(TestContext.Current.CancellationToken);
    }
}
