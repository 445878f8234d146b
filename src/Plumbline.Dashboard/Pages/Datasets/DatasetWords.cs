using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>Data sets in words.</summary>
internal static class DatasetWords
{
    // What a run gives as the one that asked for a version, before its own key.
    private const string MadeFor = "retraining ";

    public static string Part(DatasetPartKind kind) =>
        kind switch
        {
            DatasetPartKind.Reviewed => "Reviewed by people",
            DatasetPartKind.Labelled => "With any ground truth",
            DatasetPartKind.Random => "By chance",
            _ => "Of the reference",
        };

    /// <summary>Who said a label: what the house calls its own ways, and the names that senders gave.</summary>
    public static string Source(string name) =>
        name switch
        {
            "ground_truth" => "ground truth that was sent",
            "review" => "reviews by people",
            "reference" => "the reference",
            _ => name,
        };

    public static string Conflict(LabelConflict conflict) =>
        conflict switch
        {
            LabelConflict.ReviewedFirst => "reviews count, else the newest",
            LabelConflict.Newest => "the newest counts",
            LabelConflict.Majority => "the majority counts",
            _ => "such rows are left out",
        };

    /// <summary>The run that a version was made for; null when somebody asked for it.</summary>
    public static string? RunOf(DatasetVersion version) =>
        version.CreatedBy.StartsWith(MadeFor, StringComparison.Ordinal) ? version.CreatedBy[MadeFor.Length..] : null;

    /// <summary>How much a stability index says, by the limits that most people know.</summary>
    public static string Drift(double psi) =>
        psi switch
        {
            < 0.1 => "small",
            < 0.25 => "some",
            _ => "large",
        };
}
