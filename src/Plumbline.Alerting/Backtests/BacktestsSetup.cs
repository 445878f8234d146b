using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Alerting.Backtests;

/// <summary>What a rule would have done in the past.</summary>
public static class BacktestsSetup
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddBacktests(this IServiceCollection services) =>
        services
            .AddSingleton<BacktestRun>()
            .AddSingleton<BacktestJobs>()
            .AddDataOwner<BacktestJobs>(
                new DataDescription("backtests", "backtests that run or have run since the start", DataPlace.Memory),
                (jobs, model, cancellation) => jobs.RemoveAsync(model, cancellation)
            );
}
