using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>The metric from which alarms with a false-alarm budget are made.</summary>
public static class CalibratedDriftMetrics
{
    public const string Calibrated = "drift.calibrated";

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new(
            Calibrated,
            MetricLayer.Inputs,
            "sd",
            "[0, 10]",
            MetricDirection.LowerIsBetter,
            "Size of the shift from what is expected at this time, as the shift of a normal variable in its standard deviations "
                + "that is as far (Hellinger distance), without what chance adds; over deciles or the "
                + "15 most frequent categories, unseen, missing and ill-typed values. The p-value is calibrated on the windows of "
                + "the reference (on production's first 7 days when the reference has no timestamps over "
                + "3 days and 48 windows): sampling of both sides, variance between windows, time of day and week, persistence. "
                + "insufficient_data while that is being learned, and for a stream the "
                + "history does not have. Base windows only."
        )
        {
            Title = "Calibrated drift",
            IsPerFeature = true,
            Floor = new(ShiftSize.DefaultFloor),
        },
    ];
}
