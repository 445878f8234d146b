namespace Plumbline.Ingestion.Sources;

/// <summary>What <see cref="SourceCatalog"/> logs.</summary>
internal static partial class SourceCatalogLog
{
    [LoggerMessage(3005, LogLevel.Information, "The source {Source} of model {Model} was {Change} by {By}")]
    internal static partial void SourceDeclared(this ILogger logger, string source, string model, string change, string by);
}
