using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Panels;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>One incident: what it is, what it costs, its likely causes, alerts and history, and what can be done.</summary>
public sealed partial class IncidentPage
{
    private IncidentDetail? _detail;
    private PageScope? _scopeRead;
    private long _idRead;
    private bool _read;
    private string? _failure;
    private (DateTimeOffset From, DateTimeOffset To) _range;
    private IReadOnlyList<ChartMark> _marks = [];

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    [Parameter]
    public long Id { get; set; }

    [Inject]
    public ILogger<IncidentPage> Log { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        Frame.Show([("Incidents", Links.Incidents), ($"Incident {Id}", null)], demo: Demo.IsDemo);
        if (!RendererInfo.IsInteractive)
        {
            await LookAsync();
            return;
        }
        if (_idRead == Id && ReferenceEquals(_scopeRead, Scope))
            return;
        if (_idRead != Id)
            (_detail, _read) = (null, false);
        (_idRead, _scopeRead) = (Id, Scope);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            var detail = await Incidents.FindAsync(Id, CancellationToken.None);
            if (detail is not null)
                Place(detail, _until = await EndAsync(detail.Incident));
            else
                await SuggestAsync();
            // At once: the page may be rendered between two of these steps.
            (_detail, _failure, _read) = (detail, null, true);
        }
#pragma warning disable CA1031 // A page that cannot be read says so and offers to try again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.IncidentUnread(failure, Id);
            _failure = failure.Message;
        }
        StateHasChanged();
    }

    /// <summary>Whether there is such an incident: for the status of the answer; it is shown once the page lives.</summary>
    private async Task LookAsync()
    {
        try
        {
            if (await Incidents.HasAsync(Id, CancellationToken.None))
                return;
            await SuggestAsync();
            _read = true;
        }
#pragma warning disable CA1031 // A page that cannot be read says so and offers to try again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.IncidentUnread(failure, Id);
        }
    }

    /// <summary>The newest incidents, in place of one that is not there.</summary>
    private async Task SuggestAsync()
    {
        var newest = await Incidents.ListAsync(new() { Limit = MostSuggested }, CancellationToken.None);
        _instead =
        [
            .. newest.Select(incident => ($"Incident {incident.Id}: {incident.Headline}", Links.Incident(incident.Id))),
            ("All incidents", Links.Incidents),
        ];
    }

    private const int MostSuggested = 5;

    private IReadOnlyList<(string Words, string Address)> _instead = [];

    /// <summary>When it was over, or up to when it is known.</summary>
    private DateTimeOffset _until;

    private bool _dataEnded;

    /// <summary>
    /// The stretch of time of the pictures: some of what was before, and the incident with what came after it; or what a drag over one of
    /// them chose.
    /// </summary>
    private void Place(IncidentDetail detail, DateTimeOffset over)
    {
        var incident = detail.Incident;
        var window = TimeSpan.FromSeconds(detail.Alerts.Count == 0 ? 3600 : detail.Alerts.Min(alert => alert.Evidence.WindowSeconds));
        var longest = TimeSpan.FromSeconds(detail.Alerts.Count == 0 ? 3600 : detail.Alerts.Max(alert => alert.Evidence.WindowSeconds));
        var end = over + (6 * window);
        var before = TimeSpan.FromTicks(
            Math.Clamp(
                (end - incident.Onset).Ticks,
                Math.Max(24 * window.Ticks, 4 * longest.Ticks),
                Math.Max(72 * window.Ticks, 7 * longest.Ticks)
            )
        );
        var most = incident.Onset + (Widest * window);
        var range = Scope.Range.Fixed
            ? (Scope.Range.From!.Value, Scope.Range.To!.Value)
            : (incident.Onset - before, end > most ? most : end);
        if (range != _range)
            _range = range;
        List<ChartMark> marks = [new(incident.Onset, "began", Incident: true), new(incident.FiredAt, "found")];
        if (incident.ResolvedAt is { } resolved)
            marks.Add(new ChartMark(resolved, "over"));
        if (!marks.SequenceEqual(_marks))
            _marks = marks;
    }

    /// <summary>When it was over; of one that goes on the newest number, which in imported history is long ago.</summary>
    private async Task<DateTimeOffset> EndAsync(Incident incident)
    {
        var ended = await Ends.OfAsync([incident], CancellationToken.None);
        _dataEnded = ended.ContainsKey(incident.Id);
        return incident.ResolvedAt ?? ended.GetValueOrDefault(incident.Id, Hour(Time.GetUtcNow()));
    }

    /// <summary>Windows after the onset that a small picture can show.</summary>
    private const int Widest = 336;

    private static DateTimeOffset Hour(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private string ModelAddress(string model, string tab = "", params IEnumerable<(string Key, string? Value)> keys) =>
        Links.With(Links.Model(model, tab), [.. keys, ("from", TimeRange.Text(_range.From)), ("to", TimeRange.Text(_range.To))]);

    private static string Sentence(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];

    private static string By(Incident incident) =>
        incident is { State: IncidentState.Acknowledged, AcknowledgedBy: { Length: > 0 } who } ? $" by {who}" : "";
}
