using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Outcomes.Signals;

/// <summary>What became of the business signals of a model.</summary>
public static class SignalEndpoints
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(366);

    public static void MapSignals(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/signals", GetAsync).RequireRole(ApiRole.Read).WithTags("Outcomes");

    private static async Task<IResult> GetAsync(
        string model,
        string? from,
        string? to,
        ModelCatalog models,
        SignalReport report,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (RequestTimes.Range(from, to, DefaultRange, LongestRange, time, out var range) is { } problem)
            return problem;
        var fates = await report.ReadAsync(found, range.From, range.To, cancellation);
        return TypedResults.Ok(
            new
            {
                signals = fates.Signals.Select(fate => new
                {
                    name = fate.Name,
                    declaration = SignalView.Of(fate.Signal!),
                    events = fate.Events,
                    attributed = fate.Attributed,
                    late = fate.Late,
                    unknown_prediction = fate.UnknownPrediction,
                    without_prediction = fate.WithoutPrediction,
                }),
                beyond_limit = fates.BeyondLimit,
            }
        );
    }
}
