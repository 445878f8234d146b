using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Dashboard.Panels;

/// <summary>What could not be computed and why: nothing when all was.</summary>
public sealed partial class NotComputedList
{
    [Parameter, EditorRequired]
    public IReadOnlyList<NotComputed> Items { get; set; } = [];

    /// <summary>Whether each line names its model: on pages about all of them.</summary>
    [Parameter]
    public bool ShowModel { get; set; }

    private string First
    {
        get
        {
            var item = Items[0];
            var what = item.Feature.Length > 0 ? $"{item.What} of {item.Feature}" : item.What;
            return $"{(ShowModel ? item.Model + ": " : "")}{what}: {item.Cause}";
        }
    }
}
