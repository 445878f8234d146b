namespace Plumbline.Exposition.Scraping;

/// <summary>What is told of models beside their metrics.</summary>
internal static class ModelFamilies
{
    public static readonly Family WindowEnd = new(
        "plumbline_window_end_timestamp_seconds",
        FamilyKind.Gauge,
        "seconds",
        "End of the newest computed window of a model, which its gauges are of."
    );

    public static readonly Family LabelledEnd = new(
        "plumbline_labelled_window_end_timestamp_seconds",
        FamilyKind.Gauge,
        "seconds",
        "End of the newest window whose numbers that need ground truth are known."
    );

    public static readonly Family Dropped = new(
        "plumbline_model_series_dropped",
        FamilyKind.Gauge,
        "",
        "Series of a model that this answer leaves out, because there are too many."
    );

    public static readonly Family OpenIncidents = new(
        "plumbline_open_incidents",
        FamilyKind.Gauge,
        "",
        "Incidents of a model that are not over."
    );

    public static readonly Family WorstSeverity = new(
        "plumbline_worst_open_severity",
        FamilyKind.Gauge,
        "",
        "The severity of the worst of them: 0 digest, 1 warning, 2 critical."
    );

    public static readonly Family Events = new(
        "plumbline_model_events",
        FamilyKind.Counter,
        "",
        "Events of a model by what became of them, ever."
    );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Family> All { get; } = [WindowEnd, LabelledEnd, Dropped, OpenIncidents, WorstSeverity, Events];
}
