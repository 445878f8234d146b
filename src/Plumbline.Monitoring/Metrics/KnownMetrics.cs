using System.Collections.Frozen;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// What is known of every metric, wherever words, floors and pages need it: the definitions that stand beside the calculators. A static class with a static property
/// <c>All</c> of definitions is found by itself.
/// </summary>
public static class KnownMetrics
{
    private static readonly FrozenDictionary<string, MetricDefinition> ByName = typeof(KnownMetrics).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: true, IsSealed: true } && type != typeof(KnownMetrics))
        .Select(type => type.GetProperty(nameof(All))).Where(property => property?.PropertyType == typeof(IReadOnlyList<MetricDefinition>))
        .SelectMany(property => (IReadOnlyList<MetricDefinition>)property!.GetValue(null)!)
        .ToFrozenDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>By layer, then by name.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } = [.. ByName.Values.OrderBy(metric => metric.Layer).ThenBy(metric => metric.Name, StringComparer.Ordinal)];

    /// <summary>The definition of a name, or null. A business metric has no direction here: that is for its model to declare.</summary>
    public static MetricDefinition? Find(string name) => ByName.GetValueOrDefault(name) ?? BusinessMetrics.Define(name, signal: null);

    /// <summary>What is known of a name; of one that is no metric, as an alert of former times may have it, no more than the name.</summary>
    public static MetricDefinition Of(string name) => Find(name) ?? new MetricDefinition(name, MetricLayer.Outcomes, "", "", MetricDirection.Neutral, "");

    /// <summary>The columns of a model's table of segments, the main one first.</summary>
    public static IEnumerable<MetricDefinition> SegmentColumns(ModelDefinition model) => All.Concat(model.Signals.Take(MostSignals).SelectMany(BusinessMetrics.Of))
        .Where(metric => metric.SegmentColumn is not null && metric.AppliesTo(model)).OrderBy(metric => metric.SegmentColumn);

    /// <summary>The metric that sums up how well a model does.</summary>
    public static string MainOf(ModelDefinition model) => SegmentColumns(model).First().Name;

    /// <summary>Signals that have a column.</summary>
    private const int MostSignals = 4;
}
