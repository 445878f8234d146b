using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Backtests;

/// <summary>What a rule would have done in the past.</summary>
public static class BacktestsSetup
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddBacktests(this IServiceCollection services) =>
        services
            .AddSingleton<BacktestRun>()
            .AddSingleton<BacktestJobs>()
            .AddModelRemoval<BacktestJobs>((jobs, model, cancellation) => jobs.RemoveAsync(model, cancellation));
}
