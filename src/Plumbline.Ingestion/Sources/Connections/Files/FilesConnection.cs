using Plumbline.Ingestion.Sources.Connections.Parquet;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Ingestion.Sources.Connections.Files;

/// <summary>
/// Parquet files below a folder of this machine; others cannot be read. Symbolic links in it are followed: put none there that lead out.
/// </summary>
public sealed class FilesConnection : ConnectionKind
{
    public override string Name => "files";

    public override int Order => 2;

    public override IReadOnlyList<ConnectionField> Fields { get; } =
    [
        ConnectionField.Text(
            "folder",
            isNeeded: true,
            folder =>
                !Directory.Exists(folder) ? $"there is no folder '{folder}'."
                : ParquetPath.HasPattern(Path.GetFullPath(folder)) ? "its path must not have any of * ? { } [ ] in it."
                : null
        ),
    ];

    internal override IEnumerable<FieldError> CheckPlace(SourceSpecification source) => ParquetPath.Check(source);

    internal override Task<ISourceTable> OpenAsync(
        ConnectionOptions connection,
        SourceSpecification source,
        SourceReading reading,
        CancellationToken cancellation
    )
    {
        var path = Path.Combine(Path.GetFullPath(connection.Text("folder")!), source.Path!);
        var place = new ParquetPlace(connection, "file({path:String}, 'Parquet')", [new SqlParameter("path", path)]);
        return Task.FromResult<ISourceTable>(new ParquetTable(reading.Store, place, source, reading.Timeout));
    }
}
