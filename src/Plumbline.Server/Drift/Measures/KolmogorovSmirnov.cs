using Plumbline.Server.Metrics;
using Plumbline.Statistics.Binning;

namespace Plumbline.Server.Drift.Measures;

internal static class KolmogorovSmirnov
{
    public static DriftMeasure Measure { get; } = new(
        new("drift.ks", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.LowerIsBetter,
            "Kolmogorov-Smirnov distance max|F−G| over the reference's percentile edges, a lower bound of the exact value; asymptotic p-value. Numeric features only."),
        comparison => DriftValue.Of(PercentileDistance.KolmogorovSmirnov(comparison.Baseline.Profile.Bins, comparison.Current.Bins)),
        NumericOnly: true);
}
