using Plumbline.Events;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;

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
            if (rows.Fault is not null)
                continue;
            for (var index = 0; index < rows.Columns.Count; index++)
            {
                if (!survey._columns.TryGetValue(rows.Columns[index], out var column))
                    survey._columns.Add(rows.Columns[index], column = new ColumnSurvey());
                var cell = reading.Clean(rows[index]);
                column.Add(cell, cell.Text, rows.Line);
            }
        }

        survey.Names = [.. rows.Columns];
        return survey;
    }

    /// <summary>The columns as a sentence of a message.</summary>
    public string ItsColumns => $"It has: {string.Join(", ", Names.Take(60))}{(Names.Count > 60 ? ", .." : "")}.";

    /// <summary>Refuses a column that the file does not have.</summary>
    public void Require(string? column, string option)
    {
        if (column is null || _columns.ContainsKey(column) || Names.Contains(column, StringComparer.Ordinal))
            return;
        throw new CommandLineException(
            ExitCode.Usage,
            $"{System.IO.Path.GetFileName(Path)} has no column '{column}' ({option}).{Spelling.Suggestion(column, Names)} {ItsColumns}"
        );
    }

    /// <summary>Refuses a column of times of which none can be read: better now than row by row, after a model was made.</summary>
    public void RequireTimes(string? column, TimeFormat? format, string option)
    {
        if (column is null || !_columns.TryGetValue(column, out var survey) || survey.Distinct.Count == 0)
            return;
        if (survey.Distinct.Any(text => format is null ? WrittenTime.TryParse(text, out _) : format.TryParse(text, out _)))
            return;
        var how = format is null
            ? "Give --timestamp-format, for example \"%d/%m/%Y %H:%M\""
            : $"They are not written as --timestamp-format \"{format.Written}\" says";
        throw new CommandLineException(
            ExitCode.Usage,
            $"column '{column}' of {System.IO.Path.GetFileName(Path)} ({option}) has no value that is a time; "
                + $"the first is '{survey.Distinct.First()}'. {how}."
        );
    }

    public bool Has(string? column) => column is not null && Names.Contains(column, StringComparer.Ordinal);
}

/// <summary>How written values are understood before any type is known.</summary>
/// <param name="missingTexts">Texts that mean that there is no value.</param>
/// <param name="hasDecimalComma">Whether 12,5 is twelve and a half.</param>
public sealed class ValueReading(IEnumerable<string> missingTexts, bool hasDecimalComma = false)
{
    private readonly HashSet<string> _missing = new(missingTexts, StringComparer.Ordinal);

    /// <summary>Turns the texts that mean "missing" into missing ones, and decimal commas into points where they were announced.</summary>
    public Cell Clean(Cell cell)
    {
        if (cell.Kind is not (CellKind.Untyped or CellKind.Text))
            return cell;
        if (cell.Text.Length == 0 || _missing.Contains(cell.Text))
            return Cell.Missing;
        return hasDecimalComma && cell.Kind == CellKind.Untyped && ColumnSurvey.DecimalComma().IsMatch(cell.Text)
            ? cell with
            {
                Text = cell.Text.Replace(',', '.'),
            }
            : cell;
    }

    /// <summary>A class as one text, by the same rule as the server's; empty when there is none.</summary>
    public static string ClassOf(string text) => ClassNames.Canonical(text, ClassForm.AsWritten);

    /// <summary>The different classes among texts.</summary>
    public static string[] ClassesOf(IEnumerable<string> texts) =>
        [.. texts.Select(ClassOf).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
}
