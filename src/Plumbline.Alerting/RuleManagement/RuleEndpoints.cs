using System.Text.Json;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.RuleManagement;

/// <summary>/v1/models/{model}/rules.</summary>
public static class RuleEndpoints
{
    private const int MaxBodyBytes = 64 * 1024;

    public static void MapRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/v1/models/{model}/rules").WithTags("Rules");
        rules.MapGet("", GetAsync).RequireRole(ApiRole.Read);
        rules.MapPut("{rule}", PutAsync).Runs(RuleCommands.Declare);
        rules
            .MapPost(
                "{rule}/enable",
                (string model, string rule, HttpContext http, ModelCatalog models, RuleStore ruleStore, CancellationToken cancellation) =>
                    SwitchAsync(model, rule, true, http, models, ruleStore, cancellation)
            )
            .Runs(RuleCommands.Enable);
        rules
            .MapPost(
                "{rule}/disable",
                (string model, string rule, HttpContext http, ModelCatalog models, RuleStore ruleStore, CancellationToken cancellation) =>
                    SwitchAsync(model, rule, false, http, models, ruleStore, cancellation)
            )
            .Runs(RuleCommands.Disable);
        rules.MapDelete("{rule}", DeleteAsync).Runs(RuleCommands.Delete);
        rules.MapGet("status", StatusAsync).RequireRole(ApiRole.Read);
        rules.MapGet("fatigue", FatigueAsync).RequireRole(ApiRole.Read);
        rules.MapPost("start-over", StartOverAsync).Runs(RuleCommands.StartOver);
    }

    private static readonly JsonDocumentOptions OneValuePerName = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a rule from a body; <paramref name="name"/>, where given, is its name whatever the body says.</summary>
    internal static async Task<(Rule? Rule, IResult? Problem)> ReadAsync(HttpRequest request, string? name, CancellationToken cancellation)
    {
        if (await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation) is not { } body)
            return (null, Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", "A rule has at most 64 KiB."));
        try
        {
            using var document = JsonDocument.Parse(body, OneValuePerName);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (
                    null,
                    Problems.BadRequest(
                        "rule_invalid",
                        "The body is an object such as "
                            + "{\"kind\":\"threshold\",\"metric\":\"performance.accuracy\",\"direction\":\"below\",\"value\":0.8}."
                    )
                );
            }

            var properties = document
                .RootElement.EnumerateObject()
                .ToDictionary(property => property.Name, property => property.Value.Clone(), StringComparer.Ordinal);
            if (name is not null)
                properties["name"] = JsonSerializer.SerializeToElement(name);
            return (JsonSerializer.SerializeToElement(properties).Deserialize<Rule>(Rule.Json), null);
        }
        catch (JsonException error)
        {
            return (null, Problems.BadRequest("rule_invalid", $"The body is not a rule: {Problems.Shorten(error.Message, 300)}"));
        }
    }

    private static async Task<IResult> GetAsync(string model, ModelCatalog models, RuleStore ruleStore, CancellationToken cancellation)
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return Results.Json(new { rules = (await ruleStore.ReadAsync(found, cancellation)).Select(rule => RuleView.Of(rule)) }, Rule.Json);
    }

    private static async Task<IResult> PutAsync(
        string model,
        string rule,
        HttpContext http,
        ModelCatalog models,
        RuleStore ruleStore,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (read, problem) = await ReadAsync(http.Request, rule, cancellation);
        if (problem is not null)
            return problem;
        if (read!.Class is { } label)
            read = read with { Class = found.ClassOf(label) };
        if (RuleCheck.Check(read!, found) is { Count: > 0 } errors)
            return RuleProblems.Invalid(errors);
        if (ruleStore.IsDeclared(found, rule))
            return Declared(rule);
        if (!await ruleStore.PutAsync(found, read!, RuleSource.Api, Actor.Of(http).Name, cancellation))
            return Problems.Conflict("too_many_rules", $"A model has at most {RuleStore.MaxRules} rules of its own; delete one first.");
        return Results.Json(RuleView.Of(read! with { Source = RuleSource.Api }), Rule.Json);
    }

    private static async Task<IResult> SwitchAsync(
        string model,
        string rule,
        bool enabled,
        HttpContext http,
        ModelCatalog models,
        RuleStore ruleStore,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (ruleStore.IsDeclared(found, rule))
            return Declared(rule);
        return await ruleStore.SwitchAsync(found, rule, enabled, Actor.Of(http).Name, cancellation)
            ? TypedResults.NoContent()
            : Unknown(rule);
    }

    private static async Task<IResult> DeleteAsync(
        string model,
        string rule,
        ModelCatalog models,
        RuleStore ruleStore,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (ruleStore.IsDeclared(found, rule))
            return Declared(rule);
        return await ruleStore.DeleteAsync(found, rule, cancellation) ? TypedResults.NoContent() : Unknown(rule);
    }

    private static async Task<IResult> StatusAsync(
        string model,
        ModelCatalog models,
        StreamReport report,
        CancellationToken cancellation
    ) =>
        models.Find(model) is { } found
            ? Results.Json(await report.ReadAsync(found, cancellation), Rule.ViewJson)
            : Problems.UnknownModel(model);

    private static async Task<IResult> FatigueAsync(
        string model,
        string? from,
        ModelCatalog models,
        FatigueReport report,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (!RequestTimes.TryParse(from, time.GetUtcNow() - TimeSpan.FromDays(30), out var since))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("from", from));
        return Results.Json(new { from = since, rules = await report.ReadAsync(found, since, cancellation) }, Rule.ViewJson);
    }

    private static async Task<IResult> StartOverAsync(
        string model,
        ModelCatalog models,
        RuleEvaluation evaluation,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        await evaluation.StartOverAsync(found, cancellation);
        return TypedResults.Accepted($"/v1/models/{Uri.EscapeDataString(model)}/rules/status");
    }

    private static IResult Declared(string rule) =>
        Problems.Conflict(
            "rule_declared",
            $"The rule '{Problems.Shorten(rule)}' is declared in the configuration file; change it there and start again."
        );

    private static IResult Unknown(string rule) =>
        Problems.NotFound(
            "unknown_rule",
            $"The model has no rule '{Problems.Shorten(rule)}' of its own; a default one can be switched off but not deleted."
        );
}

/// <summary>A rule on the wire: what was declared, and where it comes from.</summary>
/// <param name="Rule">The declaration.</param>
/// <param name="Source">Who declared it.</param>
/// <param name="Problem">Why it is not in force; null when nothing is wrong.</param>
public sealed record RuleView(Rule Rule, RuleSource Source, string? Problem)
{
    public static RuleView Of(Rule rule) => new(rule, rule.Source, rule.Problem);
}
