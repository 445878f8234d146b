using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>The data set of a run.</summary>
/// <param name="Name">Of its model.</param>
/// <param name="Version">Its number.</param>
/// <param name="Uri">Where it is described; null when nobody said where this server is reached.</param>
/// <param name="Files">Where its files are, by their names.</param>
/// <param name="Rows">All rows.</param>
/// <param name="Labelled">Those with ground truth.</param>
/// <param name="ContentHash">SHA-256 of its rows, whatever the bytes of the files are; lower-case hex.</param>
public sealed record RequestedDataset(
    string Name,
    int Version,
    string? Uri,
    ImmutableSortedDictionary<string, string> Files,
    long Rows,
    long Labelled,
    string? ContentHash
)
{
    /// <summary>Of <see cref="Files"/>.</summary>
    public string Format { get; init; } = "parquet";
}

/// <summary>
/// What a target is told about a run. It is stored when it is first sent, so that each attempt says the same; the address of the callback,
/// which holds a secret, is stored apart.
/// </summary>
public sealed record RunRequest
{
    /// <summary>The key of the run: the id over there is made of it.</summary>
    public required string Run { get; init; }

    public required string Model { get; init; }

    /// <summary>The newest version that the model has; null for none.</summary>
    public string? Version { get; init; }

    /// <summary>Name of the trigger; null when somebody asked by hand.</summary>
    public string? Trigger { get; init; }

    public required string Reason { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    public required string RequestedBy { get; init; }

    /// <summary>What the trigger saw; null by hand.</summary>
    public JsonElement? Evidence { get; init; }

    public RequestedDataset? Dataset { get; init; }

    /// <summary>Where the state of the run is reported to.</summary>
    [JsonIgnore]
    public string? CallbackUrl { get; init; }

    /// <summary>How it is stored.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };

    /// <summary>The same as key and value, for systems that take parameters; at most ten, which is what one of them takes.</summary>
    public IReadOnlyDictionary<string, object?> Parameters() =>
        new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["run"] = Run,
            ["model"] = Model,
            ["version"] = Version,
            ["trigger"] = Trigger,
            ["reason"] = Reason,
            ["dataset_uri"] = Dataset?.Uri,
            ["dataset"] = Dataset,
            ["callback_url"] = CallbackUrl,
        };
}
