using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>Incidents by urgency, with filters, and those that are over.</summary>
public sealed partial class IncidentsPage
{
    /// <summary>Incidents of one page.</summary>
    private const int PageSize = 25;

    /// <summary>Open incidents beyond which nobody reads on; the filters find the rest.</summary>
    private const int MostOpen = 200;

    private string _sentence = "";
    private IncidentState? _state;
    private AlertSeverity? _severity;

    [Inject]
    public BrowserPage Browser { get; set; } = null!;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    private bool Filtered => _state is not null || _severity is not null || Scope["model"] is not null || !Scope.Range.Unchosen;

    private object Key => (_state, _severity, Scope["model"], Scope.Range, Scope["before"], _acted);

    /// <summary>Numbers of the incidents that are chosen to act on.</summary>
    private readonly HashSet<long> _chosen = [];

    /// <summary>How often somebody acted here: then the lists are read again.</summary>
    private int _acted;

    private void ActedAsync() => _acted++;

    protected override void OnParametersSet()
    {
        Frame.Show([("Incidents", null)], demo: Demo.IsDemo);
        _state = Read<IncidentState>(Scope["state"]);
        _severity = Read<AlertSeverity>(Scope["severity"]);
    }

    private static T? Read<T>(string? text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var read) && Enum.IsDefined(read) && !char.IsAsciiDigit(text![0]) ? read : null;

    private IncidentQuery Query()
    {
        var query = new IncidentQuery
        {
            ByUrgency = true,
            AtLeast = _severity,
            Limit = PageSize + 1,
            Before = long.TryParse(Scope["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null,
        };
        if (Scope["model"] is { } model)
            query = query with { ModelId = Models.Find(model)?.Id ?? 0 };
        if (Scope.Range.Unchosen || Scope.Range.Preset == TimeRange.All)
            return query;
        var (from, to) = Scope.Range.Resolve(Time.GetUtcNow());
        return query with { From = from, To = to };
    }

    private async Task<View> LoadAsync(CancellationToken cancellation)
    {
        var streams = await Streams.CountAsync(Scope["model"] is { } model ? Models.Find(model)?.Id ?? 0 : null, cancellation);
        if (_state is { } state)
            return await PageAsync(Query() with { State = state }, streams, cancellation);
        var query = Query() with { Limit = MostOpen, Before = null };
        var open = await Incidents.ListAsync(query with { State = IncidentState.Open }, cancellation);
        var acknowledged = await Incidents.ListAsync(query with { State = IncidentState.Acknowledged }, cancellation);
        List<Incident> listed = [.. open.Concat(acknowledged).Take(MostOpen)];
        _sentence = Sentence(listed, open.Count, streams);
        StateHasChanged();
        return new View(listed, null, streams);
    }

    private Task<View> LoadResolvedAsync(CancellationToken cancellation) =>
        PageAsync(Query() with { State = IncidentState.Resolved }, [], cancellation);

    private async Task<View> PageAsync(IncidentQuery query, IReadOnlyList<StreamCount> streams, CancellationToken cancellation)
    {
        var listed = await Incidents.ListAsync(query, cancellation);
        return listed.Count > PageSize
            ? new View([.. listed.Take(PageSize)], listed[PageSize - 1].Id, streams)
            : new View(listed, null, streams);
    }

    /// <summary>The models to choose from, with the chosen one, which may be no more.</summary>
    private IEnumerable<string> ModelNames =>
        Models
            .All.Select(model => model.Name)
            .Union(Scope["model"] is { } chosen ? [chosen] : [], StringComparer.Ordinal)
            .Order(StringComparer.OrdinalIgnoreCase);

    private static string Sentence(IReadOnlyList<Incident> listed, int open, IReadOnlyList<StreamCount> streams)
    {
        if (listed.Count == 0)
            return "None is open.";
        var critical = listed.Count(incident => incident.Severity == AlertSeverity.Critical);
        return $"{Figures.Count(open)} "
            + $"open{(critical > 0 ? $", {Figures.Count(critical)} critical" : "")}"
            + $"{(listed.Count > open ? $"; {Figures.Count(listed.Count - open)} acknowledged" : "")}. {IncidentWords.Evaluated(streams)}";
    }

    private void Choose(string key, ChangeEventArgs change) =>
        Navigation.NavigateTo(Scope.With((key, change.Value?.ToString()), ("before", null)));

    private void ChooseRange(ChangeEventArgs change)
    {
        if (change.Value?.ToString() is not "custom")
            Navigation.NavigateTo(Scope.With(("range", change.Value?.ToString()), ("from", null), ("to", null), ("before", null)));
    }

    /// <summary>A page of incidents; <paramref name="Next"/> is where the next one begins.</summary>
    public sealed record View(IReadOnlyList<Incident> Listed, long? Next, IReadOnlyList<StreamCount> Streams);
}
