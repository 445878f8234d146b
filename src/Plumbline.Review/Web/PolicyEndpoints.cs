using System.Text;
using System.Text.Json;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;

namespace Plumbline.Review.Web;

/// <summary>/v1/models/{model}/review/policies: what is chosen for people to look at.</summary>
public static class PolicyEndpoints
{
    private const int MaxBodyBytes = 128 * 1024;
    private const int MostShown = 200;
    private static readonly TimeSpan LongestPreview = TimeSpan.FromDays(31);

    internal static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        var policies = routes.MapGroup("/v1/models/{model}/review/policies").WithTags("Review");
        policies.MapGet("", ListAsync).RequireRole(ApiRole.Read);
        policies.MapPut("{policy}", PutAsync).Runs(ReviewCommands.DeclarePolicy);
        policies.MapDelete("{policy}", DeleteAsync).Runs(ReviewCommands.DeletePolicy);
        policies.MapGet("{policy}/yaml", YamlAsync).RequireRole(ApiRole.Read);
        policies.MapGet("{policy}/preview", PreviewAsync).RequireRole(ApiRole.Read);
        policies.MapPost("{policy}/draw", DrawAsync).Runs(ReviewCommands.Draw);
        routes.MapGet("/v1/models/{model}/review/scores", ScoresAsync).RequireRole(ApiRole.Read).WithTags("Review");
    }

    private static async Task<IResult> ListAsync(string model, ModelCatalog models, PolicyStore policies, CancellationToken cancellation) =>
        models.Find(model) is { } found
            ? Results.Json(new { policies = (await policies.ReadAsync(found, cancellation)).Select(View) }, ReviewPolicy.Json)
            : Problems.UnknownModel(model);

    private static async Task<IResult> PutAsync(
        string model,
        string policy,
        HttpContext http,
        ModelCatalog models,
        PolicyStore policies,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (read, problem) = await DefaultedBody.ReadAsync<ReviewPolicy>(
            http.Request,
            "policy",
            MaxBodyBytes,
            ReviewPolicy.Json,
            cancellation
        );
        if (problem is not null)
            return problem;
        read = read with { Name = policy };
        if (PolicyCheck.Check(read, found) is { Count: > 0 } errors)
            return Problems.Invalid("policy_invalid", "The policy cannot be used; see errors.", errors);
        if (policies.IsDeclared(found, policy))
            return Declared(policy);
        if (!await policies.PutAsync(found, read, Actor.Of(http).Name, cancellation))
            return Problems.Conflict("too_many_policies", $"A model has at most {PolicyStore.MaxPolicies} policies; delete one first.");
        return Results.Json(View((await policies.FindAsync(found, policy, cancellation))!), ReviewPolicy.Json);
    }

    private static async Task<IResult> DeleteAsync(
        string model,
        string policy,
        ModelCatalog models,
        PolicyStore policies,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (policies.IsDeclared(found, policy))
            return Declared(policy);
        return await policies.DeleteAsync(found, policy, cancellation) ? TypedResults.NoContent() : Unknown(policy);
    }

    private static async Task<IResult> YamlAsync(
        string model,
        string policy,
        ModelCatalog models,
        PolicyStore policies,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await policies.FindAsync(found, policy, cancellation) is { } stored
            ? TypedResults.Text(PolicyYaml.Write(found.Name, stored.Policy), "application/yaml", Encoding.UTF8)
            : Unknown(policy);
    }

    private static async Task<IResult> PreviewAsync(
        string model,
        string policy,
        string? from,
        string? to,
        ModelCatalog models,
        PolicyStore policies,
        DrawPreview preview,
        CancellationToken cancellation
    )
    {
        var (found, stored, range, problem) = await FindAsync(model, policy, from, to, models, policies, cancellation);
        if (problem is not null)
            return problem;
        var report = await preview.PreviewAsync(found!, (stored!.Id, stored.Policy), range.From, range.To, cancellation);
        return TypedResults.Ok(
            new
            {
                from = report.Draw.From,
                to = report.Draw.To,
                population = report.Draw.Population,
                expected = report.Draw.Expected,
                drawn = report.Draw.Rows.Count,
                labelled = report.Labelled,
                wrong = report.Wrong,
                population_labelled = report.PoolLabelled,
                population_wrong = report.PoolWrong,
                lift = report.Lift,
                rows = report
                    .Draw.Rows.Take(MostShown)
                    .Select(row => new
                    {
                        prediction_id = row.PredictionId,
                        timestamp = row.Timestamp,
                        answer = row.Answer,
                        priority = row.Priority,
                        probability = row.Probability,
                        by_score = row.IsByScore,
                        right = row.IsRight,
                    }),
            }
        );
    }

    private static async Task<IResult> DrawAsync(
        string model,
        string policy,
        string? from,
        string? to,
        ModelCatalog models,
        PolicyStore policies,
        DrawPass pass,
        CancellationToken cancellation
    )
    {
        var (found, stored, range, problem) = await FindAsync(model, policy, from, to, models, policies, cancellation);
        if (problem is not null)
            return problem;
        return await pass.DrawAsync(found!, stored!, range.From, range.To, isNext: false, cancellation) switch
        {
            DrawOutcome.Overlaps => Problems.Conflict(
                "already_drawn",
                "Some of this stretch had its draw already: a prediction is drawn once by a policy. Name a stretch before or after."
            ),
            DrawOutcome.Full => Problems.Conflict("too_many_tasks", "There is no room for more open tasks: see review.max_open_tasks."),
            _ => TypedResults.NoContent(),
        };
    }

    private static async Task<IResult> ScoresAsync(
        string model,
        ModelCatalog models,
        PredictionScores scores,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var set = await scores.OfAsync(found, null, null, cancellation);
        return TypedResults.Ok(
            new
            {
                scores = ScoreKind
                    .All.Where(kind => kind.Fits(found))
                    .Select(kind => new
                    {
                        name = kind.Name,
                        title = kind.Title,
                        unit = kind.Unit,
                        definition = kind.Definition,
                        full = set.Find(kind)?.Full,
                        missing = set.Gaps.GetValueOrDefault(kind),
                    }),
                reference_rows = set.Fit.Rows,
                labelled_rows = set.Fit.LabelledRows,
                temperature = set.Fit.Temperature,
            }
        );
    }

    private static async Task<(
        ModelDefinition? Model,
        StoredPolicy? Policy,
        (DateTimeOffset From, DateTimeOffset To) Range,
        IResult? Problem
    )> FindAsync(
        string model,
        string policy,
        string? from,
        string? to,
        ModelCatalog models,
        PolicyStore policies,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return (null, null, default, Problems.UnknownModel(model));
        if (await policies.FindAsync(found, policy, cancellation) is not { } stored)
            return (found, null, default, Unknown(policy));
        if (TryTime(from) is not { } first || TryTime(to) is not { } last)
        {
            return (
                found,
                stored,
                default,
                Problems.Invalid(
                    "range_invalid",
                    "A stretch of time is needed.",
                    [new("from", "from and to are times such as 2026-03-01T00:00:00Z.")]
                )
            );
        }

        if (first >= last || last - first > LongestPreview)
        {
            return (
                found,
                stored,
                default,
                Problems.Invalid("range_invalid", "The stretch cannot be used.", [new("to", "Later than from, by 31 days at most.")])
            );
        }

        return (found, stored, (first, last), null);
    }

    private static DateTimeOffset? TryTime(string? text) =>
        !string.IsNullOrEmpty(text) && RequestTimes.TryParse(text, default, out var time) ? time : null;

    private static IResult Declared(string policy) =>
        Problems.Conflict(
            "policy_declared",
            $"The policy '{Problems.Shorten(policy)}' is declared in the configuration file; change it there and start again."
        );

    private static IResult Unknown(string policy) =>
        Problems.NotFound("unknown_policy", $"The model has no review policy '{Problems.Shorten(policy)}'.");

    private static object View(StoredPolicy stored) =>
        new
        {
            stored.Policy.Name,
            stored.Policy,
            stored.UpdatedAt,
            stored.UpdatedBy,
            stored.DrawnTo,
            stored.IsDeclared,
            stored.Problem,
        };
}
