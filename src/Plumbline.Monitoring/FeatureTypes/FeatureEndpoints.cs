using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>/v1/models/{model}/features/{feature}: corrections of what was inferred.</summary>
public static class FeatureEndpoints
{
    private const int MaxBodyBytes = 16 * 1024;

    public static void MapFeatures(this IEndpointRouteBuilder routes)
    {
        var features = routes.MapGroup("/v1/models/{model}/features").WithTags("Models");
        features.MapPatch("{feature}", PatchAsync).Runs(FeatureCommands.Retype);
        features.MapDelete("{feature}", DeleteAsync).Runs(FeatureCommands.Drop);
    }

    private static async Task<IResult> PatchAsync(
        string model,
        string feature,
        HttpRequest request,
        ModelCatalog catalog,
        FeatureRetyping retyping,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (found.FindFeature(NameOf(feature)) is not { } known)
            return UnknownFeature(found, feature);
        var (body, problem) = await ModelBody.ReadAsync<FeatureSpecification>(
            request,
            MaxBodyBytes,
            $"A change of a feature has at most {MaxBodyBytes / 1024} KiB.",
            cancellation
        );
        if (problem is not null)
            return problem;
        if (body == new FeatureSpecification())
        {
            return Problems.BadRequest(
                "feature_invalid",
                "Say what to change: {\"type\":\"numeric\"}, {\"unit\":\"EUR\"}, {\"private\":true} or several of them."
            );
        }

        var type = ModelSpecificationReader.TypeOf(body!);
        if (body!.Type is not null && type is null)
            return Problems.BadRequest("feature_invalid", "'type' is \"numeric\", \"categorical\", \"boolean\" or \"text\".");
        if (type is { } wanted && wanted != known.Type && InUse(found, known.Name, wanted) is { } use)
            return Problems.Conflict("feature_in_use", use);
        try
        {
            if (type is { } changed)
                await retyping.RetypeAsync(found.Id, known.Name, changed, provisional: false, cancellation);
        }
        catch (FeatureChangeException error)
        {
            return Problems.Conflict("too_many_feature_changes", error.Message);
        }

        await catalog.ChangeFeatureAsync(found.Id, known.Name, now => Changed(now, body, type), cancellation);
        return Results.Json(ModelView.Of(catalog.Find(found.Id)!, catalog), ModelSpecification.Json);
    }

    // What the body leaves out stays.
    private static FeatureDefinition Changed(FeatureDefinition now, FeatureSpecification body, FeatureType? type) =>
        now with
        {
            Unit = body.Unit ?? now.Unit,
            Private = body.Private ?? now.Private,
            Declared = now.Declared || type is not null,
            Provisional = now.Provisional && type is null,
        };

    private static async Task<IResult> DeleteAsync(
        string model,
        string feature,
        ModelCatalog catalog,
        FeatureRetyping retyping,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var name = NameOf(feature);
        if (InUse(found, name, type: null) is { } use)
            return Problems.Conflict("feature_in_use", use);
        return await retyping.DropAsync(found.Id, name, cancellation) ? TypedResults.NoContent() : UnknownFeature(found, feature);
    }

    // What stands on the feature as it is; null when nothing does.
    private static string? InUse(ModelDefinition model, string name, FeatureType? type)
    {
        var shown = Problems.Shorten(name);
        if (model.Segments.Contains(name) && type is not (FeatureType.Categorical or FeatureType.Boolean))
        {
            return $"'{shown}' is a segment of the model, and a segment is a categorical or boolean feature. "
                + "Declare the model without it first.";
        }
        if (model.Slices.FirstOrDefault(slice => slice.Where.Any(condition => condition.Feature == name)) is { } slice)
        {
            return $"'{shown}' is a condition of the watched slice '{Problems.Shorten(slice.Name)}'. "
                + "Declare the model without that slice first.";
        }
        return model.Cost?.ValueFeature == name && type != FeatureType.Numeric
            ? $"Costs are multiplied by '{shown}' (cost.value_feature), which must be numeric. Declare the model without it first."
            : null;
    }

    private static IResult UnknownFeature(ModelDefinition model, string feature) =>
        Problems.NotFound(
            "unknown_feature",
            $"The model '{Problems.Shorten(model.Name)}' has no feature '{Problems.Shorten(NameOf(feature))}'; "
                + $"GET /v1/models/{{model}} lists them."
        );

    // The one escape that a path keeps when it is taken apart.
    private static string NameOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
