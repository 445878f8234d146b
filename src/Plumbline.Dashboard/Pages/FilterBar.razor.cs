using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;

namespace Plumbline.Dashboard.Pages;

/// <summary>
/// Conditions of a search: each a chip; a new one is field, operator, value, completed from the schema and from recent values.
/// </summary>
public sealed partial class FilterBar
{
    private string _field = "";
    private string _operator = "eq";
    private string _value = "";
    private string? _reason;
    private IReadOnlyList<string> _values = [];

    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    [Parameter]
    public IReadOnlyList<string> Errors { get; set; } = [];

    private IReadOnlyList<string> Conditions => Scope["filter"]?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private IReadOnlyList<FilterOperator> Operators =>
        SearchFields.Find(Model, _field) is { } known
            ? SearchFields.OperatorsOf(known)
            : [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.Missing];

    private async Task ChoseFieldAsync()
    {
        if (SearchFields.Find(Model, _field) is not { } field)
            return;
        if (!Operators.Any(possible => FilterText.Write(possible) == _operator))
            _operator = FilterText.Write(Operators[0]);
        _values = await Predictions.CompleteAsync(Model, field, "", 50, CancellationToken.None);
    }

    private void Add()
    {
        var text = _operator is "missing" or "present" or "type_error" ? $"{_field}:{_operator}" : $"{_field}:{_operator}:{_value}";
        if (FilterText.Read(text, Model, out var reason) is null)
        {
            _reason = reason;
            return;
        }
        (_reason, _field, _value) = (null, "", "");
        Go([.. Conditions, text]);
    }

    private void Remove(string condition) => Go([.. Conditions.Where(other => other != condition)]);

    private void Go(IReadOnlyList<string> conditions) =>
        Navigation.NavigateTo(Scope.With(("filter", conditions.Count == 0 ? null : string.Join('\n', conditions)), ("cursor", null)));

    private void FindOne(ChangeEventArgs change)
    {
        if (change.Value?.ToString() is { Length: > 0 } id)
            Navigation.NavigateTo(DecisionPage.Address(Scope, Model.Name, id.Trim()));
    }

    private static string Words(FilterOperator possible) =>
        possible switch
        {
            FilterOperator.Equal => "is",
            FilterOperator.NotEqual => "is not",
            FilterOperator.Less => "below",
            FilterOperator.LessOrEqual => "at most",
            FilterOperator.Greater => "above",
            FilterOperator.GreaterOrEqual => "at least",
            FilterOperator.Contains => "contains",
            FilterOperator.In => "is one of (a,b)",
            FilterOperator.Missing => "is missing",
            FilterOperator.Present => "is there",
            _ => "has the wrong type",
        };
}
