using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>The share of rows that would have to be in another bin.</summary>
public static class TotalVariation
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.total_variation";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "share",
                "[0, 1]",
                MetricDirection.LowerIsBetter,
                "Total variation ½·Σ|p−q| over deciles or categories: the share of rows that would have to move to restore the reference."
            )
            {
                Title = "Total variation",
            },
            comparison => new DriftValue(BinnedDistance.TotalVariation<ulong>(comparison.Reference, comparison.Observed))
        );
}
