using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Metrics;

/// <summary>The metrics of business signals, <c>business.SIGNAL.MEASURE</c>: their names depend on what a model's business sends.</summary>
public static class BusinessMetrics
{
    private const string Prefix = "business.";

    /// <summary>The measures that every signal has.</summary>
    public static IReadOnlyList<string> Measures { get; } = ["rate", "mean", "sum", "count"];

    /// <summary>The name of a measure of a signal.</summary>
    public static string Name(string signal, string measure) => $"{Prefix}{signal}.{measure}";

    /// <summary>The measure that sums up a signal of a kind.</summary>
    public static string MainMeasure(SignalKind kind) =>
        kind switch
        {
            SignalKind.Rate => "rate",
            SignalKind.Sum => "sum",
            _ => "mean",
        };

    /// <summary>The metric that sums up a signal.</summary>
    public static string MainOf(SignalDefinition signal) => Name(signal.Name, MainMeasure(signal.Kind));

    /// <summary>The signal of a metric's name, or null when it is no business metric.</summary>
    public static string? SignalOf(string metric)
    {
        var end = metric.LastIndexOf('.');
        return
            metric.StartsWith(Prefix, StringComparison.Ordinal)
            && end > Prefix.Length
            && Measures.Contains(metric[(end + 1)..], StringComparer.Ordinal)
            ? metric[Prefix.Length..end]
            : null;
    }

    /// <summary>What a metric of a signal means; null when the name is none.</summary>
    public static MetricDefinition? Define(string metric, SignalDefinition? signal)
    {
        if (SignalOf(metric) is not { } name)
            return null;
        var direction = signal?.UpIsGood switch
        {
            true => MetricDirection.HigherIsBetter,
            false => MetricDirection.LowerIsBetter,
            null => MetricDirection.Neutral,
        };
        var unit = signal?.Unit is { Length: > 0 } declared ? declared : "as the signal";
        var measure = metric[(metric.LastIndexOf('.') + 1)..];
        MetricDefinition definition = measure switch
        {
            "rate" => new(metric, MetricLayer.Outcomes, "share", "[0, 1]", direction, RateOf(name), "Wilson"),
            "mean" => new(
                metric,
                MetricLayer.Outcomes,
                unit,
                "(-\u221e, \u221e)",
                direction,
                $"Mean value of the '{name}' events put down to the window's predictions, and of those without a prediction in the window.",
                "normal"
            ),
            "sum" => new(
                metric,
                MetricLayer.Outcomes,
                unit,
                "(-\u221e, \u221e)",
                direction,
                SumOf(name),
                "normal, of the predictions' own sums"
            ),
            _ => new(
                metric,
                MetricLayer.Outcomes,
                "events",
                "[0, \u221e)",
                MetricDirection.Neutral,
                $"Number of '{name}' events put down to the window's predictions, and of those without a prediction in the window."
            ),
        };
        // A segment's sum says how large it is, its mean how well it does.
        return measure == (signal?.Kind == SignalKind.Rate ? "rate" : "mean")
            ? definition with
            {
                Heading = name,
                SegmentColumn = 50,
            }
            : definition with
            {
                Heading = name,
            };
    }

    /// <summary>All metrics of a signal.</summary>
    public static IEnumerable<MetricDefinition> Of(SignalDefinition signal) =>
        Measures.Select(measure => Define(Name(signal.Name, measure), signal)!);

    private static string RateOf(string name) =>
        $"Predictions with at least one '{name}' whose value is not 0, within the attribution window, divided by predictions. "
        + "Compare windows of equal age.";

    private static string SumOf(string name) =>
        $"Sum of the values of the '{name}' events put down to the window's predictions, "
        + "and of those without a prediction in the window.";
}
