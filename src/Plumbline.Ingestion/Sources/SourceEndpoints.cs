using System.Text.Json;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources;

/// <summary>/v1/models/{model}/sources.</summary>
internal static class SourceEndpoints
{
    private const int MaxBodyBytes = 64 * 1024;

    public static void MapSourceEndpoints(this IEndpointRouteBuilder routes)
    {
        var sources = routes.MapGroup("/v1/models/{model}/sources").WithTags("Sources");
        sources
            .MapGet(
                "",
                async (string model, ModelCatalog models, SourceReader reader, CancellationToken cancellation) =>
                    models.Find(model) is { } found
                        ? Results.Json(new { sources = await reader.ReadAsync(found.Id, cancellation) }, SourceView.Json)
                        : Problems.UnknownModel(model)
            )
            .RequireRole(ApiRole.Read);
        sources
            .MapGet(
                "{source}",
                (string model, string source, ModelCatalog models, SourceReader reader, CancellationToken cancellation) =>
                    AnswerAsync(
                        model,
                        source,
                        StatusCodes.Status200OK,
                        static (_, _) => Task.FromResult(true),
                        models,
                        reader,
                        cancellation
                    )
            )
            .RequireRole(ApiRole.Read);
        sources.MapPut("{source}", PutAsync).Runs(SourceCommands.Declare);
        sources.MapDelete("{source}", DeleteAsync).Runs(SourceCommands.Delete);
        sources
            .MapPost(
                "{source}/pull",
                (
                    string model,
                    string source,
                    ModelCatalog models,
                    SourceCatalog catalog,
                    SourceReader reader,
                    CancellationToken cancellation
                ) =>
                    AnswerAsync(
                        model,
                        source,
                        StatusCodes.Status202Accepted,
                        (id, token) => catalog.HurryAsync(id, source, token),
                        models,
                        reader,
                        cancellation
                    )
            )
            .Runs(SourceCommands.Pull);
        sources
            .MapPost(
                "{source}/enable",
                (
                    string model,
                    string source,
                    ModelCatalog models,
                    SourceCatalog catalog,
                    SourceReader reader,
                    CancellationToken cancellation
                ) =>
                    AnswerAsync(
                        model,
                        source,
                        StatusCodes.Status200OK,
                        (id, token) => catalog.SwitchAsync(id, source, true, token),
                        models,
                        reader,
                        cancellation
                    )
            )
            .Runs(SourceCommands.Enable);
        sources
            .MapPost(
                "{source}/disable",
                (
                    string model,
                    string source,
                    ModelCatalog models,
                    SourceCatalog catalog,
                    SourceReader reader,
                    CancellationToken cancellation
                ) =>
                    AnswerAsync(
                        model,
                        source,
                        StatusCodes.Status200OK,
                        (id, token) => catalog.SwitchAsync(id, source, false, token),
                        models,
                        reader,
                        cancellation
                    )
            )
            .Runs(SourceCommands.Disable);
    }

    private static async Task<IResult> PutAsync(
        string model,
        string source,
        HttpContext http,
        ModelCatalog models,
        SourceCatalog catalog,
        SourceReader reader,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation) is not { } body)
        {
            return Problems.Make(
                StatusCodes.Status413PayloadTooLarge,
                "The body is too large",
                "body_too_large",
                $"At most {MaxBodyBytes / 1024} KiB."
            );
        }

        SourceSpecification? specification;
        try
        {
            specification = JsonSerializer.Deserialize<SourceSpecification>(body.Span, SourceSpecification.Json);
        }
        catch (JsonException error)
        {
            return Problems.BadRequest("source_invalid", $"The body is not a source: {Problems.Shorten(error.Message, 300)}");
        }

        if (specification is null)
            return Problems.BadRequest("source_invalid", "A JSON object is needed.");
        var (created, errors) = await catalog.PutAsync(found, source, specification, Actor.Of(http).Name, cancellation);
        if (errors.Count > 0)
            return Problems.Invalid("source_invalid", "The source was not changed; see errors.", errors);
        return Results.Json(
            await reader.FindAsync(found.Id, source, cancellation),
            SourceView.Json,
            statusCode: created ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );
    }

    private static async Task<IResult> DeleteAsync(
        string model,
        string source,
        ModelCatalog models,
        SourceCatalog catalog,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await catalog.RemoveAsync(found.Id, source, cancellation) ? TypedResults.NoContent() : Unknown(source);
    }

    private static async Task<IResult> AnswerAsync(
        string model,
        string source,
        int status,
        Func<int, CancellationToken, Task<bool>> act,
        ModelCatalog models,
        SourceReader reader,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await act(found.Id, cancellation) && await reader.FindAsync(found.Id, source, cancellation) is { } view
            ? Results.Json(view, SourceView.Json, statusCode: status)
            : Unknown(source);
    }

    private static IResult Unknown(string source) =>
        Problems.NotFound("unknown_source", $"The model has no source '{Problems.Shorten(source)}'. Declare it with PUT.");
}
