using Plumbline.Events;
using Plumbline.Server.Cli.Configuration;

namespace Plumbline.Server.Cli.Import;

/// <summary>One file read from end to end before anything is sent: its columns, its rows and what each column holds.</summary>
public sealed class FileSurvey
{
    private readonly Dictionary<string, ColumnSurvey> _columns = new(StringComparer.Ordinal);

    private FileSurvey(string path) => Path = path;

    public string Path { get; }

    public long Rows { get; private set; }

    public IReadOnlyDictionary<string, ColumnSurvey> Columns => _columns;

    /// <summary>The columns in the order of the file.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Reads the whole of <paramref name="rows"/>. Broken rows count as rows, not as values.</summary>
    public static FileSurvey Read(string path, RowSource rows, ValueReading reading, CancellationToken cancellation)
    {
        var survey = new FileSurvey(path);
        while (rows.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            survey.Rows++;
            if (rows.Fault is not null) continue;
            for (var index = 0; index < rows.Columns.Count; index++)
            {
                if (!survey._columns.TryGetValue(rows.Columns[index], out var column)) survey._columns.Add(rows.Columns[index], column = new ColumnSurvey());
                var cell = reading.Clean(rows[index]);
                column.Add(cell, cell.Text, rows.Line);
            }
        }

        survey.Names = [.. rows.Columns];
        return survey;
    }

    /// <summary>Refuses a column that the file does not have.</summary>
    public void Require(string? column, string option)
    {
        if (column is null || _columns.ContainsKey(column) || Names.Contains(column, StringComparer.Ordinal)) return;
        throw new CommandLineException(ExitCode.Usage,
            $"{System.IO.Path.GetFileName(Path)} has no column '{column}' ({option}).{Spelling.Suggestion(column, Names)} It has: {string.Join(", ", Names.Take(60))}{(Names.Count > 60 ? ", .." : "")}.");
    }

    public bool Has(string? column) => column is not null && Names.Contains(column, StringComparer.Ordinal);
}

/// <summary>How written values are understood before any type is known.</summary>
public sealed class ValueReading(IEnumerable<string> missingTexts)
{
    private readonly HashSet<string> _missing = new(missingTexts, StringComparer.Ordinal);

    /// <summary>Turns the texts that mean "missing" into missing ones.</summary>
    public Cell Clean(Cell cell) => cell.Kind is CellKind.Untyped or CellKind.Text && (cell.Text.Length == 0 || _missing.Contains(cell.Text)) ? Cell.Missing : cell;

    /// <summary>A class as one text, by the same rule as the server's; empty when there is none.</summary>
    public static string ClassOf(string text) => ClassNames.Canonical(text, ClassForm.AsWritten);

    /// <summary>The different classes among texts.</summary>
    public static string[] ClassesOf(IEnumerable<string> texts) => [.. texts.Select(ClassOf).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
}
