using System.Collections.Frozen;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// Every metric that this server computes, and what is known of it, wherever rules, words and pages need it: the definitions that stand
/// beside the calculators. A static class with a static property <c>All</c> of definitions is found by itself.
/// </summary>
public static class KnownMetrics
{
    /// <summary>Signals that have a column.</summary>
    private const int MostSignals = 4;

    private static readonly FrozenDictionary<string, MetricDefinition> ByName = typeof(KnownMetrics)
        .Assembly.GetTypes()
        .Where(type => type is { IsAbstract: true, IsSealed: true } && type != typeof(KnownMetrics))
        .Select(type => type.GetProperty(nameof(All)))
        .Where(property => property?.PropertyType == typeof(IReadOnlyList<MetricDefinition>))
        .SelectMany(property => (IReadOnlyList<MetricDefinition>)property!.GetValue(null)!)
        .ToFrozenDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>By layer, then by name.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [.. ByName.Values.OrderBy(metric => metric.Layer).ThenBy(metric => metric.Name, StringComparer.Ordinal)];

    /// <summary>Every metric of a model: those of all models, and those of its signals.</summary>
    public static IEnumerable<MetricDefinition> AllOf(ModelDefinition model) => All.Concat(model.Signals.SelectMany(BusinessMetrics.Of));

    /// <summary>The definition of a name, or null. A business metric has no direction here: that is for its model to declare.</summary>
    public static MetricDefinition? Find(string name) => ByName.GetValueOrDefault(name) ?? BusinessMetrics.Define(name, signal: null);

    /// <summary>The definition of a name for a model, or null: of a business metric what the model declares of its signal.</summary>
    public static MetricDefinition? Find(ModelDefinition model, string name) =>
        BusinessMetrics.SignalOf(name) is { } signal
            ? model.FindSignal(signal) is { } declared
                ? BusinessMetrics.Define(name, declared)
                : null
            : Find(name);

    /// <summary>
    /// What is known of a name; of one that is no metric, as an alert of former times may have it, no more than the name.
    /// </summary>
    public static MetricDefinition Of(string name) =>
        Find(name) ?? new MetricDefinition(name, MetricLayer.Outcomes, "", "", MetricDirection.Neutral, "");

    /// <summary>The columns of a model's table of segments, the main one first.</summary>
    public static IEnumerable<MetricDefinition> SegmentColumns(ModelDefinition model) =>
        All.Concat(model.Signals.Take(MostSignals).SelectMany(BusinessMetrics.Of))
            .Where(metric => metric.SegmentColumn is not null && metric.AppliesTo(model))
            .OrderBy(metric => metric.SegmentColumn);

    /// <summary>The metric that sums up how well a model does.</summary>
    public static string MainOf(ModelDefinition model) => SegmentColumns(model).First().Name;

    /// <summary>
    /// Names that a filter selects: exact names and prefixes such as <c>drift.*</c>, separated by commas. Null when one selects nothing.
    /// </summary>
    public static (IReadOnlyList<string>? Names, string? Unknown) Select(ModelDefinition model, string filter)
    {
        var names = new List<string>();
        var all = AllOf(model).ToList();
        foreach (var part in filter.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var before = names.Count;
            if (part.EndsWith('*'))
            {
                names.AddRange(
                    all.Where(metric => metric.Name.StartsWith(part[..^1], StringComparison.Ordinal)).Select(metric => metric.Name)
                );
            }
            else if (Find(model, part) is not null || BusinessMetrics.SignalOf(part) is not null)
            {
                names.Add(part);
            }

            if (names.Count == before && part != "business.*")
                return (null, part);
        }

        return (names, null);
    }
}
