using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Panels;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;

namespace Plumbline.Dashboard.Pages;

/// <summary>The fields of predictions beside their list: which are columns and which one is told by its values is in the address.</summary>
public sealed partial class FieldList : IDisposable
{
    /// <summary>The features that are columns, one a line.</summary>
    internal const string ColumnsKey = "columns";

    private const string FacetKey = "facet";

    /// <summary>Fields that are listed at once: a model may have thousands.</summary>
    private const int Most = 100;

    private string _part = "";
    private Facet? _facet;
    private string? _failure;
    private object? _read;
    private CancellationTokenSource? _running;

    [Inject]
    public Facets Counter { get; set; } = null!;

    [Inject]
    public ILogger<FieldList> Log { get; set; } = null!;

    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    /// <summary>What the list beside it finds.</summary>
    [Parameter, EditorRequired]
    public PredictionSearch Search { get; set; } = null!;

    /// <summary>Names of the features, and fields of the scores, that are columns now.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Shown { get; set; } = [];

    /// <summary>What the search depends on; when it changes, values are counted again.</summary>
    [Parameter, EditorRequired]
    public object Key { get; set; } = null!;

    private IEnumerable<SearchField> Matching =>
        SearchFields.Of(Model).Where(known => known.Name.Contains(_part.Trim(), StringComparison.OrdinalIgnoreCase));

    private IEnumerable<SearchField> Found => Matching.Take(Most);

    private int Hidden => Matching.Skip(Most).Count();

    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive || Equals(_read, Key))
            return;
        _read = Key;
        if (_running is not null)
            await _running.CancelAsync();
        (_facet, _failure) = (null, null);
        if (Scope[FacetKey] is not { } name || SearchFields.Find(Model, name) is not { } field || !Facets.Has(field))
            return;
        var running = _running = new CancellationTokenSource();
        try
        {
            var facet = await Counter.ReadAsync(Model, Search, field, running.Token);
            if (!running.IsCancellationRequested)
                _facet = facet;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // Another field, or another search, was asked for meanwhile.
        }
#pragma warning disable CA1031 // Whatever fails stays with its field: the list of predictions goes on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.PanelUnread(failure, name);
            _failure = $"This could not be counted: {failure.Message}";
        }
    }

    /// <summary>As what a field becomes a column; null for one that cannot, or is one always.</summary>
    private static string? ColumnOf(SearchField field) => field.Feature?.Name ?? field.Score?.Field;

    private bool IsShown(string column) => Shown.Contains(column, StringComparer.Ordinal);

    private string ToggleAddress(string column)
    {
        var names = Shown.ToList();
        if (!names.Remove(column))
            names.Add(column);
        return Scope.With((ColumnsKey, names.Count == 0 ? "-" : string.Join('\n', names)), ("cursor", null));
    }

    private string FilterAddress(FacetValue value)
    {
        var conditions = Scope["filter"]?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return Scope.With(("filter", string.Join('\n', conditions.Union(value.Conditions, StringComparer.Ordinal))), ("cursor", null));
    }

    private string Width(FacetValue value) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * value.Count / Math.Max(1, _facet!.Values.Max(other => other.Count)):0.#}%");

    private static string Plain(SearchField field) => field.Feature?.Name ?? field.Name;

    private static string Kind(SearchField field) =>
        field.Kind switch
        {
            FieldKind.Number when field.Score is not null => "score",
            FieldKind.Number => "number",
            FieldKind.Boolean => "yes/no",
            FieldKind.Text => "text",
            FieldKind.Correct => "outcome",
            FieldKind.GroundTruth => "outcome",
            _ => "category",
        };

    public void Dispose()
    {
        _running?.Cancel();
        _running?.Dispose();
    }
}
