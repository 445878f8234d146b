using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Normals;

/// <summary>What the reference says is normal, for rules to compare with.</summary>
public static class NormalsSetup
{
    public static IServiceCollection AddReferenceNormals(this IServiceCollection services)
    {
        services.AddSingleton<ReferenceNormals>();
        services.AddMemoryOwner<ReferenceNormals>(
            "reference_normals",
            "what the reference says is normal",
            (normals, model) => normals.Remove(model)
        );
        return services;
    }
}
