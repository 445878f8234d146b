using System.Collections.Frozen;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;

namespace Plumbline.Exposition.Scraping;

/// <summary>A metric of the catalogue as Prometheus knows it.</summary>
/// <param name="Metric">Its name in the catalogue; of business signals with <c>SIGNAL</c> in place of the signal's name.</param>
/// <param name="Name">Its name there, with its unit behind it.</param>
/// <param name="Factor">What a value is multiplied by: Prometheus has seconds where the catalogue has milliseconds.</param>
/// <param name="Unit">The base unit that <paramref name="Name"/> ends with; empty when it is a plain number.</param>
/// <param name="Help">What it says, in one line.</param>
public sealed record ExposedMetric(string Metric, string Name, double Factor, string Unit, string Help)
{
    private const string Signal = "SIGNAL";

    // A sum or a count that is computed anew for each window is not what Prometheus calls by these names.
    private static readonly FrozenDictionary<string, string> BusinessNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["rate"] = "rate",
        ["mean"] = "mean",
        ["sum"] = "amount",
        ["count"] = "events",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // What was pulled from a Prometheus is there already.
    private static readonly IReadOnlyList<MetricDefinition> Given =
    [
        .. KnownMetrics.All.Where(metric => !metric.Name.StartsWith(MachineMetrics.Prefix, StringComparison.Ordinal)),
    ];

    private static readonly FrozenDictionary<string, ExposedMetric> ByMetric = Given
        .Select(Of)
        .Concat(BusinessMetrics.Measures.Select(OfBusiness))
        .ToFrozenDictionary(exposed => exposed.Metric, StringComparer.Ordinal);

    /// <summary>The whole mapping, in the order of the catalogue.</summary>
    public static IReadOnlyList<ExposedMetric> All { get; } =
    [
        .. Given.Select(metric => ByMetric[metric.Name]),
        .. BusinessMetrics.Measures.Select(measure => ByMetric[BusinessMetrics.Name(Signal, measure)]),
    ];

    /// <summary>The place of each name in <see cref="All"/>.</summary>
    internal static FrozenDictionary<string, int> Places { get; } =
        All.Index().ToFrozenDictionary(pair => pair.Item.Metric, pair => pair.Index, StringComparer.Ordinal);

    /// <summary>
    /// The metric of a stored name and, of a business metric, its signal; null for a name that this version does not know any more.
    /// </summary>
    public static (ExposedMetric Metric, string Signal)? Find(string metric)
    {
        if (ByMetric.TryGetValue(metric, out var known))
            return (known, "");
        return BusinessMetrics.SignalOf(metric) is { } signal
            ? (ByMetric[BusinessMetrics.Name(Signal, metric[(metric.LastIndexOf('.') + 1)..])], signal)
            : null;
    }

    private static ExposedMetric Of(MetricDefinition metric)
    {
        var (unit, factor) = metric.Unit switch
        {
            "share" or "probability" => ("ratio", 1.0),
            "ms" => ("seconds", 0.001),
            _ => ("", 1.0),
        };
        var name = metric.Name.Replace("_ms.", ".", StringComparison.Ordinal).Replace('.', '_');
        return new ExposedMetric(metric.Name, ExposedNames.Of(name, unit), factor, unit, metric.Definition);
    }

    private static ExposedMetric OfBusiness(string measure)
    {
        var metric = BusinessMetrics.Name(Signal, measure);
        var unit = measure == "rate" ? "ratio" : "";
        var definition = BusinessMetrics.Define(metric, signal: null)!.Definition;
        return new ExposedMetric(metric, ExposedNames.Of($"business_{BusinessNames[measure]}", unit), 1, unit, definition);
    }
}
