using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

internal static class TotalVariation
{
    public static DriftMeasure Measure { get; } = new(
        new("drift.total_variation", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.LowerIsBetter,
            "Total variation ½·Σ|p−q| over deciles or categories: the share of rows that would have to move to restore the reference.")
        { Title = "Total variation" },
        comparison => new DriftValue(BinnedDistance.TotalVariation<ulong>(comparison.Reference, comparison.Observed)));
}
