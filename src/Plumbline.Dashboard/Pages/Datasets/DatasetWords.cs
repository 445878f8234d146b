using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>Data sets in words.</summary>
internal static class DatasetWords
{
    public static string Part(DatasetPartKind kind) =>
        kind switch
        {
            DatasetPartKind.Reviewed => "Reviewed by people",
            DatasetPartKind.Labelled => "With any ground truth",
            DatasetPartKind.Random => "By chance, with ground truth",
            _ => "Of the reference",
        };

    public static string Conflict(LabelConflict conflict) =>
        conflict switch
        {
            LabelConflict.ReviewedFirst => "reviews count, else the newest",
            LabelConflict.Newest => "the newest counts",
            LabelConflict.Majority => "the majority counts",
            _ => "such rows are left out",
        };

    /// <summary>How much a stability index says, by the limits that most people know.</summary>
    public static string Drift(double psi) =>
        psi switch
        {
            < 0.1 => "small",
            < 0.25 => "some",
            _ => "large",
        };
}
