using System.Collections.Frozen;

namespace Plumbline.Server.Metrics;

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

    /// <summary>The definition of a name, or null.</summary>
    public MetricDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Names that a filter selects: exact names and prefixes such as <c>drift.*</c>, separated by commas. Null when one selects nothing.</summary>
    public (IReadOnlyList<string>? Names, string? Unknown) Select(string filter)
    {
        var names = new List<string>();
        foreach (var part in filter.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var before = names.Count;
            if (part.EndsWith('*')) names.AddRange(All.Where(metric => metric.Name.StartsWith(part[..^1], StringComparison.Ordinal)).Select(metric => metric.Name));
            else if (_byName.ContainsKey(part)) names.Add(part);
            if (names.Count == before) return (null, part);
        }

        return (names, null);
    }
}
