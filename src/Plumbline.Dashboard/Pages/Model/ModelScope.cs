using System.Globalization;
using Plumbline.Alerting.Health;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What a model's page is about: the model, a stretch of time, a version or all, a segment or all rows.</summary>
public sealed record ModelScope(ModelOverview Overview, PageScope Page, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Windows of a chart: more would be finer than its pixels.</summary>
    private const int MostWindows = 800;

    public ModelDefinition Model => Overview.Model;

    public (DateTimeOffset From, DateTimeOffset To) Range => (From, To);

    public string Version => Page.Version ?? "";

    public string Segment => Page.Segment ?? "";

    /// <summary>What panels depend on. Without the times of a moving range: those pulse by themselves.</summary>
    public object Key => (Model.Id, Page.Range, Version, Segment, Page["window"], Page[Comparison.Key]);

    /// <summary>What the page is compared with; null when with nothing.</summary>
    public Comparison? Compared => Comparison.Parse(Page[Comparison.Key]);

    /// <summary>The scope of what the page is compared with; null when with nothing.</summary>
    public ModelScope? Other
    {
        get
        {
            if (Compared is not { } with)
                return null;
            var keys = Page.Keys.ToDictionary(StringComparer.Ordinal);
            if (with.Version is { } version)
                keys["version"] = version;
            if (with.Segment is { } segment)
                keys["segment"] = segment;
            keys.Remove(Comparison.Key);
            return this with { Page = Page with { Keys = keys }, From = From - with.Earlier, To = To - with.Earlier };
        }
    }

    /// <summary>
    /// The same for what is computed of all versions and segments together: of those it has one number, so it can be compared with an
    /// earlier time only.
    /// </summary>
    public ModelScope OfAllRows
    {
        get
        {
            var keys = Page.Keys.ToDictionary(StringComparer.Ordinal);
            keys.Remove("version");
            keys.Remove("segment");
            if (Compared is { Earlier.Ticks: 0 })
                keys.Remove(Comparison.Key);
            return this with { Page = Page with { Keys = keys } };
        }
    }

    /// <summary>Reads something of the page and, where it is compared, the same of the other side.</summary>
    /// <param name="read">Reads it of a scope, each of which is compared with nothing.</param>
    public async Task<Sides<T>> BothAsync<T>(Func<ModelScope, Task<T>> read)
    {
        if (Other is not { } beside)
            return Sides.Alone(await read(this));
        var own = read(this);
        var other = read(beside);
        await Task.WhenAll(own, other);
        return Named(await own, await other);
    }

    /// <summary>Points that were read for both sides, each side's apart; the other one's lie under the windows of the page.</summary>
    public Sides<IReadOnlyList<MetricPoint>> Apart(IReadOnlyList<MetricPoint> points) =>
        points is ComparedPoints both
            ? Named<IReadOnlyList<MetricPoint>>(both, both.Other) with
            {
                Moved = Compared!.Earlier > TimeSpan.Zero,
            }
            : Sides.Alone(points);

    private Sides<T> Named<T>(T own, T? other) =>
        new(own)
        {
            Other = other,
            OwnWords = Compared!.WordsOfPage(Version, Segment),
            OtherWords = Compared.Words,
        };

    /// <summary>Points of the page, with those of what it is compared with.</summary>
    public async Task<IReadOnlyList<MetricPoint>> ReadAsync(MetricReader reader, MetricQuery query, CancellationToken cancellation)
    {
        if (Compared is not { } with)
            return await reader.ReadAsync(Model, query, cancellation);
        var own = reader.ReadAsync(Model, query, cancellation);
        var other = reader.ReadAsync(Model, with.Of(query), cancellation);
        await Task.WhenAll(own, other);
        return new ComparedPoints(await own, await other, with.Earlier, with.Words);
    }

    /// <summary>The lengths that are kept for this model, shortest first.</summary>
    public IReadOnlyList<TimeSpan> Lengths => [.. CoarseWindows.Above(Model.Window).Prepend(Model.Window).Distinct()];

    /// <summary>The window length that the address names, else the one whose points and intervals read best.</summary>
    public TimeSpan Window() => Chosen(MostWindows) ?? WindowChoice.Of(Lengths, To - From, Overview.Facts?.RequestsOfDay ?? 0);

    /// <summary>The window length that the address names, else the finest of which the range has at most so many: for heat maps.</summary>
    public TimeSpan Window(int most) => Chosen(most) ?? Lengths.FirstOrDefault(length => (To - From) / length <= most, Lengths[^1]);

    private TimeSpan? Chosen(int most) =>
        Lengths.FirstOrDefault(length => DurationText.Format(length) == Page["window"]) is { Ticks: > 0 } chosen
        && (To - From) / chosen <= 2 * most
            ? chosen
            : null;

    /// <summary>
    /// The window by which features are ranked: days where the range has some, because the highest of many small windows
    /// is mostly noise; the window that the address names, when it names one.
    /// </summary>
    public TimeSpan RankingWindow =>
        Page["window"] is null && To - From >= 2 * CoarseWindows.Day && Model.Window < CoarseWindows.Day ? CoarseWindows.Day : Window();

    public MetricQuery Query(TimeSpan window, params string[] metrics) =>
        new()
        {
            Metrics = metrics,
            Segment = Segment,
            Version = Version,
            // A long window belongs to the range when it overlaps it.
            From = window > Model.Window ? CoarseWindows.Holding(From, window).Start : From,
            To = To,
            Window = window,
        };

    /// <summary>Incidents of this model that touch the range, the newest first.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>Releases and the beginnings of incidents within the range, as marks of a time axis.</summary>
    public IReadOnlyList<ChartMark> Marks =>
        field ??= [
            .. Incidents.Where(incident => incident.Onset >= From && incident.Onset <= To).Select(incident => Mark(incident)),
            .. Overview
                .Releases.Skip(1)
                .Where(release => release.At >= From && release.At <= To)
                .Select(release => new ChartMark(release.At, release.Version)
                {
                    Title = $"First window of {release.Version}",
                    Address = Page.With(("version", release.Version)),
                }),
        ];

    private static ChartMark Mark(Incident incident) =>
        new(incident.Onset, incident.Id.ToString(CultureInfo.InvariantCulture), Incident: true)
        {
            Title = $"Incident {incident.Id}, {incident.Severity.ToString().ToLowerInvariant()}: {incident.Headline}",
            Severity = incident.Severity.ToString().ToLowerInvariant(),
            Address = Links.Incident(incident.Id),
        };

    /// <summary>Address of a tab of this model.</summary>
    public string Tab(string tab, params (string Key, string? Value)[] changes) =>
        Page.To(Links.Model(Model.Name, tab), [.. changes, ("window", Page["window"])]);
}
