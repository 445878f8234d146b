using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>Rules that fire often and are seldom acted on.</summary>
public sealed partial class FatiguePanel
{
    private static readonly TimeSpan Since = TimeSpan.FromDays(30);

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;
}
