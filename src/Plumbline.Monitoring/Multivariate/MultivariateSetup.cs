using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>Drift of all features together.</summary>
public static class MultivariateSetup
{
    public static IServiceCollection AddMultivariateDrift(this IServiceCollection services)
    {
        services.AddSingleton<ReferenceShapes>();
        services.AddMemoryOwner<ReferenceShapes>(
            "reference_shapes",
            "the reference as all features together see it",
            (shapes, model) => shapes.Remove(model)
        );
        services.AddSingleton<IEventCalculator, MultivariateCalculator>();
        return services;
    }
}
