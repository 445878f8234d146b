using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>One command over several incidents: each is run, checked and recorded on its own.</summary>
public partial class IncidentBulk
{
    private string _to = "";
    private bool _busy;
    private bool _good;
    private string? _told;

    [Inject]
    public IncidentActions Actions { get; set; } = null!;

    /// <summary>Incidents that are shown; only those are acted on.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Incident> Listed { get; set; } = [];

    /// <summary>Numbers of those that are chosen; emptied when all is done.</summary>
    [Parameter, EditorRequired]
    public ISet<long> Chosen { get; set; } = new HashSet<long>();

    /// <summary>Something changed: the list is read again.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    private List<Incident> Acting => [.. Listed.Where(incident => Chosen.Contains(incident.Id))];

    private bool MayAny(Command command) => Acting.Exists(incident => May(command, incident.Model));

    private Task AcknowledgeAsync() =>
        ActAsync(
            IncidentCommands.Acknowledge,
            "acknowledged",
            (incident, who) => Actions.AcknowledgeAsync(incident.Id, who, null, CancellationToken.None)
        );

    private Task ResolveAsync() =>
        ActAsync(
            IncidentCommands.Resolve,
            "resolved",
            (incident, who) => Actions.ResolveAsync(incident.Id, who, null, CancellationToken.None)
        );

    private Task AssignAsync()
    {
        var to = string.IsNullOrWhiteSpace(_to) ? null : _to.Trim();
        return ActAsync(
            IncidentCommands.Assign,
            to is null ? "assigned to nobody" : $"assigned to {to}",
            (incident, who) => Actions.AssignAsync(incident.Id, who, to, CancellationToken.None)
        );
    }

    private async Task ActAsync(Command command, string done, Func<Incident, string, Task<bool>> act)
    {
        if (_busy)
            return;
        _busy = true;
        var (acted, refused, over) = (0, 0, 0);
        try
        {
            foreach (var incident in Acting)
            {
                try
                {
                    if (await RunAsync(command, incident.Model, $"{incident.Id}", actor => act(incident, actor.Name)))
                        acted++;
                    else
                        over++;
                }
                catch (CommandRefusedException)
                {
                    // One key may act on some models only: the others are done all the same, and it is said.
                    refused++;
                }
            }

            Chosen.Clear();
            _good = refused + over == 0;
            _told = string.Join("; ", Parts(acted, done, over, refused)) + ".";
        }
        finally
        {
            _busy = false;
        }

        await OnDone.InvokeAsync();
    }

    private static IEnumerable<string> Parts(int acted, string done, int over, int refused)
    {
        yield return $"{Figures.Count(acted)} {done}";
        if (over > 0)
            yield return $"{Figures.Count(over)} already over or gone";
        if (refused > 0)
            yield return $"{Figures.Count(refused)} not allowed with this key";
    }
}
