using System.Text;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>Opens the files of an import, each as often as it is asked for, whatever their format.</summary>
public sealed class SourceFiles(FileFormat? told, char delimiter, Encoding? encoding) : IAsyncDisposable
{
    private readonly Dictionary<string, string> _converted = new(StringComparer.Ordinal);

    /// <summary>Makes a file readable: checks that it is there and, for Parquet, turns it into NDJSON once.</summary>
    public async Task PrepareAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new CommandLineException(ExitCode.Usage, $"there is no file '{path}'");
        if (FormatOf(path) == FileFormat.Parquet && !_converted.ContainsKey(path))
            _converted[path] = await ParquetConversion.ToNdjsonAsync(path, cancellation);
    }

    /// <summary>Opens a prepared file at its first row.</summary>
    public RowSource Open(string path) =>
        FormatOf(path) switch
        {
            FileFormat.Csv => new CsvRows(path, DelimiterOf(path, delimiter), encoding),
            FileFormat.Ndjson => new NdjsonRows(path),
            _ => new NdjsonRows(_converted[path]),
        };

    public ValueTask DisposeAsync()
    {
        foreach (var file in _converted.Values)
            File.Delete(file);
        return ValueTask.CompletedTask;
    }

    private FileFormat FormatOf(string path) => FormatOf(path, told);

    /// <summary>The character between the fields of a CSV: a tab for .tsv where nothing else was said.</summary>
    internal static char DelimiterOf(string path, char told) =>
        path.Contains(".tsv", StringComparison.OrdinalIgnoreCase) && told == ',' ? '\t' : told;

    /// <summary>A file's format: what was said, else what its name says.</summary>
    internal static FileFormat FormatOf(string path, FileFormat? told)
    {
        if (told is { } format)
            return format;
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".txt" => FileFormat.Csv,
            ".ndjson" or ".jsonl" or ".json" => FileFormat.Ndjson,
            ".parquet" => FileFormat.Parquet,
            var other => throw new CommandLineException(
                ExitCode.Usage,
                $"'{path}': '{other}' says no format; give --format csv, ndjson or parquet"
            ),
        };
    }
}
