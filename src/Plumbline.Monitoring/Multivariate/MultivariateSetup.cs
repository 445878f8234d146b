using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>Drift of all features together.</summary>
public static class MultivariateSetup
{
    public static IServiceCollection AddMultivariateDrift(this IServiceCollection services)
    {
        services.AddSingleton<ReferenceShapes>();
        services.AddModelRemoval<ReferenceShapes>((shapes, model) => shapes.Remove(model));
        services.AddSingleton<IEventCalculator, MultivariateCalculator>();
        return services;
    }
}
