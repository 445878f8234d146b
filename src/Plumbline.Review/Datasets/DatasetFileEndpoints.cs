using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Exchange;

namespace Plumbline.Review.Datasets;

/// <summary>Where a version is to be written.</summary>
/// <param name="To">Name of a declared place.</param>
/// <param name="Private">True for private columns too, which needs the role admin.</param>
internal sealed record DatasetExport(string? To, bool Private = false);

/// <summary>/v1/models/{model}/datasets/{name}/versions/{number}/files and /export: the rows.</summary>
internal static class DatasetFileEndpoints
{
    private const int MaxBodyBytes = 4 * 1024;
    private const string ArgillaEnding = "argilla.json";
    private const string LabelStudioEnding = "label_studio.json";

    internal static void MapDatasetFiles(this IEndpointRouteBuilder routes)
    {
        var version = routes.MapGroup("/v1/models/{model}/datasets/{name}/versions/{number:int}").WithTags("Data sets");
        version.MapGet("files/{file}", FileAsync).RequireRole(ApiRole.Read);
        version.MapPost("export", ExportAsync).Runs(ReviewCommands.ExportDataset);
    }

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
        DatasetExchange exchange,
        CancellationToken cancellation
    )
    {
        var (found, version, problem) = await DatasetEndpoints.ReadyAsync((model, name, number), models, datasets, cancellation);
        if (problem is not null)
            return problem;
        var withPrivate = @private == true;
        if (withPrivate && await RefusePrivateAsync(http, found!, $"{name}/{number}/{file}") is { } refused)
            return refused;
        var columns = DatasetDownloads.Columns(found!, version!, withPrivate);
        var shown = FormattableString.Invariant($"{found!.Name}-{name}-{number}-{file}");
        if (file == "huggingface.zip")
            return Results.File(await exchange.HuggingFaceAsync(found, version!, columns, cancellation), "application/zip", shown);
        if (file == "label_studio.xml")
        {
            var features = columns.Where(column => column.Feature is not null && column.Name != "entity_id");
            return Results.Text(LabelStudio.Configuration(found, features.Select(column => column.Feature!)), "application/xml");
        }

        var (split, ending) = (file.Split('.', 2)[0], file.Split('.', 2)[^1]);
        if (!DatasetRecipe.Splits.Contains(split) || !IsFormat(ending))
        {
            return Problems.NotFound(
                "unknown_file",
                $"There is no file '{Problems.Shorten(file)}': train, validation or test with .parquet, .csv, .jsonl, .label_studio.json "
                    + "or .argilla.json; huggingface.zip; label_studio.xml."
            );
        }

        if (files.Find(found.Id, version!.DatasetId, number, split) is not { } path)
            return Problems.NotFound("no_rows", $"No row of this version is in '{split}'.");
        return DatasetFormat.Find(ending) is { } format
            ? Results.File(await downloads.WriteAsync(path, columns, format, cancellation), format.MediaType, shown)
            : Results.File(
                await exchange.AnnotationsAsync(found, path, columns, ending == ArgillaEnding, cancellation),
                "application/json",
                shown
            );
    }

    private static bool IsFormat(string ending) => ending is ArgillaEnding or LabelStudioEnding || DatasetFormat.Find(ending) is not null;

    private static async Task<IResult> ExportAsync(
        string model,
        string name,
        int number,
        HttpContext http,
        ModelCatalog models,
        DatasetStore datasets,
        DatasetDelivery delivery,
        CancellationToken cancellation
    )
    {
        var (found, version, problem) = await DatasetEndpoints.ReadyAsync((model, name, number), models, datasets, cancellation);
        if (problem is not null)
            return problem;
        if (await ReadAsync(http, cancellation) is not { To: not null } export)
            return Problems.BadRequest("export_invalid", "The body is the name of a declared place, as {\"to\": \"archive\"}.");
        if (export.Private && await RefusePrivateAsync(http, found!, $"{name}/{number}/{export.To}") is { } refused)
            return refused;
        try
        {
            var place = await delivery.WriteAsync(found!, version!, export.To, export.Private, cancellation);
            return TypedResults.Ok(new { to = export.To, place });
        }
        catch (DatasetException error)
        {
            return Problems.BadRequest(error.Code, error.Message);
        }
    }

    private static async Task<DatasetExport?> ReadAsync(HttpContext http, CancellationToken cancellation)
    {
        try
        {
            return await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation) is { IsEmpty: false } body
                ? JsonSerializer.Deserialize<DatasetExport>(body.Span, DatasetRecipe.Json)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
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
