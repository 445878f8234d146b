using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>With what the charts and numbers of a model are compared.</summary>
public sealed partial class CompareChoice
{
    private IReadOnlyList<(string Kind, IReadOnlyList<(string Text, string Words)> Choices)> _choices = [];

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private Comparison? Chosen => Scope.Compared;

    protected override void OnParametersSet() =>
        _choices = Comparison.Choices(Scope.Page, [.. Scope.Overview.Releases.Select(release => release.Version)], Scope.Overview.Segments);

    private void Choose(ChangeEventArgs change) => Navigation.NavigateTo(Scope.Page.With((Comparison.Key, change.Value?.ToString())));
}
