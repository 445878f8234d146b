using Plumbline.Server.Metrics;
using Plumbline.Statistics.Binning;

namespace Plumbline.Server.Drift.Measures;

internal static class Wasserstein
{
    public static DriftMeasure Measure { get; } = new(
        new("drift.wasserstein", MetricLayer.Inputs, "standard deviations", "[0, ∞)", MetricDirection.LowerIsBetter,
            "Area between the two distribution functions, linear inside the reference's percentile bins, divided by the reference's standard deviation. Numeric features only."),
        comparison => new DriftValue(PercentileDistance.Wasserstein(
            comparison.Baseline.Edges.AsSpan(),
            new NumericBins(comparison.Baseline.Profile.Bins, comparison.Baseline.Profile.Minimum, comparison.Baseline.Profile.Maximum),
            new NumericBins(comparison.Current.Bins, comparison.Current.Minimum, comparison.Current.Maximum),
            comparison.Baseline.StandardDeviation)),
        NumericOnly: true);
}
