using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>Types of features: inferred alike at every door, looked at again while little is known, corrected by people.</summary>
public static class FeatureTypesSetup
{
    public static IServiceCollection AddFeatureTypes(this IServiceCollection services) =>
        services
            .AddSingleton<FeatureRetyping>()
            .AddSingleton<IFeatureRetyping>(provider => provider.GetRequiredService<FeatureRetyping>())
            .AddSingleton<FormerStorage>()
            .AddHostedService(provider => provider.GetRequiredService<FormerStorage>())
            .AddHostedService<RetypingStart>();

    // What a crash interrupted goes on in the background: until it is done its values read as converted already.
    private sealed class RetypingStart(FeatureRetyping retyping, ILogger<RetypingStart> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await retyping.ResumeAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.ChangeUnfinished(error);
            }
        }
    }
}
