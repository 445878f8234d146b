using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Ownership;

/// <summary>What is kept of models, and its deletion with them.</summary>
public static class OwnershipSetup
{
    public static IServiceCollection AddOwnership(this IServiceCollection services) =>
        services.AddSingleton<ModelRemoval>().AddHostedService(provider => provider.GetRequiredService<ModelRemoval>());

    public static void MapOwnership(this IEndpointRouteBuilder routes) =>
        routes.MapDelete("/v1/models/{model}", DeleteAsync).Runs(ModelCommands.Delete).WithTags("Models");

    private static async Task<IResult> DeleteAsync(string model, ModelRemoval removal, CancellationToken cancellation) =>
        await removal.RemoveAsync(model, cancellation) ? TypedResults.NoContent() : Problems.UnknownModel(model);
}
