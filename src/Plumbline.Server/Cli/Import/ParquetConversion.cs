using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Server.Cli.Shell;
using Plumbline.Store;
using Plumbline.Store.Engine;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// Reads Parquet with the embedded engine, in this process and in a temporary folder of its own (the server's folder belongs to the
/// server). The file becomes NDJSON once, in the order of its rows; from there on it is read like any other file.
/// </summary>
internal static class ParquetConversion
{
    /// <summary>Path of the NDJSON file; the caller deletes it.</summary>
    public static async Task<string> ToNdjsonAsync(string path, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("plumbline-import-").FullName;
        var output = Path.Combine(Path.GetTempPath(), Path.GetFileName(folder) + ".ndjson");
        try
        {
            await using var store = await EmbeddedColumnStore.OpenAsync(
                new ColumnStoreOptions
                {
                    Directory = folder,
                    ReadThreads = 1,
                    WriteThreads = 1,
                },
                TimeProvider.System,
                NullLogger<EmbeddedColumnStore>.Instance,
                cancellation
            );
            await store.ExecuteAsync(
                new SqlStatement(
                    """
                    INSERT INTO FUNCTION file({output:String}, 'JSONEachRow') SELECT * FROM file({input:String}, 'Parquet')
                    SETTINGS max_threads = 1, max_insert_threads = 1, input_format_parquet_preserve_order = 1,
                             output_format_json_quote_64bit_integers = 0, output_format_json_quote_denormals = 1
                    """,
                    new SqlParameter("output", output),
                    new SqlParameter("input", Path.GetFullPath(path))
                ),
                cancellation
            );
            // An empty Parquet file writes nothing at all.
            if (!File.Exists(output))
                await File.WriteAllBytesAsync(output, [], cancellation);
            return output;
        }
        catch (EngineException broken)
        {
            File.Delete(output);
            throw new CommandLineException(ExitCode.Failure, $"'{path}' cannot be read as Parquet: {broken.Message}", broken);
        }
        catch (EngineUnavailableException missing)
        {
            throw new CommandLineException(
                ExitCode.Failure,
                $"Parquet is read by the engine, which is not there: {missing.Message} CSV and NDJSON need no engine.",
                missing
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
