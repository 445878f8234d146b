using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>/v1/models/{model}/cold-spots: ask for a search, see what the last one found, stop one.</summary>
public static class ColdSpotEndpoints
{
    private const int MaxBodyBytes = 16 * 1024;

    private static readonly JsonSerializerOptions BodyJson = new(ColdSpotReport.Json)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static void MapColdSpots(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/models/{model}").WithTags("Segments");
        group.MapPost("cold-spots", StartAsync).Runs(ColdSpotCommands.Search);
        group.MapGet("cold-spots", GetAsync).RequireRole(ApiRole.Read);
        group.MapDelete("cold-spots", Cancel).Runs(ColdSpotCommands.Cancel);
        group.MapPost("cold-spots/{number}/watch", WatchAsync).Runs(ColdSpotCommands.Watch);
    }

    private static async Task<IResult> StartAsync(
        string model,
        HttpContext http,
        ModelCatalog models,
        ColdSpotJobs jobs,
        ColdSpotReader reader,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (request, problem) = await ReadAsync(http.Request, found, cancellation);
        if (problem is not null)
            return problem;
        if (jobs.Start(found, request! with { AskedBy = Actor.Of(http).Name }) is null)
        {
            return Problems.Make(
                StatusCodes.Status429TooManyRequests,
                "Too many searches",
                "too_many_searches",
                $"At most {ColdSpotJobs.MaxOpen} models are searched or wait for it at once; cancel one or wait."
            );
        }

        return Results.Json(await reader.ReadAsync(found, cancellation), ColdSpotReport.Json, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> GetAsync(string model, ModelCatalog models, ColdSpotReader reader, CancellationToken cancellation) =>
        models.Find(model) is { } found
            ? Results.Json(await reader.ReadAsync(found, cancellation), ColdSpotReport.Json)
            : Problems.UnknownModel(model);

    private static IResult Cancel(string model, ModelCatalog models, ColdSpotJobs jobs)
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return jobs.Cancel(found)
            ? TypedResults.NoContent()
            : Problems.NotFound("no_search", "No search for cold spots of this model waits or runs.");
    }

    private static async Task<IResult> WatchAsync(
        string model,
        int number,
        ModelCatalog models,
        ColdSpotReader reader,
        ColdSpotWatch watch,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var report = (await reader.ReadAsync(found, cancellation)).Result;
        if (report?.ColdSpots.FirstOrDefault(spot => spot.Number == number) is not { } spot)
            return Problems.NotFound("unknown_cold_spot", $"The last search has no finding {number}.");
        if (ColdSpotWatch.Plan(found, spot) is not { } plan)
        {
            return Problems.Conflict(
                "not_watchable",
                $"'{Problems.Shorten(spot.Text)}' is watched already, or has a condition (none of the frequent values, "
                    + "any value at all) that no segment can be made of."
            );
        }

        if (!await watch.WatchAsync(found, plan, report, cancellation))
            return Problems.Conflict("too_many_segments", ColdSpotWatch.TooMany);
        return Results.Json(ModelView.Of(models.Find(model) ?? found, models), ModelSpecification.Json);
    }

    private static async Task<(ColdSpotRequest? Request, IResult? Problem)> ReadAsync(
        HttpRequest request,
        ModelDefinition model,
        CancellationToken cancellation
    )
    {
        if (await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation) is not { } body)
            return (null, Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", "At most 16 KiB."));
        Body asked;
        try
        {
            asked = body.IsEmpty ? new Body() : JsonSerializer.Deserialize<Body>(body.Span, BodyJson) ?? new Body();
        }
        catch (JsonException error)
        {
            return (
                null,
                Problems.BadRequest(
                    "cold_spots_invalid",
                    $"The body is {{\"loss\":\"..\", \"signal\":\"..\", \"days\":7, \"version\":\"..\"}}, each of them optional: "
                        + $"{Problems.Shorten(error.Message, 300)}"
                )
            );
        }

        var loss = asked.Loss ?? (asked.Signal is null ? ColdSpotLoss.Auto : ColdSpotLoss.Signal);
        if (Check(asked, loss, model) is { } reason)
            return (null, Problems.BadRequest("cold_spots_invalid", reason));
        return (new ColdSpotRequest(loss, asked.Signal, asked.Days ?? ColdSpotRequest.DefaultDays, asked.Version ?? ""), null);
    }

    private static string? Check(Body asked, ColdSpotLoss loss, ModelDefinition model)
    {
        if (asked.Days is < 1 or > ColdSpotRequest.MaxDays)
            return $"days: 1 to {ColdSpotRequest.MaxDays}.";
        if (
            loss is ColdSpotLoss.EstimatedError or ColdSpotLoss.Uncertainty or ColdSpotLoss.Overconfidence
            && model.Task == ModelTask.Regression
        )
        {
            return "loss: a regression has error and signal.";
        }

        if ((loss == ColdSpotLoss.Signal) != (asked.Signal is not null))
            return "signal: the name of a signal, and only where the loss is one.";
        if (asked.Signal is null)
            return null;
        if (model.FindSignal(asked.Signal) is not { } signal)
            return $"signal: the model has no signal '{Problems.Shorten(asked.Signal)}'.";
        return signal.UpIsGood is null ? $"signal: declare first whether up is good for '{Problems.Shorten(asked.Signal)}'." : null;
    }

    private sealed record Body
    {
        public ColdSpotLoss? Loss { get; init; }

        public string? Signal { get; init; }

        public int? Days { get; init; }

        public string? Version { get; init; }
    }
}
