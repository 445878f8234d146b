using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>/v1/models/{model}/system: the machine beside the model, availability, and what moved first.</summary>
public static class SystemEndpoints
{
    private const int MaxBodyBytes = 16 * 1024;
    private const int MostDays = 366;
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(92);

    public static void MapSystemLayer(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/system/presets", Presets).RequireRole(ApiRole.Read).WithTags("System");
        var system = routes.MapGroup("/v1/models/{model}/system").WithTags("System");
        system.MapGet("availability", AvailabilityAsync).RequireRole(ApiRole.Read);
        system.MapGet("first-moves", FirstMovesAsync).RequireRole(ApiRole.Read);
        system.MapGet("queries", ListAsync).RequireRole(ApiRole.Read);
        system.MapPut("queries/{metric}", PutAsync).Runs(MachineCommands.Declare);
        system.MapDelete("queries/{metric}", DeleteAsync).Runs(MachineCommands.Delete);
        system.MapPost("queries/{metric}/test", TestAsync).Runs(MachineCommands.Test);
    }

    private static IResult Presets(MachineOptions options) =>
        TypedResults.Ok(
            new
            {
                prometheus = options.Prometheus.Select(connection => connection.Name),
                presets = MachinePreset.All.Select(preset => new
                {
                    preset.Name,
                    metric = MachineMetrics.ShortOf(preset.Metric),
                    preset.Query,
                    preset.From,
                }),
            }
        );

    private static async Task<IResult> AvailabilityAsync(
        string model,
        int? days,
        ModelCatalog models,
        AvailabilityReader reader,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (days is < 1 or > MostDays)
            return Problems.BadRequest("days_invalid", $"days: 1 to {MostDays}.");
        var versions = await reader.ReadAsync(found, days ?? 30, cancellation);
        return TypedResults.Ok(
            new
            {
                objective = reader.Objective,
                days = days ?? 30,
                versions = versions.Select(version => new
                {
                    version = version.Version.Length == 0 ? null : version.Version,
                    requests = version.Requests,
                    errors = version.Errors,
                    timeouts = version.Timeouts,
                    availability = version.Availability.Value,
                    lower = version.Availability.Lower,
                    upper = version.Availability.Upper,
                    budget_left = version.Budget,
                }),
            }
        );
    }

    private static async Task<IResult> FirstMovesAsync(
        string model,
        string? from,
        string? to,
        ModelCatalog models,
        FirstMoves moves,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (!RequestTimes.TryParse(to, time.GetUtcNow(), out var end))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("to", to));
        if (!RequestTimes.TryParse(from, end - (24 * found.Window), out var start))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("from", from));
        if (start >= end || end - start > LongestSpan)
            return Problems.BadRequest("range_invalid", $"from must be before to, by {LongestSpan.TotalDays:0} days at most.");
        var moved = await moves.FindAsync(found, start, end, cancellation);
        return TypedResults.Ok(
            new
            {
                from = start,
                to = end,
                moves = moved.Select(move => new
                {
                    metric = move.Metric,
                    feature = move.Feature.Length == 0 ? null : move.Feature,
                    at = move.At,
                    value = move.Value,
                    normal = move.Normal,
                    lead = DurationText.Format(move.Lead),
                }),
            }
        );
    }

    private static async Task<IResult> ListAsync(
        string model,
        ModelCatalog models,
        MachineQueryStore queries,
        CancellationToken cancellation
    ) =>
        models.Find(model) is { } found
            ? Results.Json(new { queries = (await queries.ReadAsync(found, cancellation)).Select(View) }, MachineQuery.Json)
            : Problems.UnknownModel(model);

    private static async Task<IResult> PutAsync(
        string model,
        string metric,
        HttpContext http,
        ModelCatalog models,
        MachineQueryStore queries,
        MachineOptions options,
        CancellationToken cancellation
    )
    {
        var (found, query, problem) = await ReadAsync(model, metric, http, models, options, cancellation);
        if (problem is not null)
            return problem;
        await queries.PutAsync(found!, MachineMetrics.Prefix + metric, query, Actor.Of(http).Name, cancellation);
        var stored = await queries.ReadAsync(found!, cancellation);
        return Results.Json(View(stored.First(one => one.Metric == MachineMetrics.Prefix + metric)), MachineQuery.Json);
    }

    private static async Task<IResult> DeleteAsync(
        string model,
        string metric,
        ModelCatalog models,
        MachineQueryStore queries,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await queries.DeleteAsync(found, MachineMetrics.Prefix + metric, cancellation)
            ? TypedResults.NoContent()
            : Problems.NotFound("unknown_query", $"The model has no query for '{Problems.Shorten(metric)}'.");
    }

    private static async Task<IResult> TestAsync(
        string model,
        string metric,
        HttpContext http,
        ModelCatalog models,
        MachineOptions options,
        MachineQueryTest test,
        CancellationToken cancellation
    )
    {
        var (found, query, problem) = await ReadAsync(model, metric, http, models, options, cancellation);
        if (problem is not null)
            return problem;
        var trial = await test.AskAsync(found!, MachineMetrics.Prefix + metric, query, cancellation);
        return Results.Json(
            new
            {
                trial.Prometheus,
                trial.Problem,
                trial.Warning,
                Series = trial.Series.Select(series => new
                {
                    series.Labels,
                    series.Samples,
                    series.Newest,
                }),
                Points = trial.Points.Select(point => new
                {
                    point.WindowStart,
                    point.Value,
                    point.N,
                }),
            },
            MachineQuery.Json
        );
    }

    private static async Task<(ModelDefinition? Model, MachineQuery Query, IResult? Problem)> ReadAsync(
        string model,
        string metric,
        HttpContext http,
        ModelCatalog models,
        MachineOptions options,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return (null, new(), Problems.UnknownModel(model));
        if (MachineMetrics.All.All(known => known.Name != MachineMetrics.Prefix + metric))
        {
            var known = string.Join(", ", MachineMetrics.All.Select(one => MachineMetrics.ShortOf(one.Name)));
            return (found, new(), Problems.BadRequest("unknown_metric", $"'{Problems.Shorten(metric)}' is none of {known}."));
        }

        var (query, problem) = await DefaultedBody.ReadAsync<MachineQuery>(
            http.Request,
            "query",
            MaxBodyBytes,
            MachineQuery.Json,
            cancellation
        );
        if (problem is null && query.Check(options).ToList() is { Count: > 0 } errors)
            problem = Problems.Invalid("query_invalid", "The query cannot be used; see errors.", errors);
        return (found, query, problem);
    }

    private static object View(StoredMachineQuery stored) =>
        new
        {
            Metric = MachineMetrics.ShortOf(stored.Metric),
            stored.Query,
            stored.UpdatedAt,
            stored.UpdatedBy,
            stored.PulledTo,
            stored.AskedAt,
            stored.Problem,
            stored.ProblemSince,
        };
}
