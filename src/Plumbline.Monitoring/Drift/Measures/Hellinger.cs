using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>A bounded distance between the square roots of the shares of bins.</summary>
public static class Hellinger
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.hellinger";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "",
                "[0, 1]",
                MetricDirection.LowerIsBetter,
                "Hellinger distance √(1−Σ√(p·q)) over deciles or categories; no smoothing."
            )
            {
                Title = "Hellinger distance",
            },
            comparison => new DriftValue(BinnedDistance.Hellinger<ulong>(comparison.Reference, comparison.Observed))
        );
}
