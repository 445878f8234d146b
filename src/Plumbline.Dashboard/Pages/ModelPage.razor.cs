using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Dashboard.Panels;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages;

/// <summary>A model: its state in a sentence, and its tabs.</summary>
public sealed partial class ModelPage
{
    /// <summary>Incidents in the pictures of one range; more marks would hide the line.</summary>
    private const int MostIncidents = 50;

    private ModelScope? _scope;
    private UnknownPlace? _unknown;
    private PageScope? _read;
    private bool _reading;
    private string? _failure;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    [Parameter]
    public string Name { get; set; } = "";

    [Parameter]
    public string? Tab { get; set; }

    [Inject]
    public ILogger<ModelPage> Log { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        var scope = Scope;
        var unknown = await Places.FindAsync(Name, Tab ?? "", scope, CancellationToken.None);
        // The reader went on meanwhile.
        if (!ReferenceEquals(scope, Scope))
            return;
        _unknown = unknown;
        if (_scope?.Model.Name != Name)
            _scope = null;
        if (_scope is null)
            Frame.Show([("Fleet", Links.Fleet), (Name, null)], showsRange: _unknown is null, demo: Demo.IsDemo);
        if (_unknown is not null || !RendererInfo.IsInteractive || ReferenceEquals(_read, Scope))
            return;
        // A beat that comes while it is being read is skipped: a read that takes longer than a beat would never be shown.
        if (_reading && _read?.SameAddress(Scope) == true)
            return;
        _read = Scope;
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        if (Models.Find(Name) is not { } model)
            return;
        var page = Scope;
        _reading = true;
        try
        {
            // Only the times move with the address; what it all is about is read again when the page pulses.
            var overview =
                _scope is { } known && known.Page.Pulse == page.Pulse
                    ? known.Overview
                    : await Overviews.ReadAsync(model, CancellationToken.None);
            if (!page.SameAddress(Scope))
                return;
            var usual = WindowChoice.UsualRange(model.Window, overview.Facts?.RequestsOfDay ?? 0);
            var (from, to) = page.Range.Resolve(Time.GetUtcNow(), overview.First, overview.Last, usual);
            var incidents = await Incidents.ListAsync(
                new()
                {
                    ModelId = model.Id,
                    From = from,
                    To = to,
                    Limit = MostIncidents,
                },
                CancellationToken.None
            );
            if (!page.SameAddress(Scope))
                return;
            _scope = new ModelScope(overview, page, from, to) { Incidents = incidents };
            _failure = null;
            Frame.Show(
                [("Fleet", Links.Fleet), (Name, null)],
                showsRange: true,
                demo: Demo.IsDemo,
                versions: [.. overview.Releases.Select(release => release.Version)],
                segments: overview.Segments,
                range: (from, to)
            );
        }
#pragma warning disable CA1031 // A page that cannot be read says so and offers to try again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.OverviewUnread(failure, Name);
            _failure = failure.Message;
        }
        finally
        {
            // Of another address a reading of its own is on its way.
            _reading = _reading && !page.SameAddress(Scope);
        }
    }

    private bool Compares => ComparedMetrics.Tabs.Contains(Tab ?? "");

    private static string WindowWords(TimeSpan length) =>
        length.TotalDays switch
        {
            1 => "day",
            7 => "week",
            _ => length.TotalHours == 1 ? "hour" : DurationText.Format(length),
        };
}
