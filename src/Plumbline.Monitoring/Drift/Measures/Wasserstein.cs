using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics.Binning;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>How far the mass has to be moved, in standard deviations of the reference; numbers only.</summary>
public static class Wasserstein
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.wasserstein";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "standard deviations",
                "[0, ∞)",
                MetricDirection.LowerIsBetter,
                "Area between the two distribution functions, divided by the reference's standard deviation. "
                    + "Exact for a reference of at most "
                    + "100 different values when the other values of the window lie in one bin; "
                    + "else linear inside the reference's bins, about the means that the "
                    + "sums of the values allow: error_bound says how far the rows' own value can be away. Numeric features only."
            )
            {
                Title = "Wasserstein distance",
            },
            comparison => new DriftValue(
                PercentileDistance.Wasserstein(
                    comparison.Baseline.Edges.AsSpan(),
                    Bins(comparison.Baseline.Profile),
                    Bins(comparison.Current),
                    comparison.Baseline.StandardDeviation
                )
            ),
            NumericOnly: true
        );

    private static NumericBins Bins(FeatureProfile profile) => new(profile.Bins, profile.Minimum, profile.Maximum, profile.Sum);
}
