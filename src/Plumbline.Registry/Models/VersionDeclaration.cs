using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Models;

/// <summary>Why a version was not declared.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record VersionProblem(string Code, string Reason)
{
    /// <summary>The code when there is no place for another version.</summary>
    public const string TooMany = "too_many_versions";
}

/// <summary>Declares versions of models, with what follows from it for what was counted among the others.</summary>
public sealed class VersionDeclaration(
    ModelCatalog catalog,
    IEnumerable<VersionPlaceStep> renewals,
    IDbContextFactory<StateDbContext> state
)
{
    /// <summary>What a version is declared with; null for a version that the model does not have.</summary>
    public async Task<JsonObject?> FindAsync(ModelDefinition model, string version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db
            .ModelVersions.AsNoTracking()
            .FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Version == version, cancellation);
        return row is null ? null : Parse(row.Declaration);
    }

    private static JsonObject Parse(string? declaration) => declaration is null ? [] : JsonNode.Parse(declaration) as JsonObject ?? [];

    /// <summary>Changes what versions of a model are declared with, all of them in one transaction.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="change">Is given each version with its declaration, and says whether it has changed that.</param>
    /// <param name="cancellation">Stops before anything is changed.</param>
    public async Task ChangeAsync(ModelDefinition model, Func<string, JsonObject, bool> change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(change);
        await using var db = await state.CreateDbContextAsync(cancellation);
        foreach (var row in await db.ModelVersions.Where(row => row.ModelId == model.Id).ToListAsync(cancellation))
        {
            var declared = Parse(row.Declaration);
            if (change(row.Version, declared))
                row.Declaration = declared.ToJsonString(JsonSerializerOptions.Web);
        }

        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Creates or replaces the declaration of a version.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="version">Its name.</param>
    /// <param name="declaration">A JSON object.</param>
    /// <param name="cancellation">Stops before anything is changed.</param>
    /// <returns>Why it was not; null when it was.</returns>
    public async Task<VersionProblem?> DeclareAsync(
        ModelDefinition model,
        string version,
        string declaration,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        if (CheckName(version) is { } problem)
            return problem;
        var wasOther = !model.VersionsApart.IsEmpty && !model.VersionsApart.Contains(version);
        if (!await catalog.DeclareVersionAsync(model.Id, version, declaration, cancellation))
        {
            return new(
                VersionProblem.TooMany,
                $"{ModelLimits.MaxDeclaredVersions} versions of this model are told apart already. "
                    + $"Events of another one are taken and counted as '{VersionPlaces.Other}'."
            );
        }

        // The version has its place already: a caller that goes away does not undo what follows from it.
        if (wasOther && catalog.Find(model.Id) is { } changed)
        {
            foreach (var renewal in renewals)
                await renewal.Renew(changed, version, CancellationToken.None);
        }

        return null;
    }

    /// <summary>Why a version cannot be called so; null when it can.</summary>
    public static VersionProblem? CheckName(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (ModelNames.CheckLabel("version", version) is { } reason)
            return new("version_name_invalid", reason);
        return version == VersionPlaces.Other
            ? new("version_name_invalid", $"'{VersionPlaces.Other}' is the name of all versions that are not told apart.")
            : null;
    }
}
