namespace Plumbline.Server.Cli.Import;

/// <summary>Reads Parquet through the embedded engine: turned into NDJSON once, in a temporary folder of its own.</summary>
internal static class ParquetConversion
{
    public static Task<string> ToNdjsonAsync(string path, CancellationToken cancellation) =>
        throw new CommandLineException(ExitCode.Failure, $"'{path}': Parquet is not read yet");
}
