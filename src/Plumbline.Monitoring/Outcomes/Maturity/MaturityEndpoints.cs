using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Outcomes.Maturity;

/// <summary>How ground truth comes in.</summary>
public static class MaturityEndpoints
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(180);

    public static void MapMaturity(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/label-maturity", GetAsync).RequireRole(ApiRole.Read).WithTags("Outcomes");

    private static async Task<IResult> GetAsync(
        string model,
        string? from,
        string? to,
        ModelCatalog models,
        LabelMaturityReader reader,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (RequestTimes.Range(from, to, DefaultRange, LongestRange, time, out var range) is { } problem)
            return problem;
        var maturity = await reader.ReadAsync(found, range.From, range.To, cancellation);
        return Results.Json(
            new
            {
                maturity.From,
                maturity.To,
                maturity.Predictions,
                maturity.Labelled,
                maturity.Eventually,
                median_delay = maturity.Median is { } median ? DurationText.Format(median) : null,
                mature_age = maturity.MatureAge is { } age ? DurationText.Format(age) : null,
                declared_delay = found.LabelDelay is { } declared ? DurationText.Format(declared) : null,
                coverage = maturity.Coverage.Select(point => new
                {
                    age_hours = point.Age,
                    share = point.Share,
                    standard_error = point.StandardError,
                    at_risk = point.AtRisk,
                }),
                maturity.Selective,
            },
            ModelSpecification.Json
        );
    }
}
