using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>Incidents as a list: what, by which metric, how much, what it costs a day.</summary>
public partial class IncidentTable
{
    private IReadOnlyList<Incident>? _asked;
    private IReadOnlyDictionary<long, DateTimeOffset> _ended = new Dictionary<long, DateTimeOffset>();

    [Inject]
    public TimeProvider Time { get; set; } = null!;

    [Inject]
    public IncidentEnds Ends { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<Incident> Incidents { get; set; } = [];

    /// <summary>Numbers of the incidents to act on, changed here; null where nothing can be chosen.</summary>
    [Parameter]
    public ISet<long>? Chosen { get; set; }

    /// <summary>Another one was chosen, or one no longer.</summary>
    [Parameter]
    public EventCallback OnChosen { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // Choosing some of the same incidents reads nothing again.
        if (ReferenceEquals(_asked, Incidents))
            return;
        _asked = Incidents;
        _ended = await Ends.OfAsync(Incidents, CancellationToken.None);
    }

    private bool AllChosen => Incidents.Count > 0 && Incidents.All(incident => Chosen!.Contains(incident.Id));

    private Task ChooseAsync(long id)
    {
        if (!Chosen!.Remove(id))
            Chosen.Add(id);
        return OnChosen.InvokeAsync();
    }

    private Task ChooseAllAsync()
    {
        if (AllChosen)
            Chosen!.Clear();
        else
            Chosen!.UnionWith(Incidents.Select(incident => incident.Id));
        return OnChosen.InvokeAsync();
    }

    private static string Headline(Incident incident) =>
        incident.Headline.Length > 0 ? incident.Headline : $"{incident.Model}: being written up";

    private static string State(Incident incident) =>
        IncidentWords.State(incident.State)
        + (incident is { State: IncidentState.Acknowledged, AcknowledgedBy: { Length: > 0 } who } ? $" by {who}" : "");

    private static string Found(Incident incident) => $"found {Figures.Span(incident.FiredAt - incident.Onset)} later";

    private string Lasted(Incident incident) =>
        incident.ResolvedAt is { } over ? Figures.Span(over - incident.Onset)
        : _ended.TryGetValue(incident.Id, out var end) ? $"{Figures.Span(end - incident.Onset)} when the data ended"
        : $"{Figures.Span(Time.GetUtcNow() - incident.Onset)}, ongoing";
}
