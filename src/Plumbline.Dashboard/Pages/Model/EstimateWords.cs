using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Multivariate;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Statistics;
using Plumbline.Statistics.Estimation;
using Plumbline.Statistics.Multivariate;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What pages say of estimates: why there are none, and how far those that are there can be trusted.</summary>
public static class EstimateWords
{
    /// <summary>Share of rows beyond the reference from which it is said.</summary>
    private const double WorthSaying = 0.01;

    /// <summary>What is missing, and what to do about it.</summary>
    public static (string Title, string ToDo) Of(EstimatorGap gap, ModelDefinition model) =>
        gap switch
        {
            EstimatorGap.NoReference => (
                "There is no reference yet.",
                "Upload one with predictions and ground truth to the address below; without any, the first complete days, "
                    + "of 1,000 rows together, become it."
            ),
            EstimatorGap.NoGroundTruth => (
                "The reference has no ground truth.",
                "What earlier answers were worth is what estimates are made of. Upload a reference with it, "
                    + "or declare a past stretch of production whose ground truth has come."
            ),
            EstimatorGap.TooFewRows => (
                "The reference has too little ground truth.",
                $"At least {EstimatorCatalog.LeastRows} rows with ground truth are needed."
            ),
            EstimatorGap.NoScores => model.Task == ModelTask.Regression
                ? ("The reference has no predictions.", "Name the column of the model's own predictions when uploading it.")
                : (
                    "The reference has no scores.",
                    "Estimates are made of calibrated scores: name the column with the score when uploading it."
                ),
            _ => ("The reference has one outcome only.", "Nothing can be said about an outcome that it never had. Upload one with both."),
        };

    /// <summary>How the estimator fared where ground truth has come, in one sentence; null while there is none.</summary>
    public static string? Record(IReadOnlyList<MetricPoint> points, string name) =>
        Past(points, name) is { } past
            ? $"Over {Figures.Count(past.Windows)} windows with ground truth the estimate was off by "
                + $"{Figures.Format(past.MeanAbsoluteError)} on average ({Tendency(past.Bias)}); "
                + $"{Figures.Format(past.Coverage.Value, "ratio")} were realised inside its 95 % interval."
            : null;

    /// <summary>What speaks against the estimates, most serious first.</summary>
    /// <param name="points">Points of <c>estimated.error</c> and <c>estimated.outside_support</c> in scope.</param>
    /// <param name="drift">Points of <c>drift.multivariate.*</c> of the model.</param>
    /// <param name="name">The main metric.</param>
    public static IReadOnlyList<string> Warnings(IReadOnlyList<MetricPoint> points, IReadOnlyList<MetricPoint> drift, string name)
    {
        var warnings = EstimateTrust.Warnings(Drift(drift), Past(points, name)).ToList();
        var outside = points
            .Where(point => point.Metric == EstimatedMetrics.OutsideSupport && point.Value is not null)
            .MaxBy(point => point.WindowStart);
        if (outside?.Value > WorthSaying)
        {
            warnings.Add(
                $"{Figures.Format(outside.Value, "ratio")} of the newest window's rows lie beyond everything that the labelled "
                    + "reference had: there the estimate is a guess"
            );
        }

        return [.. warnings.Select(Sentence)];
    }

    /// <summary>Earlier estimates beside what was realised, from the points of their differences; null when there are none.</summary>
    public static EstimationError? Past(IEnumerable<MetricPoint> points, string name)
    {
        var errors = points
            .Where(point => point.Metric == EstimatedMetrics.Error && point.Class == name && point.Value is not null)
            .ToList();
        // Seen from the estimate: it stands at 0, its interval around it, and the realised value where the error says.
        return EstimationError.Of(
            [
                .. errors.Select(point =>
                    Estimate
                        .Of(0, point.N)
                        .With(
                            point is { Lower: { } lower, Upper: { } upper }
                                ? new Interval(point.Value!.Value - upper, point.Value.Value - lower)
                                : null
                        )
                ),
            ],
            [.. errors.Select(point => Estimate.Of(point.Value!.Value, point.N))]
        );
    }

    private static DomainDrift? Drift(IReadOnlyList<MetricPoint> points)
    {
        var newest = points
            .Where(point => point.Metric == MultivariateMetrics.DomainClassifier && point.Value is not null)
            .MaxBy(point => point.WindowStart);
        if (newest is not { Value: { } value, Lower: { } lower, Upper: { } upper })
            return null;
        List<FeatureShare> contributors =
        [
            .. points
                .Where(point =>
                    point.Metric == MultivariateMetrics.Importance && point.WindowStart == newest.WindowStart && point.Value is not null
                )
                .OrderByDescending(point => point.Value)
                .Select(point => new FeatureShare(point.Feature, point.Value!.Value)),
        ];
        return contributors.Count == 0
            ? null
            : new DomainDrift(Estimate.Of(value, newest.N).With(new Interval(lower, upper)), contributors, []);
    }

    // The bias is estimated minus realised.
    private static string Tendency(double bias) => bias > 0 ? $"too high by {Figures.Format(bias)}" : $"too low by {Figures.Format(-bias)}";

    private static string Sentence(string warning) => char.ToUpperInvariant(warning[0]) + warning[1..] + ".";
}
