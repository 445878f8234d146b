using System.Text.Json;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Backtests;

/// <summary>POST /v1/models/{model}/backtest, and the job that it starts.</summary>
public static class BacktestEndpoints
{
    private const int MaxBodyBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(30);

    public static void MapBacktests(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/models/{model}").WithTags("Backtests");
        group.MapPost("backtest", StartAsync).Runs(BacktestCommands.Start);
        group
            .MapGet(
                "backtest/{id}",
                (string model, string id, BacktestJobs jobs) => jobs.Find(model, id) is { } job ? Answer(job) : Unknown(id)
            )
            .RequireRole(ApiRole.Read);
        group
            .MapDelete(
                "backtest/{id}",
                (string model, string id, BacktestJobs jobs) => jobs.Cancel(model, id) ? TypedResults.NoContent() : Unknown(id)
            )
            .Runs(BacktestCommands.Cancel);
    }

    private static async Task<IResult> StartAsync(
        string model,
        HttpRequest request,
        ModelCatalog models,
        RuleStore ruleStore,
        BacktestJobs jobs,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (body, problem) = await ReadAsync(request, cancellation);
        if (problem is not null)
            return problem;
        var rule = body!.Rule;
        if (
            body.RuleName is { } name
            && (rule = (await ruleStore.ReadAsync(found, cancellation)).FirstOrDefault(known => known.Name == name)) is null
        )
        {
            return Problems.NotFound("unknown_rule", $"The model has no rule '{Problems.Shorten(name)}'.");
        }

        if (rule is null)
            return Problems.BadRequest("backtest_invalid", "rule: a rule, or rule_name: the name of one that the model has.");
        if (RuleCheck.Check(rule, found) is { Count: > 0 } errors)
            return RuleProblems.Invalid(errors);
        var to = body.To ?? time.GetUtcNow();
        var from = body.From ?? to - DefaultPeriod;
        if (from >= to)
            return Problems.BadRequest("range_invalid", "from must be before to.");
        if (jobs.Start(found, rule, from, to) is not { } job)
        {
            return Problems.Make(
                StatusCodes.Status429TooManyRequests,
                "Too many backtests",
                "too_many_backtests",
                $"At most {BacktestJobs.MaxOpen} wait or run at once; cancel one or wait."
            );
        }

        return Answer(await jobs.WaitAsync(model, job.Id, Patience, cancellation) ?? job);
    }

    private static async Task<(BacktestRequest? Body, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation) is not { } body)
            return (null, Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", "At most 64 KiB."));
        try
        {
            return (JsonSerializer.Deserialize<BacktestRequest>(body.Span, Rule.Json) ?? new BacktestRequest(null, null, null, null), null);
        }
        catch (JsonException error)
        {
            return (
                null,
                Problems.BadRequest(
                    "backtest_invalid",
                    $"The body is {{\"rule\":{{..}} or \"rule_name\":\"..\", \"from\":\"..\", \"to\":\"..\"}}: "
                        + $"{Problems.Shorten(error.Message, 300)}"
                )
            );
        }
    }

    private static IResult Answer(BacktestJob job) =>
        Results.Json(job, Rule.ViewJson, statusCode: job.State.IsOpen() ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);

    private static IResult Unknown(string id) =>
        Problems.NotFound(
            "unknown_backtest",
            $"There is no backtest '{Problems.Shorten(id)}' of this model; the last 50 are kept until the server stops."
        );

    private sealed record BacktestRequest(Rule? Rule, string? RuleName, DateTimeOffset? From, DateTimeOffset? To);
}
