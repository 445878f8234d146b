using Plumbline.Registry.Web;
using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>A part of a recipe as somebody writes it.</summary>
public sealed class PartDraft(DatasetPart present)
{
    public DatasetPartKind Kind { get; set; } = present.Kind;

    public string Rows { get; set; } = DatasetDraft.Text(present.Rows);

    /// <summary>A condition a line.</summary>
    public string Filter { get; set; } = string.Join('\n', present.Filter);

    /// <summary>Empty for those of all policies.</summary>
    public string Policy { get; set; } = present.Policy ?? "";

    public bool Unlabelled { get; set; } = present.Unlabelled;

    public bool HasPolicy => Kind == DatasetPartKind.Reviewed;

    public bool HasUnlabelled => Kind is DatasetPartKind.Random or DatasetPartKind.Reference;

    /// <summary>The part; what its kind does not have is left out, as the form does not show it.</summary>
    public DatasetPart Read(string field, List<FieldError> errors) =>
        present with
        {
            Kind = Kind,
            Rows = (int)DatasetDraft.Number(Rows, $"{field}.rows", errors),
            Filter = [.. Filter.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            Policy = HasPolicy && Policy.Length > 0 ? Policy : null,
            Unlabelled = HasUnlabelled && Unlabelled,
        };
}
