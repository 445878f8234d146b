using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>Drift with a p-value that knows how the model's windows usually differ.</summary>
public static class CalibratedSetup
{
    public static IServiceCollection AddCalibratedDrift(this IServiceCollection services)
    {
        services.AddSingleton<CalibratedNulls>().AddSingleton<IEventCalculator, CalibratedDriftCalculator>();
        services.AddMemoryOwner<CalibratedNulls>("drift_nulls", "how windows usually differ", (nulls, model) => nulls.Remove(model.Id));
        return services;
    }
}
