using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Samples;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>Metrics of drift that no single feature shows.</summary>
public static class MultivariateMetrics
{
    public const string DomainClassifier = "drift.multivariate.domain_classifier";
    public const string Importance = "drift.multivariate.importance";
    public const string Pca = "drift.multivariate.pca";
    public const string PcaReference = "drift.multivariate.pca_reference";

    private static readonly string Sampling =
        $"Up to {MultivariateCalculator.MostRows} sampled rows on each side and the first {FeatureSelection.Most} numeric, "
        + "categorical and boolean features that the reference has; text and near-ids are left out.";

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new(
            DomainClassifier,
            MetricLayer.Inputs,
            "",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Out-of-fold ROC AUC of boosted trees that tell the window's rows from the reference's by all features together: "
                + $"0.5 cannot be told apart, 1 completely. {Sampling} Days, weeks, and base windows of an hour or more that are "
                + "computed within 6 hours of their end.",
            "DeLong, widened for the correlation of the folds"
        )
        {
            Title = "Separable from reference (ROC AUC)",
        },
        new(
            Importance,
            MetricLayer.Inputs,
            "share",
            "[0, 1]",
            MetricDirection.Neutral,
            "A feature's share of what the domain classifier used: where to look first. "
                + $"The {MultivariateCalculator.MostContributors} largest; without drift they share the noise."
        )
        {
            Title = "Share of what the domain classifier used",
            ChartUnit = "",
            IsPerFeature = true,
        },
        new(
            Pca,
            MetricLayer.Inputs,
            "",
            "[0, ∞)",
            MetricDirection.Neutral,
            "Mean distance between standardised rows and their reconstruction from the reference's principal components (65 % of "
                + $"its variance): larger when the features' linear relations break, smaller when variance vanishes. {Sampling}",
            "normal"
        )
        {
            Title = "Reconstruction error (PCA)",
        },
        new(
            PcaReference,
            MetricLayer.Inputs,
            "",
            "[0, ∞)",
            MetricDirection.Neutral,
            "Reconstruction error of rows of the reference that the components were not fitted to: "
                + "what drift.multivariate.pca is without drift.",
            "the range in which the mean of as many reference rows as the window has lies in 95 % of cases"
        )
        {
            Title = "Reconstruction error without drift",
        },
    ];
}
