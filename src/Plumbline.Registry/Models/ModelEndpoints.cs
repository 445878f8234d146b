using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>/v1/models and versions.</summary>
public static class ModelEndpoints
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/v1/models").WithTags("Models");
        models
            .MapGet(
                "",
                (ModelCatalog catalog) => TypedResults.Ok(new { models = catalog.All.Select(model => ModelView.Of(model, catalog)) })
            )
            .RequireRole(ApiRole.Read);
        models
            .MapGet(
                "{model}",
                (string model, ModelCatalog catalog) =>
                    catalog.Find(model) is { } found
                        ? Results.Json(ModelView.Of(found, catalog), ModelSpecification.Json)
                        : Problems.UnknownModel(model)
            )
            .RequireRole(ApiRole.Read);
        models.MapPut("{model}", PutAsync).Runs(ModelCommands.Declare);
        models.MapPut("{model}/versions/{version}", PutVersionAsync).Runs(ModelCommands.DeclareVersion);
        models.MapGet("{model}/versions", GetVersionsAsync).RequireRole(ApiRole.Read);
    }

    private static async Task<IResult> PutAsync(
        string model,
        HttpRequest request,
        ModelCatalog catalog,
        IFeatureRetyping retyping,
        IEnumerable<ModelRedefinitionStep> renewals,
        CancellationToken cancellation
    )
    {
        if (ModelNames.CheckModel(model) is { } reason)
            return Problems.BadRequest("model_name_invalid", reason);
        var (specification, problem) = await ReadBodyAsync<ModelSpecification>(request, cancellation);
        if (problem is not null)
            return problem;
        var (definition, before, errors) = await catalog.PutAsync(model, specification!, cancellation);
        if (definition is null)
            return Problems.Invalid("model_invalid", "The model was not changed; see errors.", errors);
        if (before is not null && definition.Redefines(before))
        {
            // The declaration counts already: a caller that goes away does not undo what follows from it.
            foreach (var renewal in renewals)
                await renewal.Renew(definition, CancellationToken.None);
        }

        foreach (var (feature, type) in ModelSpecificationReader.Retypes(specification!, definition))
        {
            try
            {
                await retyping.RetypeAsync(definition.Id, feature, type, provisional: false, cancellation);
            }
            catch (FeatureChangeException error)
            {
                return Problems.Conflict("too_many_feature_changes", error.Message);
            }
        }

        definition = catalog.Find(definition.Id) ?? definition;
        return Results.Json(
            ModelView.Of(definition, catalog),
            ModelSpecification.Json,
            statusCode: before is null ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );
    }

    private static async Task<IResult> PutVersionAsync(
        string model,
        string version,
        HttpRequest request,
        ModelCatalog catalog,
        VersionDeclaration versions,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (VersionDeclaration.CheckName(version) is { } wrong)
            return Problems.BadRequest(wrong.Code, wrong.Reason);
        var (body, problem) = await ReadBodyAsync<JsonElement>(request, cancellation);
        if (problem is not null)
            return problem;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return Problems.BadRequest(
                "version_invalid",
                "The body is an object such as {\"code\":\"git:1a2b3c\",\"description\":\"..\"}."
            );
        }

        return await versions.DeclareAsync(found, version, body.GetRawText(), cancellation) is { } refused
            ? Problems.Conflict(refused.Code, refused.Reason)
            : TypedResults.NoContent();
    }

    private static async Task<IResult> GetVersionsAsync(
        string model,
        ModelCatalog catalog,
        IDbContextFactory<StateDbContext> state,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .ModelVersions.AsNoTracking()
            .Where(row => row.ModelId == found.Id)
            .OrderBy(row => row.FirstSeenMs)
            .ThenBy(row => row.Version)
            .ToListAsync(cancellation);
        return TypedResults.Ok(
            new
            {
                versions = rows.Select(row => new
                {
                    version = row.Version,
                    first_seen = DateTimeOffset.FromUnixTimeMilliseconds(row.FirstSeenMs),
                    declaration = row.Declaration is null ? (JsonElement?)null : JsonSerializer.Deserialize<JsonElement>(row.Declaration),
                }),
            }
        );
    }

    private static Task<(T? Value, IResult? Problem)> ReadBodyAsync<T>(HttpRequest request, CancellationToken cancellation) =>
        ModelBody.ReadAsync<T>(request, MaxBodyBytes, $"A declaration has at most {MaxBodyBytes / 1024 / 1024} MiB.", cancellation);
}
