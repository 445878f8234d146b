using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Triggers;

namespace Plumbline.Review.Retraining.Web;

/// <summary>/v1/models/{model}/retraining/triggers: when it is trained again.</summary>
public static class TriggerEndpoints
{
    internal static void MapTriggers(this IEndpointRouteBuilder routes)
    {
        var triggers = routes.MapGroup("/v1/models/{model}/retraining/triggers").WithTags("Retraining");
        triggers.MapGet("", ListAsync).RequireRole(ApiRole.Read);
        triggers.MapGet("{trigger}", GetAsync).RequireRole(ApiRole.Read);
        triggers.MapPut("{trigger}", PutAsync).Runs(RetrainingCommands.DeclareTrigger);
        triggers.MapDelete("{trigger}", DeleteAsync).Runs(RetrainingCommands.DeleteTrigger);
    }

    private static async Task<IResult> ListAsync(
        string model,
        ModelCatalog models,
        TriggerStore triggers,
        TriggerEvaluation evaluation,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var views = new List<object>();
        foreach (var stored in await triggers.ReadAsync(found, cancellation))
            views.Add(View(stored, await evaluation.OfAsync(found, stored, cancellation)));
        return Results.Json(new { triggers = views }, RetrainingTrigger.Json);
    }

    private static async Task<IResult> GetAsync(
        string model,
        string trigger,
        ModelCatalog models,
        TriggerStore triggers,
        TriggerEvaluation evaluation,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await triggers.FindAsync(found, trigger, cancellation) is { } stored
            ? Results.Json(View(stored, await evaluation.OfAsync(found, stored, cancellation)), RetrainingTrigger.Json)
            : Unknown(trigger);
    }

    private static async Task<IResult> PutAsync(
        string model,
        string trigger,
        HttpContext http,
        ModelCatalog models,
        TriggerStore triggers,
        TriggerCheck check,
        TriggerEvaluation evaluation,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (read, problem) = await RetrainingJson.ReadAsync<RetrainingTrigger>(http.Request, "trigger_invalid", cancellation);
        if (problem is not null)
            return problem;
        var named = read! with { Name = trigger };
        if (await check.CheckAsync(found, named, cancellation) is { Count: > 0 } errors)
            return Problems.Invalid("trigger_invalid", "The trigger cannot be used; see errors.", errors);
        if (!await triggers.PutAsync(found, named, Actor.Of(http).Name, cancellation))
            return Problems.Conflict("too_many_triggers", $"A model has at most {TriggerStore.MaxTriggers} triggers; delete one first.");
        var stored = (await triggers.FindAsync(found, trigger, cancellation))!;
        return Results.Json(View(stored, await evaluation.OfAsync(found, stored, cancellation)), RetrainingTrigger.Json);
    }

    private static async Task<IResult> DeleteAsync(
        string model,
        string trigger,
        ModelCatalog models,
        TriggerStore triggers,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await triggers.DeleteAsync(found, trigger, cancellation) ? TypedResults.NoContent() : Unknown(trigger);
    }

    private static object View(StoredTrigger stored, TriggerStatus status) =>
        new
        {
            stored.Trigger.Name,
            stored.Trigger,
            status = status.Words,
            status.BlockedBy,
            last_run = status.LastRun?.Key,
            stored.UpdatedAt,
            stored.UpdatedBy,
        };

    private static IResult Unknown(string trigger) =>
        Problems.NotFound("unknown_trigger", $"The model has no retraining trigger '{Problems.Shorten(trigger)}'.");
}
