using System.Text;

namespace Plumbline.Server.Cli.Import;

/// <summary>How a file is written down.</summary>
public enum FileFormat
{
    Csv,
    Ndjson,
    Parquet,
}

/// <summary>Which column of a file plays which part. Null: the file has no such column.</summary>
public sealed record ColumnRoles
{
    public string? Id { get; init; }

    public string? Timestamp { get; init; }

    public string? Prediction { get; init; }

    /// <summary>P(positive class), in 0..1.</summary>
    public string? Score { get; init; }

    public string? GroundTruth { get; init; }

    /// <summary>When the ground truth became known.</summary>
    public string? GroundTruthTimestamp { get; init; }

    public string? Version { get; init; }

    public string? LatencyMs { get; init; }

    /// <summary>ok, error, timeout or rejected.</summary>
    public string? Status { get; init; }

    /// <summary>Class -> the column with its probability.</summary>
    public IReadOnlyDictionary<string, string> Probabilities { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>In a file of signals: when it happened.</summary>
    public string? SignalTimestamp { get; init; }

    /// <summary>In a file of signals: what it is called, where that differs by row.</summary>
    public string? SignalName { get; init; }

    /// <summary>In a file of signals: how much; without it each row counts 1.</summary>
    public string? SignalValue { get; init; }

    /// <summary>Every column of the predictions that plays a part; the others are features.</summary>
    public IEnumerable<string> All =>
        new[] { Id, Timestamp, Prediction, Score, GroundTruth, GroundTruthTimestamp, Version, LatencyMs, Status }
            .OfType<string>()
            .Concat(Probabilities.Values);
}

/// <summary>Everything `import` was told.</summary>
public sealed record ImportSettings
{
    public required string Model { get; init; }

    public required Uri Server { get; init; }

    public string? ApiKey { get; init; }

    public string? ReferenceFile { get; init; }

    public string? PredictionsFile { get; init; }

    /// <summary>Whether columns that are called like fields of the API are these; see <see cref="UsualColumns"/>.</summary>
    public bool TakesUsualColumns { get; init; }

    public string? GroundTruthFile { get; init; }

    public string? SignalsFile { get; init; }

    /// <summary>The name of every signal of the file; null where a column says it.</summary>
    public string? Signal { get; init; }

    /// <summary>Null: by the file's name.</summary>
    public FileFormat? Format { get; init; }

    public char Delimiter { get; init; } = ',';

    /// <summary>How a CSV is encoded; null: UTF-8.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Whether numbers of a CSV have a comma where others have a point.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>How times are written, where that cannot be told.</summary>
    public TimeFormat? TimestampFormat { get; init; }

    public ColumnRoles Columns { get; init; } = new();

    public string Version { get; init; } = "imported";

    /// <summary>Empty: every column without another part.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Feature -> type as the API writes it, where the inferred one is not wanted.</summary>
    public IReadOnlyDictionary<string, string> FeatureTypes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Texts that mean "missing" besides the empty field.</summary>
    public IReadOnlyList<string> MissingTexts { get; init; } = [];

    /// <summary>binary, multiclass, regression; null: inferred.</summary>
    public string? Task { get; init; }

    public string? PositiveClass { get; init; }

    public IReadOnlyList<string> Segments { get; init; } = [];

    public string? Window { get; init; }

    public string? AllowedLateness { get; init; }

    public string? LabelDelay { get; init; }

    /// <summary>Without a timestamp column: the first row's time.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Without a timestamp column: from one row to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    public int BatchRows { get; init; } = 5_000;

    public int Parallel { get; init; } = 4;

    public string? RejectsFile { get; init; }

    public bool Wait { get; init; }

    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
