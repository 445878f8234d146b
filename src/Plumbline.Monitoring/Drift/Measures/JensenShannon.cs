using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>A bounded distance between the shares of bins, in which neither side is the right one.</summary>
public static class JensenShannon
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.js";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "",
                "[0, 1]",
                MetricDirection.LowerIsBetter,
                "Jensen-Shannon distance, the square root of the divergence in base 2, over deciles or categories; no smoothing."
            )
            {
                Title = "Jensen-Shannon distance",
            },
            comparison => new DriftValue(
                BinnedDistance.JensenShannonDistance<ulong>(comparison.Reference, comparison.Observed, LogarithmBase.Two)
            )
        );
}
