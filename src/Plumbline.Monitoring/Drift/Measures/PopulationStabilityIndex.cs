using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>How far the shares of bins moved, weighted by their logarithms: the measure most people know limits for.</summary>
public static class PopulationStabilityIndex
{
    /// <summary>Its name in the catalogue.</summary>
    public const string Name = "drift.psi";

    public static DriftMeasure Measure { get; } =
        new(
            new(
                Name,
                MetricLayer.Inputs,
                "",
                "[0, ∞)",
                MetricDirection.LowerIsBetter,
                "Population stability index Σ(q−p)·ln(q/p) between reference (p) and current (q) over the reference's deciles or "
                    + "its 50 most frequent categories; both sides smoothed as (count+0.5)/(n+0.5·B)."
            )
            {
                Title = "PSI",
            },
            comparison => new DriftValue(
                BinnedDistance.PopulationStability<ulong>(comparison.Reference, comparison.Observed, Smoothing.HalfCount)
            )
        );
}
