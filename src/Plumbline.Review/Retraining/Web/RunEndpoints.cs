using System.Globalization;
using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Web;

/// <summary>/v1/models/{model}/retraining/runs: training that was asked for.</summary>
public static class RunEndpoints
{
    private const int DefaultPage = 50;
    private const int MaxPage = 500;

    internal static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/v1/models/{model}/retraining/runs").WithTags("Retraining");
        runs.MapGet("", ListAsync).RequireRole(ApiRole.Read);
        runs.MapGet("{run}", GetAsync).RequireRole(ApiRole.Read);
        runs.MapPost("", PostAsync).Runs(RetrainingCommands.Run);
        runs.MapPost("{run}/approve", ApproveAsync).Runs(RetrainingCommands.Approve);
        runs.MapPost("{run}/cancel", CancelAsync).Runs(RetrainingCommands.Cancel);
    }

    private static async Task<IResult> ListAsync(
        string model,
        string? state,
        string? cursor,
        int? limit,
        ModelCatalog models,
        RunStore runs,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        RunState? wanted = null;
        if (state is not null && (wanted = RunStates.Parse(state)) is null)
            return Invalid("state", $"One of {string.Join(", ", Enum.GetValues<RunState>().Select(one => one.Word()))}.");
        if (limit is < 1 or > MaxPage)
            return Invalid("limit", $"1 to {MaxPage}.");
        long? before = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return Invalid("cursor", "Not a cursor of this list: pass on 'next' of the page before as it is.");
            before = number;
        }

        var size = limit ?? DefaultPage;
        var page = await runs.PageAsync(found, wanted, before, size + 1, cancellation);
        var shown = page.Take(size).ToList();
        return TypedResults.Ok(new { runs = shown.Select(View), next = page.Count > size ? shown[^1].Number : null });
    }

    private static async Task<IResult> GetAsync(
        string model,
        string run,
        ModelCatalog models,
        RunStore runs,
        CancellationToken cancellation
    )
    {
        var (found, problem) = await FindAsync(model, run, models, runs, cancellation);
        return problem ?? Results.Json(View(found!));
    }

    private static async Task<IResult> PostAsync(
        string model,
        HttpContext http,
        ModelCatalog models,
        RunAsking asking,
        RunStore runs,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (body, problem) = await RetrainingJson.ReadAsync<RunBody>(http.Request, "run_invalid", cancellation);
        if (problem is not null)
            return problem;
        var by = Actor.Of(http).Name;
        var wish = new RunWish(
            body!.Target ?? "",
            string.IsNullOrEmpty(body.Dataset) ? null : body.Dataset,
            string.IsNullOrWhiteSpace(body.Reason) ? $"asked for by {by}" : body.Reason,
            by
        );
        if (await asking.CheckAsync(found, wish, cancellation) is { Count: > 0 } errors)
            return Problems.Invalid("run_invalid", "No run was started; see errors.", errors);
        return await runs.AddAsync(found, wish, cancellation) is { } run
            ? Results.Json(View(run), statusCode: StatusCodes.Status201Created)
            : Problems.Conflict("too_many_runs", $"{RunStore.MaxOpen} runs of this model have not ended; cancel some first.");
    }

    private static async Task<IResult> ApproveAsync(
        string model,
        string run,
        HttpContext http,
        ModelCatalog models,
        RunAsking asking,
        RunStore runs,
        CancellationToken cancellation
    )
    {
        var (found, problem) = await FindAsync(model, run, models, runs, cancellation);
        if (problem is not null)
            return problem;
        return await asking.ApproveAsync(found!, Actor.Of(http).Name, cancellation)
            ? Results.Json(View((await runs.FindAsync(run, cancellation))!))
            : Problems.Conflict("nothing_to_approve", "This run does not wait for anybody's word.");
    }

    private static async Task<IResult> CancelAsync(
        string model,
        string run,
        HttpContext http,
        ModelCatalog models,
        RunAsking asking,
        RunStore runs,
        CancellationToken cancellation
    )
    {
        var (found, problem) = await FindAsync(model, run, models, runs, cancellation);
        if (problem is not null)
            return problem;
        return await asking.CancelAsync(found!, Actor.Of(http).Name, cancellation)
            ? Results.Json(View((await runs.FindAsync(run, cancellation))!))
            : Problems.Conflict("run_ended", "This run has ended already.");
    }

    private static async Task<(RetrainingRunRow? Run, IResult? Problem)> FindAsync(
        string model,
        string run,
        ModelCatalog models,
        RunStore runs,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return (null, Problems.UnknownModel(model));
        return await runs.FindAsync(run, cancellation) is { } row && row.ModelId == found.Id
            ? (row, null)
            : (null, Problems.NotFound("unknown_run", $"The model has no retraining run '{Problems.Shorten(run)}'."));
    }

    internal static object View(RetrainingRunRow run) =>
        new
        {
            run = run.Key,
            trigger = run.Trigger,
            reason = run.Reason,
            evidence = Json(run.Evidence),
            target = run.Target,
            dataset = run.Dataset is null ? null : new { name = run.Dataset, version = run.DatasetVersion },
            state = run.StateIs.Word(),
            needs_approval = run.NeedsApproval,
            approved_by = run.ApprovedBy,
            attempts = run.Attempts,
            next_attempt_at = run.StateIs == RunState.Sending ? Time(run.DueAtMs) : null,
            remote_id = run.RemoteId,
            version = run.Version,
            message = run.Message,
            metrics = Json(run.Metrics),
            requested_by = run.RequestedBy,
            requested_at = Time(run.RequestedAtMs),
            sent_at = Time(run.SentAtMs),
            heard_at = Time(run.HeardAtMs),
            finished_at = Time(run.FinishedAtMs),
        };

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);

    private static DateTimeOffset? Time(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    private static IResult Invalid(string field, string reason) =>
        Problems.Invalid("search_invalid", "The list cannot be read; see errors.", [new(field, reason)]);

    private sealed record RunBody(string? Dataset, string? Target, string? Reason);
}
