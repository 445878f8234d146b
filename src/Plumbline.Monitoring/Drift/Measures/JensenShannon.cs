using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Distances;

namespace Plumbline.Monitoring.Drift.Measures;

internal static class JensenShannon
{
    public static DriftMeasure Measure { get; } = new(
        new("drift.js", MetricLayer.Inputs, "", "[0, 1]", MetricDirection.LowerIsBetter,
            "Jensen-Shannon distance, the square root of the divergence in base 2, over deciles or categories; no smoothing.")
        { Title = "Jensen-Shannon distance" },
        comparison => new DriftValue(BinnedDistance.JensenShannonDistance<ulong>(comparison.Reference, comparison.Observed, LogarithmBase.Two)));
}
