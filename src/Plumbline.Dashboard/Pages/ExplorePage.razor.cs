using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Primitives;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Metrics;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages;

/// <summary>The predictions of a model that a search finds.</summary>
public sealed partial class ExplorePage
{
    private const int MostModels = 100;
    private const int Buckets = 120;

    /// <summary>Features beside the answer: what fits; the decision page has all.</summary>
    private const int Shown = 6;

    private (DateTimeOffset From, DateTimeOffset To) _range;
    private IReadOnlyList<string> _errors = [];
    private PageScope? _read;

    // Predictions of a model that were chosen, on this page and those before.
    private readonly HashSet<string> _picked = new(StringComparer.Ordinal);
    private string? _pickedOf;
    private UnknownPlace? _unknown;
    private PredictionSearch _search = new();

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    [Parameter]
    public string? Name { get; set; }

    [Inject]
    public ModelOverviewReader Overviews { get; set; } = null!;

    private ModelDefinition? Model => Name is null ? null : Models.Find(Name);

    private object Key =>
        (Name, string.Join('&', Scope.Keys.Where(pair => pair.Key != "paused").Select(pair => $"{pair.Key}={pair.Value}")));

    /// <summary>The same search at the HTTP API.</summary>
    private string ApiAddress =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
            $"/v1/models/{Uri.EscapeDataString(Name!)}/predictions",
            ApiQuery().SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value)))
        );

    protected override async Task OnParametersSetAsync()
    {
        var scope = Scope;
        var unknown = Name is null ? null : await Places.FindAsync(Name, null, scope, CancellationToken.None);
        // The reader went on meanwhile.
        if (!ReferenceEquals(scope, Scope))
            return;
        _unknown = unknown;
        if (_pickedOf != Name)
            _picked.Clear();
        _pickedOf = Name;
        if (_read is null)
            ShowPlace();
        if (_unknown is not null || !RendererInfo.IsInteractive || ReferenceEquals(_read, Scope))
            return;
        var page = Scope;
        if (Model is { } model)
        {
            // Where nothing was chosen and nothing is recent, the range goes to where the events are.
            var overview =
                page.Range.Unchosen || page.Range.Preset == TimeRange.All ? await Overviews.ReadAsync(model, CancellationToken.None) : null;
            if (!ReferenceEquals(page, Scope))
                return;
            _range = page.Range.Resolve(Time.GetUtcNow(), overview?.First, overview?.Last);
            var (search, errors) = SearchQueryReader.Read(new QueryCollection(ApiQuery()), model);
            _errors = [.. errors.Select(error => $"{error.Field}: {error.Reason}")];
            _search = search ?? new PredictionSearch { From = _range.From, To = _range.To };
        }
        _read = page;
        ShowPlace();
    }

    private void ShowPlace() =>
        Frame.Show(
            Name is null ? [("Explore", null)] : [("Explore", Links.Explore), (Name, null)],
            showsRange: Model is not null && _unknown is null,
            demo: Demo.IsDemo,
            range: _read is null ? null : _range,
            versions: Model is null ? null : Models.Versions(Model.Id)
        );

    private PredictionSearch Search() =>
        Model is null ? _search : _search with { Columns = Columns(Model), ScoreColumns = ScoreColumns(Model) };

    /// <summary>The scores that the address names, and the one that is sorted by.</summary>
    private IReadOnlyList<ScoreKind> ScoreColumns(ModelDefinition model) =>
        [
            .. (Scope[FieldList.ColumnsKey] ?? "")
                .Split('\n')
                .Append(Scope["sort"]?.TrimStart('-') ?? "")
                .Distinct(StringComparer.Ordinal)
                .Select(name => SearchFields.Find(model, name)?.Score)
                .OfType<ScoreKind>(),
        ];

    private IReadOnlyList<string> ShownColumns(ModelDefinition model) =>
        [.. Columns(model).Select(feature => feature.Name), .. ScoreColumns(model).Select(score => score.Field)];

    /// <summary>The features that the address names, else the first ones.</summary>
    private IReadOnlyList<FeatureDefinition> Columns(ModelDefinition model) =>
        Scope[FieldList.ColumnsKey] is { } chosen
            ? [.. chosen.Split('\n').Select(model.FindFeature).OfType<FeatureDefinition>().Take(PredictionSearch.MaxColumns)]
            : [.. model.Features.Take(Shown)];

    private Dictionary<string, StringValues> ApiQuery()
    {
        var query = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        if (Scope.Range.Preset != TimeRange.All)
            (query["from"], query["to"]) = (TimeRange.Text(_range.From), TimeRange.Text(_range.To.AddSeconds(1)));
        foreach (var key in new[] { "version", "segment", "sort", "cursor" })
        {
            if (Scope[key] is { } value)
                query[key] = value;
        }
        if (Scope["filter"] is { } filters)
            query["filter"] = filters.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return query;
    }

    private static IReadOnlyList<ChartSeries> Totals(PredictionCounts counts) =>
        [
            new ChartSeries(
                "predictions",
                PointSeries.WithGaps([
                    .. counts
                        .Counts.GroupBy(count => count.Start)
                        .OrderBy(group => group.Key)
                        .Select(group => new ChartPoint(
                            group.Key,
                            group.Key + counts.Step,
                            group.Sum(count => count.Count),
                            null,
                            null,
                            group.Sum(count => count.Count),
                            PointState.Ok
                        )),
                ])
            ),
        ];

    private string SortHref(string key) =>
        Scope.With(
            (
                "sort",
                Scope["sort"] == $"-{key}" || (key == "timestamp" && Scope["sort"] is null) ? key
                : key == "timestamp" ? null
                : $"-{key}"
            ),
            ("cursor", null)
        );

    private string SortedBy(string key) =>
        (Scope["sort"] ?? "-timestamp").TrimStart('-') == key
            ? ((Scope["sort"] ?? "-timestamp").StartsWith('-') ? "descending" : "ascending")
            : "none";

    private static string Words(PredictionCounts counts) =>
        $"{Figures.Count(counts.Counts.Sum(count => count.Count))} predictions in spans of {Figures.Span(counts.Step)}.";

    private void Pick(string id)
    {
        if (!_picked.Remove(id))
            _picked.Add(id);
    }
}
