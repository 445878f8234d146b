using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Answers;
using Plumbline.Review.Estimates;
using Plumbline.Statistics;

namespace Plumbline.Review.Web;

/// <summary>/v1/models/{model}/review/estimates and annotators: what answers say of all predictions, and of who gave them.</summary>
public static class EstimateEndpoints
{
    private const int DefaultDays = 30;
    private const int MostDays = 365;

    internal static void MapEstimates(this IEndpointRouteBuilder routes)
    {
        var review = routes.MapGroup("/v1/models/{model}/review").WithTags("Review");
        review.MapGet("estimates", EstimatesAsync).RequireRole(ApiRole.Read);
        review.MapGet("annotators", AnnotatorsAsync).RequireRole(ApiRole.Read);
    }

    private static async Task<IResult> EstimatesAsync(
        string model,
        int? days,
        ModelCatalog models,
        ReviewedPerformance performance,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (days is < 1 or > MostDays)
            return WrongDays();
        var estimates = await performance.ReadAsync(found, days ?? DefaultDays, cancellation);
        return TypedResults.Ok(
            new
            {
                metric = found.Task == ModelTask.Regression ? "mae" : "accuracy",
                policies = estimates.Select(estimate => new
                {
                    policy = estimate.Policy,
                    from = estimate.From,
                    to = estimate.To,
                    population = estimate.Population,
                    chosen = estimate.Chosen,
                    resolved = estimate.Resolved,
                    resolved_share = estimate.ResolvedShare,
                    answers = View(estimate.Answers),
                    prediction_powered = estimate.Powered is { } powered
                        ? new
                        {
                            estimate = View(powered.Estimate),
                            cheap_labels = estimate.CheapLabels.Select(kind => kind.Name),
                            lambda = powered.Lambda,
                            width_ratio = powered.WidthRatio,
                            labels_saved = powered.LabelsSaved,
                        }
                        : null,
                }),
            }
        );
    }

    private static async Task<IResult> AnnotatorsAsync(
        string model,
        int? days,
        ModelCatalog models,
        AnnotatorProgress progress,
        AnnotatorAgreement agreement,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (days is < 1 or > MostDays)
            return WrongDays();
        var records = await progress.OfAsync(found, days ?? DefaultDays, cancellation);
        return TypedResults.Ok(
            new
            {
                annotators = records.Select(record => new
                {
                    annotator = record.Annotator,
                    robot = record.IsRobot,
                    answers = record.Answers,
                    median_seconds = record.MedianSeconds,
                    agreed = record.Agreed,
                    compared = record.Compared,
                    gold_right = record.GoldRight,
                    gold = record.Gold,
                }),
                agreement = await agreement.OfAsync(found, days ?? DefaultDays, cancellation) is { } report ? View(report) : null,
            }
        );
    }

    private static object View(AgreementReport report) =>
        new
        {
            tasks = report.Tasks,
            percent = report.Percent is { } percent ? View(percent) : null,
            krippendorff_alpha = View(report.Alpha),
            fleiss_kappa = report.Fleiss is { } fleiss ? View(fleiss) : null,
            pairs = report.Pairs.Select(pair => new
            {
                annotators = new[] { pair.First, pair.Second },
                tasks = pair.Tasks,
                same = pair.Same,
                cohen_kappa = pair.Kappa is { } kappa ? View(kappa) : null,
            }),
        };

    private static object View(Estimate estimate) =>
        new
        {
            value = estimate.Value,
            lower = estimate.Lower,
            upper = estimate.Upper,
            n = estimate.N,
            reason = estimate.Reason,
        };

    private static IResult WrongDays() =>
        Problems.Invalid("search_invalid", "The question cannot be answered; see errors.", [new("days", $"1 to {MostDays}.")]);
}
