using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Web;

/// <summary>/v1/retraining/targets: where training runs.</summary>
public static class TargetEndpoints
{
    internal static void MapTargets(this IEndpointRouteBuilder routes)
    {
        var targets = routes.MapGroup("/v1/retraining/targets").WithTags("Retraining");
        targets.MapGet("", ListAsync).RequireRole(ApiRole.Read);
        targets.MapGet("{target}", GetAsync).RequireRole(ApiRole.Read);
        targets.MapPut("{target}", PutAsync).Runs(RetrainingCommands.DeclareTarget);
        targets.MapDelete("{target}", DeleteAsync).Runs(RetrainingCommands.DeleteTarget);
        targets.MapPost("{target}/test", TestAsync).Runs(RetrainingCommands.TestTarget);
    }

    private static async Task<IResult> ListAsync(TargetCatalog catalog, CancellationToken cancellation) =>
        TypedResults.Ok(new { targets = (await catalog.ReadAsync(cancellation)).Select(View) });

    private static async Task<IResult> GetAsync(string target, TargetCatalog catalog, CancellationToken cancellation) =>
        await catalog.FindAsync(target, cancellation) is { } found ? Results.Json(View(found)) : Unknown(target);

    private static async Task<IResult> PutAsync(string target, HttpContext http, TargetCatalog catalog, CancellationToken cancellation)
    {
        var (body, problem) = await RetrainingJson.ReadAsync<JsonElement>(http.Request, "target_invalid", cancellation);
        if (problem is not null)
            return problem;
        if (body.ValueKind != JsonValueKind.Object)
            return Problems.BadRequest("target_invalid", "A JSON object such as {\"kind\":\"webhook\",\"url\":\"https://..\"} is needed.");
        var errors = new List<FieldError>();
        var specification = TargetSpecification.Read(body, errors);
        if (errors.Count > 0)
            return Problems.Invalid("target_invalid", "The target was not changed; see errors.", errors);
        var (stored, created, wrong) = await catalog.PutAsync(target, specification, Actor.Of(http).Name, cancellation);
        return stored is null
            ? Problems.Invalid("target_invalid", "The target was not changed; see errors.", wrong)
            : Results.Json(View(stored), statusCode: created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string target, TargetCatalog catalog, CancellationToken cancellation) =>
        await catalog.DeleteAsync(target, cancellation) ? TypedResults.NoContent() : Unknown(target);

    private static async Task<IResult> TestAsync(string target, TargetCatalog catalog, TargetReach reach, CancellationToken cancellation)
    {
        if (await catalog.FindAsync(target, cancellation) is not { } found)
            return Unknown(target);
        var problem = await reach.TryAsync(found, cancellation);
        return TypedResults.Ok(new { reachable = problem is null, detail = problem });
    }

    private static IReadOnlyDictionary<string, object?> View(RetrainingTarget target)
    {
        var view = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = target.Name,
            ["kind"] = target.Kind.Name,
            ["enabled"] = target.Declared.Enabled,
            ["is_polled"] = target.Kind.CanBeAsked(target.Declared),
            ["secrets_lost"] = target.SecretsLost,
            ["changed_at"] = target.ChangedAt,
            ["changed_by"] = target.ChangedBy,
        };
        foreach (var field in target.Kind.Fields)
        {
            view[field.Key] = field.IsSecret
                ? new { set = target.SecretsSet.Contains(field.Key, StringComparer.Ordinal) }
                : target.Declared.Text(field.Key);
        }

        return view;
    }

    private static IResult Unknown(string target) =>
        Problems.NotFound("unknown_target", $"There is no target '{Problems.Shorten(target)}'. GET /v1/retraining/targets lists them.");
}

/// <summary>Looks whether a target can be reached, without telling it anything.</summary>
public sealed class TargetReach(TargetPermissions permissions, TimeProvider time)
{
    /// <summary>Why it cannot; null when it can.</summary>
    public async Task<string?> TryAsync(RetrainingTarget target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.SecretsLost)
            return "its stored secrets cannot be read; set them again";
        if (target.Complete.Check(target.Name, permissions) is [var error, ..])
            return $"{error.Field}: {error.Reason}";
        if (target.Kind.AddressOf(target.Declared) is not { } address)
            return target.Text("command") is { } program && !File.Exists(program) ? $"there is no program {program}" : null;
        using var limit = new CancellationTokenSource(permissions.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var socket = await OutboundAddress.ConnectAsync(
                new DnsEndPoint(address.IdnHost, address.Port),
                permissions.AllowLinkLocal,
                both.Token
            );
            return null;
        }
        catch (Exception failure) when (failure is SocketException or OutboundRefusedException)
        {
            return target.Redact(failure.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return "nobody answers there";
        }
    }
}
