using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>A field with its words, and what is wrong with it.</summary>
public sealed partial class FormField
{
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>As the checks call it.</summary>
    [Parameter, EditorRequired]
    public string Field { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<FieldError> Errors { get; set; } = [];

    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = null!;

    private bool Wrong => Errors.Any(error => error.Field == Field);
}
