using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Binning;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>The largest gap between two cumulative distributions; numbers only.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.ks";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "share",
                "[0, 1]",
                MetricDirection.LowerIsBetter,
                "Kolmogorov-Smirnov distance max|F−G| over the edges of the reference's bins; asymptotic p-value. "
                    + "Exact for a reference of at most 100 different "
                    + "values, else a lower bound: the rows' own value is at most error_bound above it. Numeric features only."
            )
            {
                Title = "Kolmogorov-Smirnov distance",
            },
            comparison =>
                DriftValue.Of(
                    PercentileDistance.KolmogorovSmirnov(
                        comparison.Baseline.Edges.AsSpan(),
                        comparison.Baseline.Profile.Bins,
                        comparison.Current.Bins
                    )
                ),
            NumericOnly: true
        );
}
