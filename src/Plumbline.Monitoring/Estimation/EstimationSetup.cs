using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Estimation;

/// <summary>Estimated performance: the estimators and the calculator that uses them.</summary>
public static class EstimationSetup
{
    public static IServiceCollection AddEstimation(this IServiceCollection services)
    {
        services.AddSingleton<EstimatorFitting>().AddSingleton<EstimatorCatalog>().AddSingleton<ShiftAdaptation>();
        services.AddMemoryOwner<EstimatorCatalog>(
            "estimators",
            "estimators fitted on the reference",
            (estimators, model) => estimators.Remove(model)
        );
        services.AddSingleton<IEventCalculator, EstimationCalculator>();
        return services;
    }
}
