using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Datasets;

/// <summary>/v1/models/{model}/datasets/{name}/versions/{number}/files: the rows.</summary>
internal static class DatasetFileEndpoints
{
    internal static void MapDatasetFiles(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/v1/models/{model}/datasets/{name}/versions/{number:int}/files/{file}", FileAsync)
            .RequireRole(ApiRole.Read)
            .WithTags("Data sets");

    private static async Task<IResult> FileAsync(
        string model,
        string name,
        int number,
        string file,
        bool? @private,
        HttpContext http,
        ModelCatalog models,
        DatasetStore datasets,
        DatasetFiles files,
        DatasetDownloads downloads,
        CancellationToken cancellation
    )
    {
        var (found, version, problem) = await DatasetEndpoints.ReadyAsync((model, name, number), models, datasets, cancellation);
        if (problem is not null)
            return problem;
        var split = Path.GetFileNameWithoutExtension(file);
        if (DatasetFormat.Find(Path.GetExtension(file).TrimStart('.')) is not { } format || !DatasetRecipe.Splits.Contains(split))
        {
            return Problems.NotFound(
                "unknown_file",
                $"There is no file '{Problems.Shorten(file)}': one of train, validation, test with .parquet, .csv or .jsonl."
            );
        }

        if (files.Find(found!.Id, version!.DatasetId, number, split) is not { } path)
            return Problems.NotFound("no_rows", $"No row of this version is in '{split}'.");
        var withPrivate = @private == true;
        if (withPrivate && await RefusePrivateAsync(http, found, $"{name}/{version.Number}/{file}") is { } refused)
            return refused;
        var columns = DatasetDownloads.Columns(found, version, withPrivate);
        var stream = await downloads.WriteAsync(path, columns, format, cancellation);
        return Results.File(stream, format.MediaType, FormattableString.Invariant($"{found.Name}-{name}-{number}-{file}"));
    }

    /// <summary>Why the caller may not take private columns; null where they may, which is recorded.</summary>
    internal static async Task<IResult?> RefusePrivateAsync(HttpContext http, ModelDefinition model, string subject)
    {
        try
        {
            await http
                .RequestServices.GetRequiredService<CommandRunner>()
                .RunAsync(
                    new RunningCommand(Actor.Of(http), ReviewCommands.ExportPrivate, model.Name, subject),
                    () => Task.FromResult(true)
                );
            return null;
        }
        catch (CommandRefusedException refused)
        {
            return Problems.Make(StatusCodes.Status403Forbidden, "Forbidden", "private_columns", refused.Message);
        }
    }
}
