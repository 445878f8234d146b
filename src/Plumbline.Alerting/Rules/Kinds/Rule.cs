using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>Which way is bad.</summary>
public enum RuleDirection
{
    /// <summary>As the metric's catalogue entry says; either way for a neutral metric.</summary>
    Auto,
    Above,
    Below,
    Either,
}

/// <summary>Directions in words.</summary>
public static class RuleDirections
{
    /// <summary>"above", "below", or "beyond" for either.</summary>
    public static string Words(this RuleDirection direction) =>
        direction switch
        {
            RuleDirection.Above => "above",
            RuleDirection.Below => "below",
            _ => "beyond",
        };
}

/// <summary>What a change is measured against.</summary>
public enum ChangeBase
{
    /// <summary>The same hour one week before; where that is missing, one day before.</summary>
    PreviousPeriod,

    /// <summary>The mean of the first windows, those in which the model was learned.</summary>
    Learned,
}

/// <summary>Where a rule comes from; only those of people can be changed by people, a default one can be switched off.</summary>
public enum RuleSource
{
    Default,
    Api,
    File,
}

/// <summary>A condition over metric points. Immutable; stored as JSON.</summary>
public sealed record Rule
{
    /// <summary>0 for a rule that is not saved.</summary>
    [JsonIgnore]
    public long Id { get; init; }

    /// <summary>1..128 characters of letters, digits, dot, underscore and hyphen; unique within the model.</summary>
    public required string Name { get; init; }

    [JsonIgnore]
    public RuleSource Source { get; init; } = RuleSource.Api;

    /// <summary>Why a rule of the configuration file is not in force for this model; null when it is.</summary>
    [JsonIgnore]
    public string? Problem { get; init; }

    public required RuleKind Kind { get; init; }

    /// <summary>Name in the catalogue. An absence rule always watches <c>input.rows</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Only these features; null for all that the metric has.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Only this class; null for all that the metric has.</summary>
    public string? Class { get; init; }

    /// <summary>
    /// Empty: all rows together. <c>country=FR</c>: that segment. <c>country=*</c>: every value of it. <c>*</c>: all rows and every
    /// segment; <c>=*</c>: every segment only.
    /// </summary>
    public string Segment { get; init; } = "";

    /// <summary>Empty: all versions together; a version; <c>*</c>: every version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Length of the judged windows: the model's base window (null), 1d or 7d.</summary>
    public TimeSpan? Window { get; init; }

    public RuleDirection Direction { get; init; }

    /// <summary>The number that <see cref="Kind"/> compares with, where it has one.</summary>
    public double? Value { get; init; }

    /// <summary>Change only: true when <see cref="Value"/> is a share of the former value (0.2 is 20 %).</summary>
    public bool Relative { get; init; }

    public ChangeBase Against { get; init; }

    /// <summary>Ratio only: the version that is divided by.</summary>
    public string? ThanVersion { get; init; }

    /// <summary>Null: from the estimated loss (see Incidents). A fixed severity otherwise.</summary>
    public AlertSeverity? Severity { get; init; }

    /// <summary>
    /// How many of the last <see cref="OfWindows"/> windows must be suspicious, 1..100. Not used by a kind that gathers evidence instead.
    /// Default 2.
    /// </summary>
    public int ForWindows { get; init; } = 2;

    /// <summary>1..100. Default 2.</summary>
    public int OfWindows { get; init; } = 2;

    /// <summary>Rows below which a window is not judged. Default 30.</summary>
    public int MinimumN { get; init; } = 30;

    /// <summary>
    /// Anomaly only: a change that is certain but smaller than this (in the metric's unit, or in standard deviations for drift.calibrated)
    /// goes to the digest. Null: the floor of the metric.
    /// </summary>
    public double? EffectFloor { get; init; }

    /// <summary>Judged, shown, and never told to anybody.</summary>
    public bool DryRun { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>How rules are written: snake_case, durations as text, unknown keys refused.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(ModelSpecification.Json)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };

    /// <summary>How what was found is written: the same, with nulls said.</summary>
    public static JsonSerializerOptions ViewJson { get; } = new(Json) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    /// <summary>Length of the windows that this rule judges for a model.</summary>
    public TimeSpan WindowOf(ModelDefinition model) => Window ?? model.Window;

    /// <summary>Whether ground truth must have come before a window can be judged.</summary>
    [JsonIgnore]
    public bool NeedsGroundTruth => KnownMetrics.Of(Metric).NeedsGroundTruth;

    /// <summary>Whether a scope's stream is watched by this rule.</summary>
    public bool Watches(string feature, string @class, string segment, string version) =>
        (Features is null || Features.Contains(feature, StringComparer.Ordinal))
        && (Class is null || Class == @class)
        && WatchesSegment(segment)
        && (Version == "*" ? version.Length > 0 : version == Version);

    private bool WatchesSegment(string segment) =>
        Segment switch
        {
            "*" => true,
            "=*" => segment.Length > 0,
            _ when Segment.EndsWith("=*", StringComparison.Ordinal) => segment.StartsWith(Segment[..^1], StringComparison.Ordinal),
            _ => segment == Segment,
        };
}
