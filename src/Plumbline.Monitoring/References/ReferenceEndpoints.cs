using System.Net.Mime;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.References;

/// <summary>/v1/models/{model}/reference.</summary>
public static class ReferenceEndpoints
{
    private const int MaxJsonBytes = 64 * 1024;

    public static void MapReferences(this IEndpointRouteBuilder routes)
    {
        var reference = routes.MapGroup("/v1/models/{model}/reference").WithTags("References");
        reference.MapPut("", PutAsync).Runs(ReferenceCommands.Replace).TakesBodies(BodyTypes.OfReferences);
        reference
            .MapGet(
                "",
                (string model, ModelCatalog catalog, BaselineCatalog baselines) =>
                    catalog.Find(model) switch
                    {
                        null => Problems.UnknownModel(model),
                        { } found when baselines.Find(found.Id) is { } baseline => TypedResults.Ok(ReferenceView.Of(baseline, [])),
                        _ => (IResult)
                            Problems.NotFound(
                                "no_reference",
                                "The model has no reference yet. Upload one with PUT, or wait for the first complete days, "
                                    + "of 1,000 predictions together."
                            ),
                    }
            )
            .RequireRole(ApiRole.Read);
    }

    private static async Task<IResult> PutAsync(
        string model,
        HttpRequest request,
        ModelCatalog catalog,
        ReferenceLoading loading,
        InstanceOptions instance,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        try
        {
            if (
                MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            )
            {
                var (from, to, version) = await ReadWindowAsync(request, cancellation);
                return Answer(await loading.LoadProductionAsync(found, from, to, version, cancellation));
            }
            var columns = ReferenceColumns.Read(request.Query);
            if (columns.Version is { } label && ModelNames.CheckLabel("version", label) is { } reason)
                return Problems.BadRequest("version_name_invalid", reason);
            using var file = await ReferenceFile.ReceiveAsync(request, ReferenceFile.FolderIn(instance.DataDirectory), cancellation);
            return Answer(await loading.LoadFileAsync(found, file, columns, cancellation));
        }
        catch (ReferenceException error)
        {
            return Problems.Make(error.Status, "The reference cannot be used", error.Code, error.Message);
        }
    }

    private static IResult Answer(LoadedReference loaded) => TypedResults.Ok(ReferenceView.Of(loaded.Baseline, loaded.Ignored));

    private static async Task<(DateTimeOffset From, DateTimeOffset To, string? Version)> ReadWindowAsync(
        HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (await RequestBody.ReadAsync(request, MaxJsonBytes, cancellation) is not { } read)
        {
            throw new ReferenceException(
                "body_too_large",
                $"The description of a window has at most {MaxJsonBytes / 1024} KiB.",
                StatusCodes.Status413PayloadTooLarge
            );
        }

        JsonElement body;
        try
        {
            body = JsonSerializer.Deserialize<JsonElement>(read.Span);
        }
        catch (JsonException error)
        {
            throw new ReferenceException(
                "json_invalid",
                $"Not readable at line {error.LineNumber + 1}, byte {error.BytePositionInLine}: {error.Message}"
            );
        }
        if (body.ValueKind != JsonValueKind.Object)
            throw new ReferenceException("reference_invalid", "The body is an object {\"from\":..,\"to\":..,\"version\":..}.");
        if (body.TryGetProperty("url", out _))
        {
            throw new ReferenceException(
                "url_not_allowed",
                "This server fetches no URLs: no address is allowed in its configuration. Upload the file as the body.",
                StatusCodes.Status403Forbidden
            );
        }

        var (from, to) = (ReadTime(body, "from"), ReadTime(body, "to"));
        if (from >= to)
            throw new ReferenceException("reference_invalid", "'from' must be before 'to'.");
        var version =
            body.TryGetProperty("version", out var value) && value.ValueKind != JsonValueKind.Null
                ? value.ValueKind == JsonValueKind.String
                    ? value.GetString()
                    : throw new ReferenceException("reference_invalid", "'version' is a text.")
                : null;
        return (from, to, version);
    }

    private static DateTimeOffset ReadTime(JsonElement body, string name)
    {
        const string Rule = "is needed: RFC 3339, or epoch milliseconds, 1970 to 2105";
        var time =
            !body.TryGetProperty(name, out var value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var ms) && ms is >= 0 and < 4_260_000_000_000
                ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var parsed) && parsed.Year is >= 1970 and <= 2105
                ? parsed
            : (DateTimeOffset?)null;
        return time ?? throw new ReferenceException("reference_invalid", $"'{name}' {Rule}.");
    }
}

/// <summary>A reference as the API answers it.</summary>
public sealed record ReferenceView(
    int Generation,
    bool Declared,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string? Version,
    long Rows,
    long GroundTruthRows,
    int Features,
    IReadOnlyList<IgnoredColumn> Ignored
)
{
    internal static ReferenceView Of(Baseline baseline, IReadOnlyList<(string Column, string Reason)> ignored) =>
        new(
            baseline.Generation,
            baseline.Declared,
            baseline.From,
            baseline.To,
            baseline.Version,
            baseline.Rows,
            baseline.GroundTruthRows,
            baseline.Features.Keys.Count(name => name[0] != '@'),
            [.. ignored.Select(column => new IgnoredColumn(column.Column, column.Reason))]
        );
}

/// <summary>A column of an uploaded file that was not used.</summary>
public sealed record IgnoredColumn(string Column, string Reason);
