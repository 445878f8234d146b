namespace Plumbline.Monitoring.Metrics;

/// <summary>The layer of observation that a metric belongs to.</summary>
public enum MetricLayer
{
    System,
    Inputs,
    Outputs,
    Outcomes,
}

/// <summary>Which way a metric gets worse.</summary>
public enum MetricDirection
{
    /// <summary>Larger is worse.</summary>
    LowerIsBetter,

    /// <summary>Smaller is worse.</summary>
    HigherIsBetter,

    /// <summary>A change either way may mean something.</summary>
    Neutral,
}

/// <summary>What a metric's number means: an entry of the catalogue.</summary>
/// <param name="Name">For example <c>drift.psi</c>.</param>
/// <param name="Layer">Where it is shown.</param>
/// <param name="Unit">"share", "ms", "rows", "nats" .. or empty for a pure number.</param>
/// <param name="Range">In mathematical notation, for example <c>[0, 1]</c>.</param>
/// <param name="Direction">Which way it gets worse.</param>
/// <param name="Definition">One or two sentences with formula and conventions.</param>
/// <param name="Interval">How the 95 % interval is made, or null when none is defined.</param>
public sealed record MetricDefinition(string Name, MetricLayer Layer, string Unit, string Range, MetricDirection Direction, string Definition, string? Interval = null)
{
    /// <summary>What pages call it, such as "Jensen-Shannon distance"; the name where nobody gave another.</summary>
    public string Title { get; init; } = Name;
}
