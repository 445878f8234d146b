using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>Drift with a p-value that knows how the model's windows usually differ.</summary>
public static class CalibratedSetup
{
    public static IServiceCollection AddCalibratedDrift(this IServiceCollection services)
    {
        services.AddSingleton<CalibratedNulls>().AddSingleton<IEventCalculator, CalibratedDriftCalculator>();
        services.AddSingleton(provider => new ModelRemovalStep((model, _) =>
        {
            provider.GetRequiredService<CalibratedNulls>().Remove(model.Id);
            return Task.CompletedTask;
        }));
        return services;
    }
}
