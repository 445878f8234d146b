using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;

namespace Plumbline.Dashboard.Marks;

/// <summary>Status = colour + shape + word. Where all is well nothing is drawn.</summary>
public sealed partial class StatusMark
{
    [Parameter, EditorRequired]
    public HealthState State { get; set; }

    [Parameter]
    public string? Why { get; set; }

    /// <summary>Stands in for the word, where the words beside it would say the same.</summary>
    [Parameter]
    public string? Text { get; set; }

    private string Class =>
        State switch
        {
            HealthState.Watch => "watch",
            HealthState.Bad => "bad",
            HealthState.Unknown => "unknown",
            _ => "ok",
        };

    private string Word =>
        State switch
        {
            HealthState.Watch => "watch",
            HealthState.Bad => "bad",
            HealthState.Unknown => "not enough data",
            _ => "ok",
        };
}
