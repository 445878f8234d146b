using Plumbline.Ingestion.Sources.Connections;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Store;

namespace Plumbline.Ingestion.Sources;

/// <summary>Opens what a source reads.</summary>
public sealed class SourceTables(SourcesOptions options, IColumnStore store)
{
    /// <summary>Opens the source's table.</summary>
    /// <exception cref="SourceException">The place is not there or refuses.</exception>
    internal async Task<ISourceTable> OpenAsync(SourceSpecification source, CancellationToken cancellation)
    {
        var connection =
            options.Find(source.Connection)
            ?? throw new SourceException(
                SourceErrorCode.ConnectionUnknown,
                $"There is no connection '{source.Connection}' in the configuration file any more. "
                    + "Add it under sources.connections, or declare the source with another."
            );
        var reading = new SourceReading(store, options.Timeout);
        return await ConnectionKind.Find(connection.Kind)!.OpenAsync(connection, source, reading, cancellation);
    }
}
