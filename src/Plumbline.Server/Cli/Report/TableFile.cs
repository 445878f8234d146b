using System.Text;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Report;

/// <summary>One file of a report, read once from end to end.</summary>
internal sealed record TableFile
{
    /// <summary>Columns above which a file is refused.</summary>
    public const int MaxColumns = 2_000;

    /// <summary>Numbers that fit: 4 GiB of them.</summary>
    public const long MaxCells = 500_000_000;

    private const int BrokenRowsShown = 5;

    public required string Name { get; init; }

    /// <summary>Rows that were used.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that could not be used.</summary>
    public long BrokenRows { get; init; }

    /// <summary>The first of them, each as file:line and the reason.</summary>
    public IReadOnlyList<string> FirstBroken { get; init; } = [];

    /// <summary>What else is to be known, as columns of a kind that is not read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>All columns of the file, also those that are not compared.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The columns that were read, in the order of the file.</summary>
    public required IReadOnlyList<ColumnFacts> Columns { get; init; }

    /// <summary>Row by row: ground truth, prediction and score, where they were asked for.</summary>
    public required IReadOnlyDictionary<string, RowValues> RowValues { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandLineException">It is not there, is empty, or is not what it says it is.</exception>
    public static Task<TableFile> ReadAsync(string path, ReportSettings settings, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new CommandLineException(ExitCode.Usage, $"there is no file '{path}'");
        return SourceFiles.FormatOf(path, settings.Format) switch
        {
            FileFormat.Csv => Task.Run(() => ReadCsv(path, settings, cancellation), cancellation),
            FileFormat.Parquet => Task.Run(() => ParquetTable.ReadAsync(path, settings, cancellation), cancellation),
            _ => Task.Run(() => ReadTexts(path, settings, cancellation), cancellation),
        };
    }

    /// <summary>Refuses more columns or cells than are held.</summary>
    internal static void CheckSize(string name, long rows, int columns)
    {
        if (columns > MaxColumns)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"{name} has {columns:N0} columns; a report compares at most {MaxColumns:N0}. Choose some with --columns A,B,.."
            );
        }

        if (rows * columns > MaxCells)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"{name} has more than {MaxCells:N0} values in {columns:N0} columns; take a sample of its rows, or name --columns A,B,.."
            );
        }
    }

    internal static TableFile Of(string name, long rows, IReadOnlyList<string> names, IReadOnlyList<ColumnValues> columns)
    {
        if (rows == 0)
            throw new CommandLineException(ExitCode.Usage, $"{name} has columns but no rows that can be used");
        return new()
        {
            Name = name,
            Rows = rows,
            Names = names,
            RowValues = columns.Where(column => column.Rows is not null).ToDictionary(column => column.Name, column => column.Rows!),
            Columns = [.. columns.AsParallel().AsOrdered().Select(column => column.Finish())],
        };
    }

    private static TableFile ReadCsv(string path, ReportSettings settings, CancellationToken cancellation)
    {
        var name = Path.GetFileName(path);
        var file = RowSource.OpenFile(path);
        using var csv = new CsvBytes(
            settings.Encoding is { } written ? Encoding.CreateTranscodingStream(file, written, Encoding.UTF8) : file,
            SourceFiles.DelimiterOf(path, settings.Delimiter),
            name
        );
        var names = Header(csv, name);
        var columns = names
            .Select(column => settings.Takes(column) ? new ColumnValues(column, settings.NeedsRows(column)) : null)
            .ToArray();
        CheckSize(name, 0, columns.Count(column => column is not null));
        long rows = 0,
            broken = 0;
        var first = new List<string>();
        while (csv.Read())
        {
            var fault = csv.Fault ?? (csv.FieldCount == names.Length ? null : Fields(csv.FieldCount, names.Length));
            if (fault is not null)
            {
                broken++;
                if (first.Count < BrokenRowsShown)
                    first.Add($"{name}:{csv.Line} {fault}");
                continue;
            }

            if ((++rows & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                CheckSize(name, rows, columns.Length);
            }

            AddRow(csv, columns, name);
        }

        if (rows == 0 && broken > 0)
            throw new CommandLineException(ExitCode.Usage, $"no row of {name} can be used: {first[0]}");
        return Of(name, rows, names, [.. columns.OfType<ColumnValues>()]) with { BrokenRows = broken, FirstBroken = first };
    }

    private static string Fields(int found, int named) =>
        $"has {found:N0} {(found == 1 ? "field" : "fields")} where the header names {named:N0}";

    private static void AddRow(CsvBytes csv, ColumnValues?[] columns, string name)
    {
        try
        {
            for (var i = 0; i < columns.Length; i++)
                columns[i]?.AddUntyped(csv[i]);
        }
        catch (DecoderFallbackException broken)
        {
            throw NotUtf8(name, csv.Line, broken);
        }
    }

    private static CommandLineException NotUtf8(string name, long line, Exception cause) =>
        new(
            ExitCode.Usage,
            $"{name}:{line} has bytes that are not UTF-8. Say how it is written, for example --encoding latin1 or --encoding windows-1252",
            cause
        );

    private static string[] Header(CsvBytes csv, string name)
    {
        if (!csv.Read())
            throw new CommandLineException(ExitCode.Usage, $"{name} is empty: its first line must name the columns");
        if (csv.Fault is not null)
            throw new CommandLineException(ExitCode.Usage, $"{name}: the header {csv.Fault}");
        var names = new string[csv.FieldCount];
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            for (var i = 0; i < names.Length; i++)
                names[i] = strict.GetString(csv[i]).Trim();
        }
        catch (DecoderFallbackException broken)
        {
            throw NotUtf8(name, 1, broken);
        }

        if (names.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new CommandLineException(ExitCode.Usage, $"{name} has two columns named '{twice.Key}'");
        return names;
    }

    // NDJSON: its rows name their columns, so that a column may come late; the rows before it have no value.
    private static TableFile ReadTexts(string path, ReportSettings settings, CancellationToken cancellation)
    {
        var name = Path.GetFileName(path);
        using var source = new NdjsonRows(path);
        var columns = new List<ColumnValues>();
        long rows = 0,
            broken = 0;
        var first = new List<string>();
        while (source.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (source.Fault is { } fault)
            {
                broken++;
                if (first.Count < BrokenRowsShown)
                    first.Add($"{name}:{source.Line} {fault}");
                continue;
            }

            for (var i = 0; i < source.Columns.Count; i++)
            {
                if (i == columns.Count)
                    columns.Add(Late(source.Columns[i], rows, settings));
                Add(columns[i], source[i]);
            }

            CheckSize(name, ++rows, columns.Count);
        }

        if (rows == 0 && broken > 0)
            throw new CommandLineException(ExitCode.Usage, $"no row of {name} can be used: {first[0]}");
        if (rows == 0)
            throw new CommandLineException(ExitCode.Usage, $"{name} is empty");
        return Of(name, rows, [.. source.Columns], [.. columns.Where(column => settings.Takes(column.Name))]) with
        {
            BrokenRows = broken,
            FirstBroken = first,
        };
    }

    private static ColumnValues Late(string column, long rowsBefore, ReportSettings settings)
    {
        var values = new ColumnValues(column, settings.NeedsRows(column));
        for (long row = 0; row < rowsBefore; row++)
            values.AddMissing();
        return values;
    }

    private static void Add(ColumnValues column, Cell cell)
    {
        if (cell.Kind == CellKind.Missing)
            column.AddMissing();
        else if (cell.Kind == CellKind.Number && WrittenNumbers.TryParse(cell.Text, out var number))
            column.AddNumber(number);
        else
            column.AddText(cell.Text);
    }

    /// <summary>Refuses a column that the file does not have.</summary>
    public void Require(string? column, string option)
    {
        if (column is not null && !Names.Contains(column, StringComparer.Ordinal))
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"{Name} has no column '{column}' ({option}).{Spelling.Suggestion(column, Names)} "
                    + $"It has: {string.Join(", ", Names.Take(60))}{(Names.Count > 60 ? ", .." : "")}."
            );
        }
    }
}
