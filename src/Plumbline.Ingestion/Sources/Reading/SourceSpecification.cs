using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Text;

namespace Plumbline.Ingestion.Sources.Reading;

/// <summary>What the rows of a source become.</summary>
public enum OutcomeKind
{
    /// <summary>What turned out to be true for predictions.</summary>
    GroundTruth,

    /// <summary>Business signals.</summary>
    Signals,
}

/// <summary>
/// A source as people declare it, in the body of PUT: which columns of which table are what. There is no SQL in it; names of columns
/// and tables are only ever used as names.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SourceSpecification
{
    /// <summary>How it is read and written.</summary>
    public static JsonSerializerOptions Json { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
                new DurationJsonConverter(),
            },
        };

    /// <summary>Name of a connection of the configuration file.</summary>
    public string Connection { get; init; } = "";

    /// <summary>For PostgreSQL: the table or view, without its schema.</summary>
    public string? Table { get; init; }

    /// <summary>
    /// For files and S3: the Parquet files, as a path below the connection's folder or prefix in which <c>*</c> stands for any part of a
    /// name and <c>**</c> for any folders.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>ground_truth or signals.</summary>
    public OutcomeKind Gives { get; init; }

    /// <summary>Which column is what.</summary>
    public SourceColumns Columns { get; init; } = new();

    /// <summary>The name of all signals, where no column has it.</summary>
    public string? Signal { get; init; }

    /// <summary>
    /// The column that grows with each new or changed row: a time (with time of day) or an integer. Rows without a value in it are never
    /// read.
    /// </summary>
    public string Watermark { get; init; } = "";

    /// <summary>
    /// A unique column that orders rows of the same watermark. Needed only where very many rows share one: without it they are read as one
    /// page.
    /// </summary>
    public string? TieBreaker { get; init; }

    /// <summary>Pause between two pulls. Range 1s..7d, default 5m.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Rows read at once. Range 1..1,000,000, default 50,000. Larger is faster and takes more memory.</summary>
    public int Page { get; init; } = 50_000;

    /// <summary>
    /// How far back each pull looks for rows that became visible late: a duration for a time as watermark (0s..7d, default 5m), a count for
    /// an integer (0..100,000,000, default 10,000). Rows that become visible later than this are missed.
    /// </summary>
    public string? Overlap { get; init; }

    /// <summary>
    /// True when the other declaration reads the same rows in the same order and makes the same of them: then its cursor stays good.
    /// </summary>
    internal bool ReadsLike(SourceSpecification other) =>
        this with { Every = other.Every, Page = other.Page, Overlap = other.Overlap } == other;
}

/// <summary>Names of columns.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SourceColumns
{
    /// <summary>The prediction's id. Needed for ground truth; of signals it may be null in a row.</summary>
    public string? PredictionId { get; init; }

    /// <summary>
    /// When it happened: a time, or text in RFC 3339, or a number of epoch milliseconds. A time without a zone is UTC. Needed: a row
    /// without a time of its own would be another one each time it is read.
    /// </summary>
    public string? Timestamp { get; init; }

    /// <summary>The true class or number; how much a signal is. Needed for ground truth; a signal without one counts 1.</summary>
    public string? Value { get; init; }

    /// <summary>For signals: what happened, where it differs by row.</summary>
    public string? Name { get; init; }

    /// <summary>For signals: the model's version.</summary>
    public string? Version { get; init; }

    /// <summary>For signals: the segment.</summary>
    public string? Segment { get; init; }

    /// <summary>For ground truth: who says so.</summary>
    public string? Source { get; init; }

    /// <summary>For signals: a unique id; a row that changes later is then not taken again.</summary>
    public string? SignalId { get; init; }
}
