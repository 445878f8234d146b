using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Store;

namespace Plumbline.Ingestion.Sources.Connections.Parquet;

/// <summary>Where the Parquet files of a source are.</summary>
/// <param name="Options">The connection.</param>
/// <param name="From">The engine's function that reads them, to stand behind FROM; text of ours with placeholders.</param>
/// <param name="Parameters">The values of its placeholders.</param>
internal sealed record ParquetPlace(ConnectionOptions Options, string From, IReadOnlyList<SqlParameter> Parameters)
{
    /// <summary>What the place says of an error, given its name and its text without secrets; null for nothing of its own.</summary>
    internal Func<string, string, SourceException?> Explain { get; init; } = (_, _) => null;
}
