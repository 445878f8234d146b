using Plumbline.Registry;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>A format of a file of rows.</summary>
/// <param name="Name">As the file's name ends.</param>
/// <param name="MediaType">As it is answered.</param>
/// <param name="Engine">The engine's name of it.</param>
internal sealed record DatasetFormat(string Name, string MediaType, string Engine)
{
    public static IReadOnlyList<DatasetFormat> All { get; } =
    [
        new("parquet", "application/vnd.apache.parquet", "Parquet"),
        new("csv", "text/csv; charset=utf-8", "CSVWithNames"),
        new("jsonl", "application/x-ndjson", "JSONEachRow"),
    ];

    public static DatasetFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}

/// <summary>Gives the rows of a split out: in another format, and without the columns that are private.</summary>
public sealed class DatasetDownloads(IColumnStore store, InstanceOptions instance)
{
    private const string Folder = "downloads";

    // Missing is empty in CSV and null in JSON; times end with Z.
    private const string Settings =
        "SETTINGS max_threads = 1, format_csv_null_representation = '', date_time_output_format = 'iso', "
        + "output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 1";

    /// <summary>The columns that leave.</summary>
    /// <param name="model">As it is now: what was declared private since is private too.</param>
    /// <param name="version">The version.</param>
    /// <param name="withPrivate">True where an administrator asked for them.</param>
    public static IReadOnlyList<CardColumn> Columns(ModelDefinition model, DatasetVersion version, bool withPrivate)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(version);
        return
        [
            .. version.Card!.Columns.Where(column =>
                withPrivate || !(column.Private || (column.Feature is { } name && model.FindFeature(name)?.Private == true))
            ),
        ];
    }

    /// <summary>Writes the columns of a file into a new one, which its reader deletes by closing it.</summary>
    internal async Task<FileStream> WriteAsync(
        string path,
        IReadOnlyList<CardColumn> columns,
        DatasetFormat format,
        CancellationToken cancellation
    )
    {
        var output = NewPath("." + format.Name);
        try
        {
            await WriteAsync(path, columns, format, output, cancellation);
            return new FileStream(
                output,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                bufferSize: 128 * 1024,
                FileOptions.DeleteOnClose | FileOptions.Asynchronous
            );
        }
        catch
        {
            File.Delete(output);
            throw;
        }
    }

    /// <summary>A new file to write to and read; deleted by closing it.</summary>
    internal FileStream NewFile(string ending) =>
        new(
            NewPath(ending),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            bufferSize: 128 * 1024,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous
        );

    /// <summary>Columns by the names that <see cref="Names"/> binds.</summary>
    internal static string Selected(IReadOnlyList<CardColumn> columns) =>
        string.Join(", ", columns.Select((_, i) => FormattableString.Invariant($"{{c{i}:Identifier}}")));

    internal static IEnumerable<SqlParameter> Names(IReadOnlyList<CardColumn> columns) =>
        columns.Select((column, i) => new SqlParameter(FormattableString.Invariant($"c{i}"), new SqlIdentifier(column.Name)));

    /// <summary>A path that no other file has; a start deletes what a crash left there.</summary>
    internal string NewPath(string ending)
    {
        var folder = FolderIn(instance);
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{Guid.CreateVersion7():N}{ending}");
    }

    /// <summary>Writes the columns of a file into another.</summary>
    internal Task WriteAsync(
        string path,
        IReadOnlyList<CardColumn> columns,
        DatasetFormat format,
        string output,
        CancellationToken cancellation
    ) =>
        store.ExecuteAsync(
            new SqlStatement(
                $$"""
                INSERT INTO FUNCTION file({output:String}, {format:String}, {structure:String})
                SELECT {{Selected(columns)}}
                FROM file({input:String}, 'Parquet', {structure:String}) {{Settings}}
                """,
                [
                    .. Names(columns),
                    new("output", output),
                    new("input", path),
                    new("format", format.Engine),
                    new("structure", DatasetColumns.Structure(columns.Select(column => (column.Name, column.Type)))),
                ]
            ),
            cancellation
        );

    /// <summary>Deletes what a process that was ended left.</summary>
    internal static void DeleteLeftOvers(InstanceOptions instance)
    {
        if (Directory.Exists(FolderIn(instance)))
            Directory.Delete(FolderIn(instance), recursive: true);
    }

    private static string FolderIn(InstanceOptions instance) => Path.GetFullPath(Path.Combine(instance.DataDirectory, Folder));
}
