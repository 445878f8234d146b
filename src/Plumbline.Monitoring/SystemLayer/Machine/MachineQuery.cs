using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>How the series of a query become one number.</summary>
public enum AcrossSeries
{
    /// <summary>The highest of them: the fullest machine.</summary>
    Max,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum, for what waits in several queues.</summary>
    Sum,
}

/// <summary>A declared query of a model. The metric is the one of its address.</summary>
public sealed record MachineQuery
{
    /// <summary>Longest query, in characters.</summary>
    public const int MaxLength = 4_000;

    /// <summary>How queries are written on the wire and in the state.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };

    /// <summary>PromQL; <c>$model</c> in it is the model's name.</summary>
    public string Query { get; init; } = "";

    /// <summary>Name of the connection; null for the first that is configured.</summary>
    public string? Prometheus { get; init; }

    /// <summary>How its series become one number.</summary>
    public AcrossSeries Across { get; init; }

    /// <summary>What is sent.</summary>
    public string For(ModelDefinition model) =>
        Query.Replace(
            "$model",
            model.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

    /// <summary>What is wrong, by field.</summary>
    public IEnumerable<FieldError> Check(MachineOptions options)
    {
        if (string.IsNullOrWhiteSpace(Query) || Query.Length > MaxLength)
            yield return new("query", $"PromQL of 1..{MaxLength} characters is needed.");
        if (options.Prometheus.Count == 0)
            yield return new("prometheus", "no Prometheus is configured; see system.prometheus of the configuration file.");
        else if (options.Find(Prometheus) is null)
            yield return new("prometheus", $"one of {string.Join(", ", options.Prometheus.Select(known => known.Name))} is needed.");
    }
}
