using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Commands;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>What people do with an incident.</summary>
public sealed partial class IncidentButtons
{
    private string _comment = "";
    private bool _busy;
    private bool _good;
    private string? _told;

    [Parameter, EditorRequired]
    public Incident Incident { get; set; } = null!;

    /// <summary>Something changed: the incident is read again.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    private bool MayRun(Command command) => May(command, Incident.Model);

    private Task AcknowledgeAsync() =>
        ActAsync(
            IncidentCommands.Acknowledge,
            "Acknowledged.",
            (who, comment) => Actions.AcknowledgeAsync(Incident.Id, who, comment, CancellationToken.None)
        );

    private Task ResolveAsync() =>
        ActAsync(
            IncidentCommands.Resolve,
            "Resolved.",
            (who, comment) => Actions.ResolveAsync(Incident.Id, who, comment, CancellationToken.None)
        );

    private Task CommentAsync() =>
        ActAsync(
            IncidentCommands.Comment,
            "Noted.",
            (who, comment) => Actions.CommentAsync(Incident.Id, who, comment!, CancellationToken.None)
        );

    private async Task ActAsync(Command command, string done, Func<string, string?, Task<bool>> act)
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            var comment = string.IsNullOrWhiteSpace(_comment) ? null : _comment.Trim();
            _good = await RunAsync(command, Incident.Model, $"{Incident.Id}", actor => act(actor.Name, comment));
            _told = _good ? done : "It is over already, or gone.";
            if (_good)
                _comment = "";
        }
        finally
        {
            _busy = false;
        }
        await OnDone.InvokeAsync();
    }
}
