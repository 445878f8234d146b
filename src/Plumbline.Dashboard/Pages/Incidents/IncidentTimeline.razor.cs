using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>What happened to an incident and who did it, in order.</summary>
public sealed partial class IncidentTimeline
{
    /// <summary>Alerts that joined, beyond which the rest is asked for: people and turning points matter more.</summary>
    private const int FewJoined = 5;

    private bool _all;

    [Parameter, EditorRequired]
    public IReadOnlyList<IncidentNote> Notes { get; set; } = [];

    private int Hidden => _all ? 0 : Math.Max(0, Notes.Count(note => note.Kind == "joined") - FewJoined);

    private IEnumerable<IncidentNote> Shown
    {
        get
        {
            var joined = 0;
            return Notes.Where(note => _all || note.Kind != "joined" || joined++ < FewJoined);
        }
    }
}
