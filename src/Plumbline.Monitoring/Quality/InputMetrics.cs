using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.Quality;

/// <summary>Metrics of what the model is given.</summary>
public static class InputMetrics
{
    public const string Rows = "input.rows";
    public const string MissingRate = "input.missing_rate";
    public const string MissingOverReference = "input.missing_over_reference";
    public const string UnseenRate = "input.unseen_rate";
    public const string OutOfRangeRate = "input.out_of_range_rate";
    public const string TypeErrorRate = "input.type_error_rate";

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new(
            Rows,
            MetricLayer.Inputs,
            "rows",
            "[0, ∞)",
            MetricDirection.Neutral,
            "Predictions received in the window, whatever their status."
        )
        {
            Title = "Predictions",
            FollowsCalendar = true,
            Aspect = MetricAspect.Traffic,
        },
        new(
            MissingRate,
            MetricLayer.Inputs,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Rows whose value is null, absent or NaN, divided by all rows. Values of a wrong type are not missing; they are type errors.",
            "Wilson"
        )
        {
            Title = "Missing values",
            IsPerFeature = true,
            Aspect = MetricAspect.Missing,
            Floor = new(0.02, Least: 0.01),
        },
        new(
            MissingOverReference,
            MetricLayer.Inputs,
            "share",
            "[-1, 1]",
            MetricDirection.LowerIsBetter,
            "input.missing_rate minus the share of missing values in the reference: what was broken from the first day has no "
                + "better days of its own to be compared with. All rows and versions together.",
            "Wilson, of the rate"
        )
        {
            Title = "Missing values beyond the reference",
            IsPerFeature = true,
            Aspect = MetricAspect.Missing,
            Floor = new(0.02),
        },
        new(
            UnseenRate,
            MetricLayer.Inputs,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Values that the reference never had, divided by the present values. Categorical and boolean features only.",
            "Wilson"
        )
        {
            Title = "Values never seen",
            IsPerFeature = true,
            Aspect = MetricAspect.Unseen,
            Floor = new(0.02, Least: 0.01),
        },
        new(
            OutOfRangeRate,
            MetricLayer.Inputs,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Values outside the reference's minimum..maximum, divided by the present values. Numeric features only.",
            "Wilson"
        )
        {
            Title = "Values out of range",
            IsPerFeature = true,
            Floor = new(0.02, Least: 0.01),
        },
        new(
            TypeErrorRate,
            MetricLayer.Inputs,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Values of another type than the feature's, divided by all rows. They are kept raw with their prediction.",
            "Wilson"
        )
        {
            Title = "Values of another type",
            IsPerFeature = true,
            Aspect = MetricAspect.Types,
            Floor = new(0.001),
        },
    ];
}
