using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>The same picture of both sides, on the same scale.</summary>
/// <typeparam name="T">What a side shows.</typeparam>
public sealed partial class SideBySide<T>
{
    [Parameter, EditorRequired]
    public Sides<T> Both { get; set; } = null!;

    /// <summary>What the picture is called; each side's has the name of its side behind it.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Whether a side has nothing to draw.</summary>
    [Parameter]
    public Func<T, bool> IsEmpty { get; set; } = _ => false;

    /// <summary>The picture of what a side has, what it is called, and whether marks of the page are at its times.</summary>
    [Parameter, EditorRequired]
    public RenderFragment<(T Shown, string Label, bool AtItsTimes)> ChildContent { get; set; } = null!;
}
