using System.Collections.Frozen;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Every metric that this server computes, assembled from the calculators.</summary>
public sealed class MetricCatalogue
{
    private readonly FrozenDictionary<string, MetricDefinition> _byName;

    public MetricCatalogue(IEnumerable<IProfileCalculator> profileCalculators, IEnumerable<IEventCalculator> eventCalculators)
    {
        All = [.. profileCalculators.SelectMany(calculator => calculator.Metrics).Concat(eventCalculators.SelectMany(calculator => calculator.Metrics)).OrderBy(metric => metric.Layer).ThenBy(metric => metric.Name, StringComparer.Ordinal)];
        _byName = All.ToFrozenDictionary(metric => metric.Name, StringComparer.Ordinal);
    }

    /// <summary>By layer, then by name.</summary>
    public IReadOnlyList<MetricDefinition> All { get; }

    /// <summary>The definition of a name, or null. A business metric has no direction here: that is for its model to declare.</summary>
    public MetricDefinition? Find(string name) => _byName.GetValueOrDefault(name) ?? BusinessMetrics.Define(name, signal: null);

    /// <summary>The definition of a name for a model, or null.</summary>
    public MetricDefinition? Find(ModelDefinition model, string name) =>
        _byName.GetValueOrDefault(name) ?? (BusinessMetrics.SignalOf(name) is { } signal && model.FindSignal(signal) is { } declared ? BusinessMetrics.Define(name, declared) : null);

    /// <summary>Every metric of a model: those of all models, and those of its signals.</summary>
    public IEnumerable<MetricDefinition> Of(ModelDefinition model) => All.Concat(model.Signals.SelectMany(BusinessMetrics.Of));

    /// <summary>Names that a filter selects: exact names and prefixes such as <c>drift.*</c>, separated by commas. Null when one selects nothing.</summary>
    public (IReadOnlyList<string>? Names, string? Unknown) Select(ModelDefinition model, string filter)
    {
        var names = new List<string>();
        var all = Of(model).ToList();
        foreach (var part in filter.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var before = names.Count;
            if (part.EndsWith('*')) names.AddRange(all.Where(metric => metric.Name.StartsWith(part[..^1], StringComparison.Ordinal)).Select(metric => metric.Name));
            else if (Find(model, part) is not null || BusinessMetrics.SignalOf(part) is not null) names.Add(part);
            if (names.Count == before && part != "business.*") return (null, part);
        }

        return (names, null);
    }
}
