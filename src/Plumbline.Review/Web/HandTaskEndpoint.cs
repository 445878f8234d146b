using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Web;

/// <summary>POST /v1/models/{model}/review/tasks: predictions that somebody wants to have looked at.</summary>
public static class HandTaskEndpoint
{
    private const int MaxBodyBytes = 512 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    internal static void MapHandTasks(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/models/{model}/review/tasks", AddAsync).Runs(ReviewCommands.AskByHand).WithTags("Review");

    private static async Task<IResult> AddAsync(
        string model,
        HttpContext http,
        ModelCatalog models,
        HandTasks tasks,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (asked, problem) = await DefaultedBody.ReadAsync<Asked>(http.Request, "question", MaxBodyBytes, Json, cancellation);
        if (problem is not null)
            return problem;
        var errors = new List<FieldError>();
        if (asked.PredictionIds is not { Count: >= 1 and <= HandTasks.MostAtOnce } ids || ids.Any(string.IsNullOrEmpty))
            errors.Add(new("prediction_ids", $"A list of 1 to {HandTasks.MostAtOnce} ids of predictions."));
        if (asked.Annotators is < 1 or > HandTasks.MostAnnotators)
            errors.Add(new("annotators", $"1 to {HandTasks.MostAnnotators}."));
        if (errors.Count > 0)
            return Problems.Invalid("question_invalid", "No task can be made of this; see errors.", errors);
        var result = await tasks.AddAsync(found, asked.PredictionIds!, asked.Annotators, cancellation);
        return result.IsFull
            ? Problems.Conflict("too_many_tasks", "There is no room for more open tasks: see review.max_open_tasks.")
            : TypedResults.Ok(
                new
                {
                    made = result.Made,
                    known = result.Known,
                    missing = result.Missing,
                }
            );
    }

    /// <summary>The body.</summary>
    internal sealed record Asked
    {
        public IReadOnlyList<string>? PredictionIds { get; init; }

        public int Annotators { get; init; } = 1;
    }
}
