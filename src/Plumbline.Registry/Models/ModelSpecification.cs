using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Text;

namespace Plumbline.Registry.Models;

/// <summary>The body of <c>PUT /v1/models/{model}</c>: what the owner declares. Absent keys take their defaults.</summary>
public sealed record ModelSpecification
{
    /// <summary>binary, multiclass or regression. Required.</summary>
    public string? Task { get; init; }

    public string? PositiveClass { get; init; }

    public IReadOnlyList<string>? Classes { get; init; }

    public IReadOnlyDictionary<string, FeatureSpecification>? Features { get; init; }

    public IReadOnlyList<string>? Segments { get; init; }

    public TimeSpan? Window { get; init; }

    public TimeSpan? AllowedLateness { get; init; }

    public TimeSpan? LabelDelay { get; init; }

    public CostSpecification? Cost { get; init; }

    public IReadOnlyDictionary<string, SignalSpecification>? Signals { get; init; }

    public IReadOnlyList<IReadOnlyList<string>>? Crosses { get; init; }

    public IReadOnlyList<SliceSpecification>? Slices { get; init; }

    public BudgetSpecification? FalseAlarmBudget { get; init; }

    public RetentionSpecification? Retention { get; init; }

    /// <summary>
    /// How the wire spells it: snake_case, durations as text, unknown keys refused so that a typing error is not silence.
    /// </summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new DurationJsonConverter() },
            MaxDepth = 16,
        };
}

/// <summary>One declared feature.</summary>
public sealed record FeatureSpecification
{
    /// <summary>numeric, categorical, boolean or text.</summary>
    public string? Type { get; init; }

    public string? Unit { get; init; }

    /// <summary>True: values of it leave in no export unless an administrator asks. Null: as it was, at first false.</summary>
    public bool? Private { get; init; }
}

/// <summary>What decisions cost.</summary>
public sealed record CostSpecification
{
    public double? FalsePositive { get; init; }

    public double? FalseNegative { get; init; }

    public string? Currency { get; init; }

    /// <summary>[ground truth][decision] = cost.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Matrix { get; init; }

    /// <summary>Regression.</summary>
    public double? PerUnitOfError { get; init; }

    /// <summary>A numeric feature that costs are multiplied by.</summary>
    public string? ValueFeature { get; init; }
}

/// <summary>A declared business signal.</summary>
public sealed record SignalSpecification
{
    /// <summary>rate, mean, sum or duration.</summary>
    public string? Kind { get; init; }

    /// <summary>up or down: which way is good. Absent: neither.</summary>
    public string? Good { get; init; }

    public string? Unit { get; init; }

    public TimeSpan? AttributionWindow { get; init; }
}

/// <summary>Rows that are watched as a segment.</summary>
public sealed record SliceSpecification
{
    public string? Name { get; init; }

    /// <summary>All of them hold.</summary>
    public IReadOnlyList<SliceConditionSpecification>? Where { get; init; }
}

/// <summary>One of: a value, an interval, that there is no value.</summary>
public sealed record SliceConditionSpecification
{
    public string? Feature { get; init; }

    public string? Is { get; init; }

    /// <summary>Inclusive. Of a text: of its length.</summary>
    public double? From { get; init; }

    /// <summary>Exclusive.</summary>
    public double? To { get; init; }

    public bool? Missing { get; init; }
}

/// <summary>Accepted false alarms per period.</summary>
public sealed record BudgetSpecification
{
    public double Alarms { get; init; } = 1;

    public TimeSpan? Per { get; init; }
}

/// <summary>How long facts are kept.</summary>
public sealed record RetentionSpecification
{
    public TimeSpan? Predictions { get; init; }

    public TimeSpan? Profiles { get; init; }
}
