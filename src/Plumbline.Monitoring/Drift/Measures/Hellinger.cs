using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

internal static class Hellinger
{
    public static DriftMeasure Measure { get; } = new(
        new("drift.hellinger", MetricLayer.Inputs, "", "[0, 1]", MetricDirection.LowerIsBetter,
            "Hellinger distance √(1−Σ√(p·q)) over deciles or categories; no smoothing.")
        { Title = "Hellinger distance" },
        comparison => new DriftValue(BinnedDistance.Hellinger<ulong>(comparison.Reference, comparison.Observed)));
}
