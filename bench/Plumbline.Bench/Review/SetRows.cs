using System.IO.Compression;
using Plumbline.Server.Cli.Import;

namespace Plumbline.Bench.Review;

/// <summary>Rows of a CSV file as they are written there.</summary>
/// <param name="Columns">Names, in the order of the fields.</param>
/// <param name="Rows">One field for each column; empty = missing.</param>
internal sealed record SetRows(IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows)
{
    /// <summary>Reads a file, gzip or not.</summary>
    /// <exception cref="InvalidDataException">A row is broken.</exception>
    public static SetRows Read(string path)
    {
        using var source = new CsvRows(path, ',');
        List<string[]> rows = [];
        while (source.Read())
        {
            if (source.Fault is { } fault)
                throw new InvalidDataException($"{path}, line {source.Line}: {fault}.");
            rows.Add([.. Enumerable.Range(0, source.Columns.Count).Select(column => source[column].Text)]);
        }

        return new SetRows(source.Columns, rows);
    }

    /// <summary>The values of a column.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public string[] this[string column]
    {
        get
        {
            var at = IndexOf(column);
            return at >= 0
                ? [.. Rows.Select(row => row[at])]
                : throw new ArgumentException($"There is no column '{column}'.", nameof(column));
        }
    }

    /// <summary>These rows with a column set to these values, one a row; a column of a new name comes last.</summary>
    public SetRows With(string column, IReadOnlyList<string> values)
    {
        var at = IndexOf(column);
        return at < 0
            ? new SetRows([.. Columns, column], [.. Rows.Select((row, index) => (string[])[.. row, values[index]])])
            : this with
            {
                Rows = [.. Rows.Select((row, index) => (string[])[.. row[..at], values[index], .. row[(at + 1)..]])],
            };
    }

    /// <summary>Only these columns, in this order.</summary>
    public SetRows Only(IReadOnlyList<string> columns)
    {
        int[] kept = [.. columns.Select(IndexOf)];
        return new SetRows(columns, [.. Rows.Select(row => (string[])[.. kept.Select(column => row[column])])]);
    }

    /// <summary>The given rows, in the given order.</summary>
    public SetRows Select(IReadOnlyList<int> rows) => this with { Rows = [.. rows.Select(row => Rows[row])] };

    /// <summary>Writes a gzip-compressed CSV file.</summary>
    public void Write(string path)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        foreach (var row in Rows.Prepend([.. Columns]))
            writer.Write(string.Join(',', row.Select(Field)) + "\n");
    }

    private int IndexOf(string column) => Columns.ToList().IndexOf(column);

    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
