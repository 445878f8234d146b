using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages;

/// <summary>All models, the most urgent first.</summary>
public sealed partial class FleetPage
{
    private const string Search = "q";
    private const string Sort = "sort";
    private const string PageNumber = "page";

    /// <summary>Rows of one page: a screen or two.</summary>
    private const int PageSize = 50;

    private string _sentence = "";
    private int _open;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    protected override void OnInitialized() => Frame.Show([("Fleet", null)], demo: Demo.IsDemo);

    private async Task<FleetView> LoadAsync(CancellationToken cancellation)
    {
        var all = await Fleet.ReadAsync(cancellation);
        var open = await Incidents.ReadAsync(cancellation);
        var costs = await Costs.ReadAsync(cancellation);
        var found = Ordered(
                all.Where(row => Scope[Search] is not { } text || row.Model.Name.Contains(text, StringComparison.OrdinalIgnoreCase)),
                open
            )
            .ToList();
        var pages = Math.Max(1, (found.Count + PageSize - 1) / PageSize);
        var page = int.TryParse(Scope[PageNumber], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Min(number, pages - 1)
            : 0;
        var urgent = await Incidents.UrgentAsync(cancellation);
        (_sentence, _open) = (Sentence(all, urgent), urgent?.Count ?? 0);
        StateHasChanged();
        return new FleetView(all.Count, found.Count, page, page * PageSize, [.. found.Skip(page * PageSize).Take(PageSize)], open, costs);
    }

    private static string Sentence(IReadOnlyList<FleetRow> all, OpenIncidents? urgent)
    {
        if (all.Count == 0)
            return "";
        var open = urgent is null
            ? "no open incidents"
            : $"{Figures.Count(urgent.Count)} open {(urgent.Count == 1 ? "incident" : "incidents")}, "
                + $"the worst {urgent.Worst.ToString().ToLowerInvariant()}";
        var requests = Figures.Count(all.Sum(row => row.Facts?.RequestsOfDay ?? 0));
        return $"{Figures.Count(all.Count)} {(all.Count == 1 ? "model" : "models")}, {open}; {requests} requests on their newest days.";
    }

    private IEnumerable<FleetRow> Ordered(IEnumerable<FleetRow> rows, IReadOnlyDictionary<int, OpenIncidents> open) =>
        Scope[Sort] switch
        {
            "name" => rows.OrderBy(row => row.Model.Name, StringComparer.OrdinalIgnoreCase),
            "traffic" => rows.OrderByDescending(row => row.Facts?.RequestsOfDay ?? 0),
            "last" => rows.OrderByDescending(row => row.Facts?.LastWindowEnd),
            // What is urgent by its incidents comes first; then what looks worst.
            _ => rows.OrderByDescending(row => (int?)open.GetValueOrDefault(row.Model.Id)?.Worst ?? -1)
                .ThenByDescending(row => row.Risk)
                .ThenByDescending(row => row.Facts?.RequestsOfDay ?? 0),
        };

    private string SortHref(string key) => Scope.With((Sort, key == "risk" ? null : key), (PageNumber, null));

    private string SortedBy(string key) => (Scope[Sort] ?? "risk") == key ? (key == "name" ? "ascending" : "descending") : "none";

    private static string Number(int page) => page.ToString(CultureInfo.InvariantCulture);

    private static string Address(ModelDefinition model, LayerHealth layer) =>
        Links.With(Links.Model(model.Name, MetricWords.Tab(layer.Layer)), ("feature", layer.Feature));

    private static string Versions(FleetRow row)
    {
        if (row.Facts is not { Versions.Count: > 0 } facts)
            return "\u2013";
        var whole = facts.Versions.Sum(version => version.Requests);
        return facts.Versions.Count == 1
            ? facts.Versions[0].Version
            : string.Join(", ", facts.Versions.Take(3).Select(version => $"{version.Version} {Figures.Share(version.Requests, whole)}"));
    }

    private static string Coverage(FleetRow row) =>
        row.Facts?.Days.LastOrDefault(point => point.Metric == PerformanceMetrics.LabelCoverage && point.Value is > 0) is { } point
            ? Figures.Format(point.Value, "ratio")
            : "none";

    private sealed record FleetView(
        int All,
        int Found,
        int Page,
        int From,
        IReadOnlyList<FleetRow> Rows,
        IReadOnlyDictionary<int, OpenIncidents> Open,
        IReadOnlyDictionary<int, Plumbline.Monitoring.Outcomes.Costs.DayCost> Costs
    );
}
