using System.Text;
using Plumbline.Server.Cli.Import;

namespace Plumbline.Server.Cli.Report;

/// <summary>What `report` was told.</summary>
public sealed record ReportSettings
{
    public required string ReferenceFile { get; init; }

    public required string CurrentFile { get; init; }

    /// <summary>Where the HTML goes; "-" is the standard output.</summary>
    public required string OutputFile { get; init; }

    public string? JsonFile { get; init; }

    public string? Title { get; init; }

    /// <summary>From this value of its drift statistic on, a column counts as drifted.</summary>
    public double Threshold { get; init; } = 0.1;

    /// <summary>The only columns to compare; empty for all.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    public IReadOnlyList<string> Excluded { get; init; } = [];

    public string? Target { get; init; }

    public string? Prediction { get; init; }

    /// <summary>Column with the probability of the positive class.</summary>
    public string? Score { get; init; }

    public string? PositiveClass { get; init; }

    public string? Timestamp { get; init; }

    public FileFormat? Format { get; init; }

    public char Delimiter { get; init; } = ',';

    public Encoding? Encoding { get; init; }

    public bool FailsOnDrift { get; init; }

    /// <summary>Whether each row's value of a column is needed, not only what the column holds.</summary>
    internal bool NeedsRows(string column) => column == Target || column == Prediction || column == Score;

    /// <summary>Whether a column is read at all.</summary>
    internal bool Takes(string column) =>
        NeedsRows(column) || (column != Timestamp && !Excluded.Contains(column) && (Columns.Count == 0 || Columns.Contains(column)));
}
