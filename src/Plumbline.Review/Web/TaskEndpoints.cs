using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Answers;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Web;

/// <summary>/v1/models/{model}/review: tasks and answers to them.</summary>
public static class TaskEndpoints
{
    private const int MaxBodyBytes = 32 * 1024;
    private const int DefaultPage = 50;

    private static readonly JsonSerializerOptions BodyJson = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    internal static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var review = routes.MapGroup("/v1/models/{model}/review").WithTags("Review");
        review.MapGet("tasks", ListAsync).RequireRole(ApiRole.Review);
        review.MapGet("tasks/{task:long}/answers", AnswersAsync).RequireRole(ApiRole.Review);
        review.MapPost("next", NextAsync).Runs(ReviewCommands.Take);
        review.MapPost("tasks/{task:long}/keep", KeepAsync).Runs(ReviewCommands.Take);
        review.MapPost("tasks/{task:long}/release", ReleaseAsync).Runs(ReviewCommands.Take);
        review
            .MapPost(
                "tasks/{task:long}/answer",
                (string model, long task, HttpContext http, ModelCatalog models, AnswerRecording recording, CancellationToken ct) =>
                    AnswerAsync(model, task, http, models, recording.AnswerAsync, ct)
            )
            .Runs(ReviewCommands.Answer);
        review.MapDelete("tasks/{task:long}/answer", WithdrawAsync).Runs(ReviewCommands.Withdraw);
        review
            .MapPost(
                "tasks/{task:long}/decide",
                (string model, long task, HttpContext http, ModelCatalog models, AnswerRecording recording, CancellationToken ct) =>
                    AnswerAsync(model, task, http, models, recording.DecideAsync, ct)
            )
            .Runs(ReviewCommands.Decide);
    }

    private static async Task<IResult> ListAsync(
        string model,
        string? state,
        string? cursor,
        int? limit,
        ModelCatalog models,
        TaskQueue queue,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (!Enum.TryParse<TaskState>(state ?? nameof(TaskState.Open), ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted))
            return Invalid("state", "One of open, done, disputed, broken, expired.");
        if (limit is < 1 or > TaskQueue.MaxPage)
            return Invalid("limit", $"1 to {TaskQueue.MaxPage}.");
        if (!TryCursor(cursor, out var after))
            return Invalid("cursor", "Not a cursor of this list: pass on 'next' of the page before as it is.");
        var size = limit ?? DefaultPage;
        var page = await queue.PageAsync(found, wanted, after, size + 1, cancellation);
        var more = page.Count > size;
        var shown = more ? page.Take(size).ToList() : page;
        return TypedResults.Ok(
            new
            {
                tasks = shown.Select(View),
                counts = (await queue.CountsAsync(found, cancellation)).ToDictionary(
                    pair => pair.Key.ToString().ToLowerInvariant(),
                    pair => pair.Value
                ),
                counted_to = TaskQueue.MostCounted,
                next = more ? Cursor(shown[^1]) : null,
            }
        );
    }

    private static async Task<IResult> NextAsync(
        string model,
        long? after,
        HttpContext http,
        ModelCatalog models,
        TaskQueue queue,
        TaskReader reader,
        PolicyStore policies,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (await queue.NextAsync(Actor.Of(http), found, after, cancellation) is not { } task)
            return TypedResults.NoContent();
        var row = await reader.FindAsync(found, task, cancellation);
        var policy = (await policies.ReadAsync(found, cancellation)).FirstOrDefault(stored => stored.Id == task.PolicyId)?.Policy;
        return TypedResults.Ok(
            new
            {
                task = task.Id,
                prediction_id = task.PredictionId,
                timestamp = DateTimeOffset.FromUnixTimeMilliseconds(task.TimestampMs),
                features = row?.Features,
                type_errors = row?.TypeErrors,
                reasons = TaskEvidence.Read(task.Evidence).Reasons,
                answer = policy?.ShowAnswer == true ? task.Answer : null,
                guidelines = policy?.Guidelines ?? "",
                classes = found.Classes,
                kept_until = DateTimeOffset.FromUnixTimeMilliseconds(task.LockedUntilMs),
                is_stored = row is not null,
            }
        );
    }

    private static async Task<IResult> KeepAsync(
        string model,
        long task,
        HttpContext http,
        ModelCatalog models,
        TaskQueue queue,
        CancellationToken cancellation
    )
    {
        if (await FindAsync(model, task, http, models, queue, cancellation) is { } problem)
            return problem;
        return await queue.KeepAsync(Actor.Of(http), task, cancellation)
            ? TypedResults.NoContent()
            : Problems.Conflict("task_locked", "Somebody else has this task now, or it is decided. Take the next one.");
    }

    private static async Task<IResult> ReleaseAsync(
        string model,
        long task,
        HttpContext http,
        ModelCatalog models,
        TaskQueue queue,
        CancellationToken cancellation
    )
    {
        if (await FindAsync(model, task, http, models, queue, cancellation) is { } problem)
            return problem;
        await queue.ReleaseAsync(Actor.Of(http), task, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<IResult?> FindAsync(
        string model,
        long task,
        HttpContext http,
        ModelCatalog models,
        TaskQueue queue,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await queue.FindAsync(Actor.Of(http), task, cancellation) is { } row && row.ModelId == found.Id
            ? null
            : UnknownTask($"There is no task {task} of this model.");
    }

    private static async Task<IResult> AnswerAsync(
        string model,
        long task,
        HttpContext http,
        ModelCatalog models,
        Func<Actor, ModelDefinition, long, ReviewAnswer, CancellationToken, Task<AnswerResult>> record,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation) is not { } body)
            return Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", "An answer has at most 32 KiB.");
        ReviewAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize<ReviewAnswer>(body.Span, BodyJson);
        }
        catch (JsonException error)
        {
            return Problems.BadRequest(
                "answer_invalid",
                $"The body is an answer such as {{\"value\":\"1\"}} or {{\"kind\":\"skip\"}}: {Problems.Shorten(error.Message, 300)}"
            );
        }

        if (answer is null)
            return Problems.BadRequest("answer_invalid", "The body is an answer such as {\"value\":\"1\"}.");
        if (AnswerRecording.Check(answer, found) is { Count: > 0 } errors)
            return Problems.Invalid("answer_invalid", "The answer cannot be taken; see errors.", errors);
        return Answered(await record(Actor.Of(http), found, task, answer, cancellation));
    }

    private static async Task<IResult> AnswersAsync(
        string model,
        long task,
        HttpContext http,
        ModelCatalog models,
        TaskQueue queue,
        TaskAnswers answers,
        CancellationToken cancellation
    ) =>
        await FindAsync(model, task, http, models, queue, cancellation)
        ?? TypedResults.Ok(
            new
            {
                answers = (await answers.OfAsync(task, cancellation)).Select(answer => new
                {
                    annotator = answer.Annotator,
                    robot = answer.IsRobot,
                    kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(((AnswerKind)answer.Kind).ToString()),
                    value = answer.Kind == (int)AnswerKind.Value ? answer.Value : null,
                    sure = answer.Sure,
                    note = answer.Note.Length > 0 ? answer.Note : null,
                    flag = answer.IsFlagged,
                    at = DateTimeOffset.FromUnixTimeMilliseconds(answer.AtMs),
                    decision = answer.IsDecision,
                }),
            }
        );

    private static async Task<IResult> WithdrawAsync(
        string model,
        long task,
        HttpContext http,
        ModelCatalog models,
        AnswerRecording recording,
        CancellationToken cancellation
    ) =>
        models.Find(model) is null
            ? Problems.UnknownModel(model)
            : Answered(await recording.WithdrawAsync(Actor.Of(http), task, cancellation));

    private static IResult Answered(AnswerResult result) =>
        result.Outcome switch
        {
            AnswerOutcome.UnknownTask => UnknownTask(result.Detail),
            AnswerOutcome.Locked => Problems.Conflict("task_locked", result.Detail),
            AnswerOutcome.Answered => Problems.Conflict("already_answered", result.Detail),
            AnswerOutcome.Nothing => Problems.Conflict("nothing_to_change", result.Detail),
            AnswerOutcome.Gone => Problems.Make(StatusCodes.Status410Gone, "Gone", "prediction_deleted", result.Detail),
            _ => TypedResults.Ok(
                new
                {
                    outcome = result.Outcome.ToString().ToLowerInvariant(),
                    detail = result.Detail.Length > 0 ? result.Detail : null,
                    task = View(result.Task!),
                }
            ),
        };

    private static object View(ReviewTaskRow task)
    {
        var evidence = TaskEvidence.Read(task.Evidence);
        return new
        {
            task = task.Id,
            prediction_id = task.PredictionId,
            timestamp = DateTimeOffset.FromUnixTimeMilliseconds(task.TimestampMs),
            version = task.Version,
            answer = task.Answer,
            state = ((TaskState)task.State).ToString().ToLowerInvariant(),
            rank = task.Rank,
            wanted = task.Wanted,
            on_screen_of = task.LockedBy,
            resolved = task.Resolved,
            resolved_at = task.ResolvedAtMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : (DateTimeOffset?)null,
            is_ground_truth = task.DeliveredAtMs is not null && task.Gold is null,
            reasons = evidence.Reasons,
            scores = evidence.Scores.ToDictionary(pair => pair.Key, pair => (object?)(double.IsFinite(pair.Value) ? pair.Value : null)),
        };
    }

    private static bool TryCursor(string? text, out (double Rank, long Id)? after)
    {
        after = null;
        if (string.IsNullOrEmpty(text))
            return true;
        var parts = text.Split('_');
        if (
            parts.Length != 2
            || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var rank)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        )
        {
            return false;
        }

        after = (rank, id);
        return true;
    }

    private static string Cursor(ReviewTaskRow last) => string.Create(CultureInfo.InvariantCulture, $"{last.Rank:R}_{last.Id}");

    private static IResult UnknownTask(string detail) => Problems.NotFound("unknown_task", detail);

    private static IResult Invalid(string field, string reason) =>
        Problems.Invalid("search_invalid", "The list cannot be read; see errors.", [new(field, reason)]);
}
