using Microsoft.AspNetCore.Components;
using Plumbline.Alerting;

namespace Plumbline.Dashboard.Marks;

/// <summary>Severity = colour + shape + word. What goes to the digest has no colour: nobody needs to hurry.</summary>
public sealed partial class SeverityMark
{
    [Parameter, EditorRequired]
    public AlertSeverity Severity { get; set; }

    /// <summary>In place of the severity's own word.</summary>
    [Parameter]
    public string? Word { get; set; }

    private string Class =>
        Severity switch
        {
            AlertSeverity.Critical => "bad",
            AlertSeverity.Warning => "watch",
            _ => "ok",
        };
}
