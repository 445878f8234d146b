using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Layer 2: do the inputs look like those of the reference?</summary>
public sealed partial class InputsTab
{
    private const string Search = "q";
    private const string Sort = "sort";
    private const string PageNumber = "page";
    private const int PageSize = 50;

    /// <summary>Rows of the heat map; the table below has the others.</summary>
    private const int HeatRows = 24;

    /// <summary>Columns that a screen can tell apart.</summary>
    private const int HeatColumns = 400;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string? Feature => Scope.Page["feature"];

    private async Task<IReadOnlyList<FeatureRank>> ReadAsync(TimeSpan window, CancellationToken cancellation)
    {
        var query = Scope.Query(window);
        var ranks = await Ranking.ReadAsync(Scope.Model, query.From, query.To, window, Scope.Version, Scope.Segment, cancellation);
        return Scope.Page[Search] is { } text
            ? [.. ranks.Where(rank => rank.Feature.Contains(text, StringComparison.OrdinalIgnoreCase))]
            : ranks;
    }

    private async Task<RankView> ReadRanksAsync(CancellationToken cancellation)
    {
        var ranks = await ReadAsync(Scope.RankingWindow, cancellation);
        var sorted = (
            Scope.Page[Sort] switch
            {
                "name" => ranks.OrderBy(rank => rank.Feature, StringComparer.OrdinalIgnoreCase),
                "missing" => ranks.OrderByDescending(rank => rank.MissingNow ?? -1),
                "unseen" => ranks.OrderByDescending(rank => rank.UnseenNow ?? -1),
                _ => ranks.OrderByDescending(rank => rank.Drift ?? -1),
            }
        ).ToList();
        var from = int.TryParse(Scope.Page[PageNumber], NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            ? Math.Min((long)page * PageSize, Math.Max(0, (sorted.Count - 1) / PageSize * PageSize))
            : 0;
        return new RankView(sorted.Count, (int)from, [.. sorted.Skip((int)from).Take(PageSize)]);
    }

    private async Task<Sides<HeatView>> ReadHeatAsync(CancellationToken cancellation)
    {
        var window = Scope.Window(HeatColumns);
        var rows = (await ReadAsync(Scope.RankingWindow, cancellation))
            .Where(rank => rank.Drift is not null)
            .Take(HeatRows)
            .Select(rank => rank.Feature)
            .ToList();
        if (rows.Count == 0)
            return Sides.Alone(new HeatView([], []));
        var places = rows.Select((name, place) => (name, place))
            .ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        var points = await Scope.ReadAsync(
            Reader,
            Scope.Query(window, PopulationStabilityIndex.Name) with
            {
                Features = rows,
            },
            cancellation
        );
        // The rows are those that drift most on the page; the other side has the same ones, in the same order.
        return Scope
            .Apart(points)
            .Map(side => new HeatView(
                rows,
                [
                    .. side.Select(point => new HeatCell(
                        point.WindowStart,
                        point.WindowEnd,
                        places[point.Feature],
                        point.Value,
                        point.N,
                        (PointState)(int)point.Status
                    )),
                ]
            ));
    }

    private void Pick((string Row, DateTimeOffset Start) cell)
    {
        var window = Scope.Window(HeatColumns);
        Navigation.NavigateTo(
            Scope.Page.With(("feature", cell.Row), ("at", TimeRange.Text(cell.Start)), ("until", TimeRange.Text(cell.Start + window)))
        );
    }

    // As the rules say; where the layer cannot be judged, its features cannot either.
    private HealthState StateOf(string feature)
    {
        var firing = Scope.Overview.Firing.Where(alert => alert.Feature == feature).Select(alert => alert.State).ToList();
        if (firing.Count > 0)
            return firing.Max();
        return Scope.Overview.Layers.First(layer => layer.Layer == MetricLayer.Inputs).State == HealthState.Unknown
            ? HealthState.Unknown
            : HealthState.Ok;
    }

    private string SortHref(string key) => Scope.Page.With((Sort, key == "drift" ? null : key), (PageNumber, null));

    private string SortedBy(string key) => (Scope.Page[Sort] ?? "drift") == key ? (key == "name" ? "ascending" : "descending") : "none";

    private static string Number(int page) => page.ToString(CultureInfo.InvariantCulture);

    private string WhyNothing =>
        Scope.Overview.Baseline is null
            ? "There is no reference yet: upload one, or wait for the first complete days, of 1,000 rows together."
            : "No window of this range has enough rows in this scope.";

    private sealed record HeatView(IReadOnlyList<string> Rows, IReadOnlyList<HeatCell> Cells);

    private sealed record RankView(int Found, int From, IReadOnlyList<FeatureRank> Rows);
}
