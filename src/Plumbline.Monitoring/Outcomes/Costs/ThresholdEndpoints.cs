using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Statistics;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>What other thresholds would have cost.</summary>
public static class ThresholdEndpoints
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(62);

    public static void MapThresholds(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/thresholds", GetAsync).RequireRole(ApiRole.Read).WithTags("Outcomes");

    private static async Task<IResult> GetAsync(
        string model,
        string? from,
        string? to,
        ModelCatalog models,
        ThresholdAdvisor advisor,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (RequestTimes.Range(from, to, DefaultRange, LongestRange, time, out var range) is { } problem)
            return problem;
        var advice = await advisor.ReadAsync(found, range.From, range.To, cancellation);
        return Results.Json(
            new
            {
                advice.Gap,
                advice.Rows,
                own_cost_per_1000 = View(advice.Own),
                cheapest = advice.Cheapest is { } cheapest ? Of(cheapest) : null,
                points = advice.Points.Select(Of),
            },
            ModelSpecification.Json
        );
    }

    private static object Of(ThresholdCost point) =>
        new
        {
            point.Threshold,
            cost_per_1000 = View(point.CostPer1000),
            point.PositiveShare,
        };

    private static object? View(Estimate? estimate) =>
        estimate is { Value: not null } known
            ? new
            {
                known.Value,
                known.Lower,
                known.Upper,
            }
            : null;
}
