using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Estimation;

/// <summary>Estimated performance: the estimators and the calculator that uses them.</summary>
public static class EstimationSetup
{
    public static IServiceCollection AddEstimation(this IServiceCollection services)
    {
        services.AddSingleton<EstimatorFitting>().AddSingleton<EstimatorCatalog>().AddSingleton<ShiftAdaptation>();
        services.AddSingleton(provider => new ModelRemovalStep((model, _) =>
        {
            provider.GetRequiredService<EstimatorCatalog>().Remove(model);
            return Task.CompletedTask;
        }));
        services.AddSingleton<IEventCalculator, EstimationCalculator>();
        return services;
    }
}
