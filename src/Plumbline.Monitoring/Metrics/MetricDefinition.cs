using Plumbline.Registry.Models;

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

/// <summary>What a metric speaks of: what alerts on it have in common.</summary>
public enum MetricAspect
{
    /// <summary>Whether predictions come at all.</summary>
    Traffic,

    /// <summary>Errors, timeouts, latency.</summary>
    System,

    /// <summary>Values that are not there.</summary>
    Missing,

    /// <summary>Values that the reference never had.</summary>
    Unseen,

    /// <summary>Values of another type.</summary>
    Types,

    /// <summary>The distribution of inputs.</summary>
    FeatureDrift,

    /// <summary>What the model answers.</summary>
    Outputs,

    /// <summary>Performance, realised or estimated.</summary>
    Performance,

    /// <summary>Whether ground truth comes, in time and in the model's classes.</summary>
    Labels,

    /// <summary>Cost and what the business says.</summary>
    Other,
}

/// <summary>
/// Everything that is known of a metric, said once: what its number means, how it is called and written, how large a change of it matters.
/// </summary>
/// <param name="Name">For example <c>drift.psi</c>.</param>
/// <param name="Layer">Where it is shown.</param>
/// <param name="Unit">"share", "ms", "rows", "nats" .. or empty for a pure number.</param>
/// <param name="Range">In mathematical notation, for example <c>[0, 1]</c>.</param>
/// <param name="Direction">Which way it gets worse.</param>
/// <param name="Definition">One or two sentences with formula and conventions.</param>
/// <param name="Interval">How the 95 % interval is made, or null when none is defined.</param>
public sealed record MetricDefinition(
    string Name,
    MetricLayer Layer,
    string Unit,
    string Range,
    MetricDirection Direction,
    string Definition,
    string? Interval = null
)
{
    /// <summary>What pages call it, such as "Jensen-Shannon distance"; the name where nobody gave another.</summary>
    public string Title { get; init; } = Name;

    /// <summary>What the head of a table's column calls it: as a word within a sentence.</summary>
    public string Heading
    {
        get => field ?? Title;
        init;
    }

    /// <summary>What it speaks of; by its layer where nobody said.</summary>
    public MetricAspect Aspect { get; init; } =
        Layer switch
        {
            MetricLayer.System => MetricAspect.System,
            MetricLayer.Inputs => MetricAspect.FeatureDrift,
            MetricLayer.Outputs => MetricAspect.Outputs,
            _ => MetricAspect.Other,
        };

    /// <summary>
    /// The layer that a feature's value speaks of: drift of what the model answers (a name that begins with @) is of the outputs.
    /// </summary>
    public MetricLayer LayerOf(string? feature) =>
        Layer == MetricLayer.Inputs && feature?.StartsWith('@') == true ? MetricLayer.Outputs : Layer;

    /// <summary>How large a change must be before it matters, where a rule does not say.</summary>
    public EffectFloor Floor { get; init; } = EffectFloor.Usual;

    /// <summary>
    /// Whether working days and weekends may differ in it although nothing is wrong: who asks, what is answered, how long that takes, what
    /// the business says. Not so errors, the quality of data, and what the labels say of the model: that is true on any day.
    /// </summary>
    public bool FollowsCalendar
    {
        get => field || Layer == MetricLayer.Outputs || Aspect == MetricAspect.Other;
        init;
    }

    /// <summary>Whether every feature has a point of its own.</summary>
    public bool IsPerFeature { get; init; }

    /// <summary>Whether a window cannot be judged before its ground truth has come.</summary>
    public bool NeedsGroundTruth { get; init; }

    /// <summary>
    /// The unit in which charts and tables write it: performance is a number between 0 and 1, as everyone quotes it, although it is a
    /// share.
    /// </summary>
    public string ChartUnit
    {
        get => field ?? KnownUnit;
        init;
    }

    /// <summary>The unit, or empty where the data or the declaration of a model gives it ("as the ground truth").</summary>
    public string KnownUnit => Unit.StartsWith("as the ", StringComparison.Ordinal) ? "" : Unit;

    /// <summary>Its place among the columns of the table of segments, the main one first; null when it has none.</summary>
    public int? SegmentColumn { get; init; }

    /// <summary>The models that have it: of a task, or with a cost.</summary>
    public Func<ModelDefinition, bool> AppliesTo { get; init; } = _ => true;
}
