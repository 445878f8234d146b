using System.Globalization;
using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Datasets;

/// <summary>/v1/models/{model}/datasets: data sets, their versions and files.</summary>
public static class DatasetEndpoints
{
    private const int MaxBodyBytes = 512 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        var datasets = routes.MapGroup("/v1/models/{model}/datasets").WithTags("Data sets");
        datasets.MapGet("", ListAsync).RequireRole(ApiRole.Read);
        datasets.MapPut("{name}", PutAsync).Runs(ReviewCommands.DeclareDataset);
        datasets.MapDelete("{name}", DeleteAsync).Runs(ReviewCommands.DeleteDataset);
        datasets.MapPost("{name}/versions", BuildAsync).Runs(ReviewCommands.BuildDataset);
        datasets.MapGet("{name}/versions/{number:int}", VersionAsync).RequireRole(ApiRole.Read);
        datasets.MapGet("{name}/versions/{number:int}/difference", DifferenceAsync).RequireRole(ApiRole.Read);
        routes.MapDatasetFiles();
    }

    private static async Task<IResult> ListAsync(string model, ModelCatalog models, DatasetStore datasets, CancellationToken cancellation)
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var views = new List<object>();
        foreach (var stored in await datasets.ReadAsync(found, cancellation))
            views.Add(View(stored, await datasets.VersionsAsync(stored, cancellation)));
        return Results.Json(new { datasets = views }, DatasetRecipe.Json);
    }

    private static async Task<IResult> PutAsync(
        string model,
        string name,
        HttpContext http,
        ModelCatalog models,
        DatasetStore datasets,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (recipe, problem) = await DefaultedBody.ReadAsync<DatasetRecipe>(
            http.Request,
            "recipe",
            MaxBodyBytes,
            DatasetRecipe.Json,
            cancellation
        );
        if (problem is not null)
            return problem;
        if (DatasetCheck.Check(name, recipe, found) is { Count: > 0 } errors)
            return Problems.Invalid("recipe_invalid", "The recipe cannot be used; see errors.", errors);
        if (!await datasets.PutAsync(found, name, recipe, Actor.Of(http).Name, cancellation))
            return Problems.Conflict("too_many_datasets", $"A model has at most {DatasetStore.MaxDatasets} data sets; delete one first.");
        var stored = (await datasets.FindAsync(found, name, cancellation))!;
        return Results.Json(View(stored, await datasets.VersionsAsync(stored, cancellation)), DatasetRecipe.Json);
    }

    private static async Task<IResult> DeleteAsync(
        string model,
        string name,
        ModelCatalog models,
        DatasetStore datasets,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await datasets.DeleteAsync(found, name, cancellation) ? TypedResults.NoContent() : Unknown(name);
    }

    private static async Task<IResult> BuildAsync(
        string model,
        string name,
        HttpContext http,
        ModelCatalog models,
        DatasetBuilding building,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        try
        {
            var (dataset, begun) = await building.BeginAsync(found, name, Actor.Of(http).Name, cancellation);
            http.Response.Headers.Location = string.Create(
                CultureInfo.InvariantCulture,
                $"/v1/models/{found.Name}/datasets/{name}/versions/{begun.Number}"
            );
            // It goes on when whoever asked has gone: the version says what became of it.
            var work = building.FinishAsync(found, dataset, begun, lifetime.ApplicationStopping);
            await Task.WhenAny(work, Task.Delay(Patience, time, cancellation));
            return work.IsCompleted
                ? Results.Json(View(await work), DatasetRecipe.Json, statusCode: StatusCodes.Status201Created)
                : Results.Json(View(begun), DatasetRecipe.Json, statusCode: StatusCodes.Status202Accepted);
        }
        catch (DatasetException error)
        {
            return error.Code == "unknown_dataset" ? Unknown(name) : Problems.Conflict(error.Code, error.Message);
        }
    }

    private static async Task<IResult> VersionAsync(
        string model,
        string name,
        int number,
        ModelCatalog models,
        DatasetStore datasets,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (await datasets.FindAsync(found, name, cancellation) is not { } stored)
            return Unknown(name);
        return await datasets.FindVersionAsync(stored, number, cancellation) is { } version
            ? Results.Json(View(version), DatasetRecipe.Json)
            : UnknownVersion(name, number);
    }

    private static async Task<IResult> DifferenceAsync(
        string model,
        string name,
        int number,
        int with,
        ModelCatalog models,
        DatasetStore datasets,
        DatasetComparison comparison,
        CancellationToken cancellation
    )
    {
        var (found, version, problem) = await ReadyAsync((model, name, number), models, datasets, cancellation);
        if (problem is not null)
            return problem;
        var (_, other, missing) = await ReadyAsync((model, name, with), models, datasets, cancellation);
        return missing ?? Results.Json(await comparison.CompareAsync(found!, version!, other!, cancellation), DatasetRecipe.Json);
    }

    /// <summary>The version that an address names, or why it cannot be given.</summary>
    internal static async Task<(ModelDefinition? Model, DatasetVersion? Version, IResult? Problem)> ReadyAsync(
        (string Model, string Name, int Number) address,
        ModelCatalog models,
        DatasetStore datasets,
        CancellationToken cancellation
    )
    {
        if (models.Find(address.Model) is not { } found)
            return (null, null, Problems.UnknownModel(address.Model));
        if (await datasets.FindAsync(found, address.Name, cancellation) is not { } stored)
            return (found, null, Unknown(address.Name));
        return await datasets.FindVersionAsync(stored, address.Number, cancellation) switch
        {
            null => (found, null, UnknownVersion(address.Name, address.Number)),
            { State: DatasetState.Ready } version => (found, version, null),
            var version => (
                found,
                version,
                Problems.Conflict(
                    "version_not_ready",
                    version.State == DatasetState.Building
                        ? "The version is being made."
                        : $"The version could not be made: {version.Reason}"
                )
            ),
        };
    }

    private static object View(StoredDataset stored, IReadOnlyList<DatasetVersion> versions) =>
        new
        {
            stored.Name,
            stored.Recipe,
            stored.UpdatedAt,
            stored.UpdatedBy,
            versions = versions.Select(version => new
            {
                version.Number,
                version.State,
                reason = version.Reason.Length > 0 ? version.Reason : null,
                version.ContentHash,
                version.Rows,
                version.Labelled,
                version.CreatedAt,
                version.CreatedBy,
            }),
        };

    private static object View(DatasetVersion version) =>
        new
        {
            dataset = version.Name,
            version.Number,
            version.State,
            reason = version.Reason.Length > 0 ? version.Reason : null,
            version.ContentHash,
            version.Rows,
            version.Labelled,
            version.CreatedAt,
            version.CreatedBy,
            version.Recipe,
            version.Card,
        };

    private static IResult Unknown(string name) =>
        Problems.NotFound("unknown_dataset", $"The model has no data set '{Problems.Shorten(name)}'.");

    private static IResult UnknownVersion(string name, int number) =>
        Problems.NotFound(
            "unknown_version",
            string.Create(CultureInfo.InvariantCulture, $"The data set '{Problems.Shorten(name)}' has no version {number}.")
        );
}
