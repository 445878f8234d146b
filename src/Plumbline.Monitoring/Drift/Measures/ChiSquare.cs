using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>Whether the counts of bins can be from one distribution.</summary>
public static class ChiSquare
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.chi2";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "",
                "[0, ∞)",
                MetricDirection.LowerIsBetter,
                "Chi-square statistic of homogeneity over deciles or categories, with its p-value; "
                    + "Yates' correction only for two bins. With many rows it flags trivial shifts: read a distance beside it."
            )
            {
                Title = "Chi-square",
            },
            comparison => DriftValue.Of(Homogeneity.ChiSquare<ulong>(comparison.Reference, comparison.Observed))
        );
}
