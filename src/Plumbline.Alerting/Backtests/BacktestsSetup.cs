namespace Plumbline.Alerting.Backtests;

/// <summary>What a rule would have done in the past.</summary>
public static class BacktestsSetup
{
    public static IServiceCollection AddBacktests(this IServiceCollection services) => services.AddSingleton<BacktestRun>().AddSingleton<BacktestJobs>();
}
