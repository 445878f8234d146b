using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>One part of a recipe: what it takes, how much of it, and which of it.</summary>
public sealed partial class DatasetPartFields
{
    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public int Index { get; set; }

    /// <summary>The names of the model's policies.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Policies { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<FieldError> Errors { get; set; } = [];

    [Parameter]
    public bool CanRemove { get; set; }

    [Parameter]
    public EventCallback OnRemove { get; set; }

    [Parameter, EditorRequired]
    public PartDraft Part { get; set; } = null!;

    private string Example =>
        Model.Segments is [var segment, ..] ? $"features.{segment}:eq:..\nversion:eq:v1" : "version:eq:v1\nscores.oddity:ge:10";

    private string At(string name) => string.Create(CultureInfo.InvariantCulture, $"parts[{Index}].{name}");

    private bool IsOfCondition(FieldError error) => error.Field.StartsWith(At("filter["), StringComparison.Ordinal);

    // filter[0] is the first line.
    private string ConditionOf(FieldError error) =>
        int.TryParse(error.Field[At("filter[").Length..].TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? (at + 1).ToString(CultureInfo.InvariantCulture)
            : "";
}
