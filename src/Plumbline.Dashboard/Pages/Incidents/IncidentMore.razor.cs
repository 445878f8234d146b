using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>What people seldom do with an incident.</summary>
public partial class IncidentMore
{
    private string _to = "";
    private string _into = "";
    private bool _busy;
    private bool _good;
    private string? _told;

    [Parameter, EditorRequired]
    public Incident Incident { get; set; } = null!;

    /// <summary>Something changed: the incident is read again.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    [Inject]
    public IncidentActions Actions { get; set; } = null!;

    [Inject]
    public IncidentWork Work { get; set; } = null!;

    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    protected override void OnParametersSet() => _to = Incident.AssignedTo ?? "";

    private bool MayRun(Command command) => May(command, Incident.Model);

    private string? Why(Command command) => WhyNot(command, Incident.Model);

    private Task AssignAsync()
    {
        var to = string.IsNullOrWhiteSpace(_to) ? null : _to.Trim();
        return ActAsync(
            IncidentCommands.Assign,
            to is null ? "Assigned to nobody." : $"Assigned to {to}.",
            actor => Actions.AssignAsync(Incident.Id, actor.Name, to, CancellationToken.None)
        );
    }

    private async Task MergeAsync()
    {
        if (!long.TryParse(_into.Trim().TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var into))
        {
            (_good, _told) = (false, "Give the number of the other incident, as in its address.");
            return;
        }

        await ActAsync(
            IncidentCommands.Merge,
            $"Merged into incident {into}.",
            actor => Work.MergeAsync(Incident.Id, into, actor.Name, CancellationToken.None)
        );
        if (_good)
            Navigation.NavigateTo(Links.Incident(into));
        else
            _told = $"There is no incident {into} other than this one.";
    }

    private Task AcceptAsync() =>
        ActAsync(
            IncidentCommands.Accept,
            "It is the normal now.",
            async actor => await Work.AcceptAsync(Incident.Id, actor.Name, null, CancellationToken.None) is not null
        );

    private async Task ActAsync(Command command, string done, Func<Actor, Task<bool>> act)
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            _good = await RunAsync(command, Incident.Model, $"{Incident.Id}", act);
            _told = _good ? done : "It is gone.";
        }
        finally
        {
            _busy = false;
        }

        if (_good)
            await OnDone.InvokeAsync();
    }
}
