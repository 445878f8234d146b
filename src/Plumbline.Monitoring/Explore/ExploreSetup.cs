using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Monitoring.Explore;

/// <summary>Looking at single predictions: <c>GET predictions</c>, <c>GET predictions/{id}</c>, <c>GET prediction-counts</c>.</summary>
public static class ExploreSetup
{
    private const int DefaultBuckets = 60;
    private const int TimeoutExceeded = 159;
    private const int MemoryLimitExceeded = 241;

    public static IServiceCollection AddExplore(this IServiceCollection services) =>
        services.AddSingleton<PredictionQueries>().AddSingleton<Facets>();

    public static void MapExplore(this IEndpointRouteBuilder routes)
    {
        var model = routes.MapGroup("/v1/models/{model}").WithTags("Explore");
        model.MapGet("predictions", PageAsync).RequireRole(ApiRole.Read);
        model.MapGet("prediction-counts", CountAsync).RequireRole(ApiRole.Read);
        // The rest of the path: an id may hold slashes.
        model.MapGet("predictions/{**predictionId}", FindAsync).RequireRole(ApiRole.Read);
    }

    private static Task<IResult> PageAsync(
        string model,
        HttpRequest request,
        ModelCatalog catalog,
        PredictionQueries queries,
        CancellationToken cancellation
    ) =>
        SearchAsync(
            model,
            request,
            catalog,
            async (found, search) =>
            {
                var page = await queries.PageAsync(found, search, cancellation);
                return TypedResults.Ok(new { predictions = page.Predictions, next = page.Next });
            }
        );

    private static Task<IResult> CountAsync(
        string model,
        HttpRequest request,
        ModelCatalog catalog,
        PredictionQueries queries,
        CancellationToken cancellation
    ) =>
        SearchAsync(
            model,
            request,
            catalog,
            async (found, search) =>
            {
                var buckets = DefaultBuckets;
                if (
                    request.Query["buckets"].ToString() is { Length: > 0 } text
                    && (
                        !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out buckets)
                        || buckets is < 2 or > PredictionQueries.MaxBuckets
                    )
                )
                {
                    return Invalid([new("buckets", $"2 to {PredictionQueries.MaxBuckets}.")]);
                }

                var counts = await queries.CountAsync(found, search, buckets, cancellation);
                return TypedResults.Ok(
                    new
                    {
                        from = counts.From,
                        to = counts.To,
                        step_seconds = counts.Step.TotalSeconds,
                        counts = counts.Counts.Select(count => new
                        {
                            start = count.Start,
                            @class = count.Class.Length > 0 ? count.Class : null,
                            count = count.Count,
                        }),
                    }
                );
            }
        );

    private static async Task<IResult> FindAsync(
        string model,
        HttpContext context,
        ModelCatalog catalog,
        PredictionQueries queries,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var id = PredictionIdOf(context);
        if (await queries.FindAsync(found, id, cancellation) is { } decision)
            return TypedResults.Ok(View(decision));
        return Problems.NotFound(
            "unknown_prediction",
            $"No prediction '{Problems.Shorten(id)}' of model '{model}' is stored. A prediction shows a moment after it was acknowledged."
        );
    }

    private static async Task<IResult> SearchAsync(
        string model,
        HttpRequest request,
        ModelCatalog catalog,
        Func<ModelDefinition, PredictionSearch, Task<IResult>> run
    )
    {
        if (catalog.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (search, errors) = SearchQueryReader.Read(request.Query, found);
        if (search is null)
            return Invalid(errors);
        try
        {
            return await run(found, search);
        }
        catch (EngineException heavy) when (heavy.Code is TimeoutExceeded or MemoryLimitExceeded)
        {
            return Problems.Make(
                StatusCodes.Status422UnprocessableEntity,
                "The search is too heavy",
                "search_too_heavy",
                "It needs more time or memory than one search may take: narrow the time range with from and to, or name fewer columns."
            );
        }
    }

    private static IResult Invalid(IReadOnlyList<FieldError> errors) =>
        Problems.Invalid("search_invalid", "The search cannot be run; see errors.", errors);

    // Routing leaves an encoded slash as it is, which cannot be told from an id that really holds "%2F": the target as it was sent can.
    private static string PredictionIdOf(HttpContext context)
    {
        const string Marker = "/predictions/";
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?')[0];
        var start = path.IndexOf(Marker, StringComparison.Ordinal);
        return start < 0 ? (string?)context.GetRouteValue("predictionId") ?? "" : Uri.UnescapeDataString(path[(start + Marker.Length)..]);
    }

    private static object View(Decision decision) =>
        new
        {
            prediction_id = decision.Row.PredictionId,
            timestamp = decision.Row.Timestamp,
            received_at = decision.ReceivedAt,
            version = decision.Row.Version,
            role = decision.Row.Role,
            status = decision.Row.Status,
            prediction = decision.Row.Prediction,
            score = decision.Row.Score,
            confidence = decision.Row.Confidence,
            entropy = decision.Row.Entropy,
            probabilities = decision.Probabilities,
            latency_ms = decision.Row.LatencyMs,
            error = decision.Error.Length > 0 ? decision.Error : null,
            trace_id = decision.TraceId.Length > 0 ? decision.TraceId : null,
            metadata = decision.Metadata.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(decision.Metadata) : (JsonElement?)null,
            features = decision.Row.Features,
            type_errors = decision.Row.TypeErrors,
            ground_truth = decision.GroundTruth.Count > 0 ? decision.GroundTruth[^1] : null,
            ground_truth_history = decision.GroundTruth,
            signals = decision.Signals,
            scores = decision.Scored?.Values.ToDictionary(pair => pair.Key.Name, pair => PredictionRows.Number(pair.Value)),
            reasons = decision.Scored?.Reasons,
        };
}
