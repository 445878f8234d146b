using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Health;

/// <summary>Health of models: <c>GET /v1/models/{model}/health</c> and <c>GET /v1/fleet</c>.</summary>
public static class HealthSetup
{
    public static IServiceCollection AddHealth(this IServiceCollection services) =>
        services
            .AddSingleton<HealthFactsReader>()
            .AddSingleton<RuleFindingsReader>()
            .AddSingleton<FleetReader>()
            .AddSingleton<ModelOverviewReader>();

    public static void MapModelHealth(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/v1/models/{model}/health",
                async Task<IResult> (
                    string model,
                    ModelCatalog models,
                    HealthFactsReader facts,
                    RuleFindingsReader findings,
                    CancellationToken cancellation
                ) =>
                    models.Find(model) is { } found
                        ? TypedResults.Ok(
                            View(
                                found,
                                LayerStates.Of(
                                    (await facts.ReadAsync(found, cancellation)).GetValueOrDefault(found.Id),
                                    (await findings.ReadAsync(found, cancellation)).GetValueOrDefault(found.Id)
                                )
                            )
                        )
                        : Problems.UnknownModel(model)
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Health");
        routes
            .MapGet(
                "/v1/fleet",
                async (FleetReader fleet, CancellationToken cancellation) =>
                    TypedResults.Ok(new { Models = (await fleet.ReadAsync(cancellation)).Select(row => View(row.Model, row.Layers)) })
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Health");
    }

    private static HealthView View(ModelDefinition model, IReadOnlyList<LayerHealth> layers) =>
        new(
            model.Name,
            [
                .. layers.Select(layer => new LayerHealthView(
                    layer.Layer.ToString().ToLowerInvariant(),
                    layer.State switch
                    {
                        HealthState.Unknown => "cannot_judge",
                        var state => state.ToString().ToLowerInvariant(),
                    },
                    layer.Reason,
                    layer.Feature,
                    layer.IncidentId
                )),
            ]
        );
}

/// <summary>A model's health on the wire.</summary>
public sealed record HealthView(string Model, IReadOnlyList<LayerHealthView> Layers);

/// <summary>One layer: ok, watch, bad or cannot_judge, with the reason in words.</summary>
/// <param name="Layer">system, inputs, outputs or outcomes.</param>
/// <param name="State">ok, watch, bad or cannot_judge.</param>
/// <param name="Reason">What fires, else the main number, else why it cannot be judged.</param>
/// <param name="Feature">The feature that the reason begins with.</param>
/// <param name="Incident">Number of the worst open incident behind the state; null when there is none.</param>
public sealed record LayerHealthView(string Layer, string State, string Reason, string? Feature, long? Incident);
