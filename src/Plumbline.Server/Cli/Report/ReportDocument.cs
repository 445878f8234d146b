using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plumbline.Server.Cli.Report;

/// <summary>What a report says: the page and the JSON are both written from this.</summary>
internal sealed record ReportDocument
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public required string Title { get; init; }

    public required DateTimeOffset Made { get; init; }

    public required double Threshold { get; init; }

    public required FileFacts Reference { get; init; }

    public required FileFacts Current { get; init; }

    /// <summary>Columns that could be judged.</summary>
    public int Judged => Columns.Count(column => column.Status != ColumnStatus.NotCompared);

    public int Drifted => Columns.Count(column => column.IsDrifted);

    public required IReadOnlyList<string> MissingColumns { get; init; }

    public required IReadOnlyList<string> NewColumns { get; init; }

    public PerformancePair? Performance { get; init; }

    /// <summary>Sorted: what changed most comes first.</summary>
    public required IReadOnlyList<ColumnReport> Columns { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}

/// <summary>A file as a whole.</summary>
internal sealed record FileFacts(
    string File,
    long Rows,
    int Columns,
    long BrokenRows,
    IReadOnlyList<string> FirstBroken,
    IReadOnlyList<string> Notes
)
{
    public static FileFacts Of(TableFile file) =>
        new(file.Name, file.Rows, file.Names.Count, file.BrokenRows, file.FirstBroken, file.Notes);
}

/// <summary>What became of a column.</summary>
internal enum ColumnStatus
{
    /// <summary>It has another type now.</summary>
    ChangedType,

    /// <summary>All its values are missing in one file and not in the other.</summary>
    NoValues,

    /// <summary>Its statistic has reached the threshold.</summary>
    Drifted,

    /// <summary>Its statistic is below the threshold.</summary>
    Stable,

    /// <summary>There is nothing to compare it by.</summary>
    NotCompared,
}

/// <summary>One column in both files.</summary>
internal sealed record ColumnReport
{
    public required string Name { get; init; }

    /// <summary>numeric, categorical, boolean or text; null when it has no value in either file.</summary>
    public required string? Type { get; init; }

    public required ColumnStatus Status { get; init; }

    [JsonIgnore]
    public bool IsDrifted => Status is ColumnStatus.ChangedType or ColumnStatus.NoValues or ColumnStatus.Drifted;

    /// <summary>Why there is no statistic, or why it is another one than usual.</summary>
    public string? Reason { get; init; }

    /// <summary>What is compared with the threshold.</summary>
    public Measured? Drift { get; init; }

    public IReadOnlyList<Measured> Others { get; init; } = [];

    public required SideFacts Reference { get; init; }

    public required SideFacts Current { get; init; }

    public Histogram? Histogram { get; init; }

    public CategoryChange? Categories { get; init; }
}

/// <summary>A drift statistic, with the p-value where it is a test.</summary>
internal sealed record Measured(string Name, double Value, double? PValue = null);

/// <summary>A column in one file.</summary>
internal sealed record SideFacts
{
    public required long Missing { get; init; }

    /// <summary>Missing values divided by rows.</summary>
    public required double MissingShare { get; init; }

    /// <summary>Different values.</summary>
    public required long Unique { get; init; }

    /// <summary>Whether there may be more different values than were counted.</summary>
    public bool UniqueIsLeast { get; init; }

    public long NotNumbers { get; init; }

    public long Infinite { get; init; }

    public NumberFacts? Numbers { get; init; }
}

/// <summary>The finite numbers of a column. The deviation's divisor is n - 1; quantiles are linear between order statistics.</summary>
internal sealed record NumberFacts(
    double Minimum,
    double Maximum,
    double Mean,
    double? StandardDeviation,
    double P05,
    double P25,
    double Median,
    double P75,
    double P95
);

/// <summary>Shares of both files in the same bins.</summary>
/// <param name="Edges">One more than bins. The outer bins also hold what lies beyond them.</param>
/// <param name="Reference">Share of the reference's numbers by bin.</param>
/// <param name="Current">Share of the current numbers by bin.</param>
internal sealed record Histogram(IReadOnlyList<double> Edges, IReadOnlyList<double> Reference, IReadOnlyList<double> Current);

/// <summary>A category in both files.</summary>
internal sealed record CategoryRow(string Category, long Reference, long Current);

/// <summary>Categories, the most frequent first, and which came and went.</summary>
internal sealed record CategoryChange
{
    public required IReadOnlyList<CategoryRow> Top { get; init; }

    /// <summary>Rows of all categories that are not in <see cref="Top"/>.</summary>
    public required CategoryRow Others { get; init; }

    public required long NewCount { get; init; }

    /// <summary>The most frequent of the new ones.</summary>
    public required IReadOnlyList<CategoryRow> New { get; init; }

    public required long VanishedCount { get; init; }

    /// <summary>The most frequent of the vanished ones.</summary>
    public required IReadOnlyList<CategoryRow> Vanished { get; init; }
}

/// <summary>How good predictions are in each file; null for a file that lacks what is needed.</summary>
internal sealed record PerformancePair(string Task, PerformanceFacts? Reference, PerformanceFacts? Current, string? Note);

/// <summary>How good predictions are in one file.</summary>
internal sealed record PerformanceFacts
{
    /// <summary>Rows with both ground truth and prediction.</summary>
    public required long Rows { get; init; }

    public required IReadOnlyList<Measured> Metrics { get; init; }

    /// <summary>Classes of <see cref="Confusion"/>; null for a regression.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Rows by true class (outer) and predicted class (inner).</summary>
    public IReadOnlyList<IReadOnlyList<long>>? Confusion { get; init; }
}
