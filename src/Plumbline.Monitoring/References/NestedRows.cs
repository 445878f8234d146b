using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.FeatureTypes;

namespace Plumbline.Monitoring.References;

/// <summary>
/// Rows with objects inside as rows without: <c>{"user":{"country":"FR"}}</c> becomes <c>{"user.country":"FR"}</c>, as events are read. A
/// list stays its JSON.
/// </summary>
internal static class NestedRows
{
    private const int MaxDepth = 64;

    /// <summary>Rewrites NDJSON.</summary>
    /// <exception cref="ReferenceException">A line is no JSON object.</exception>
    internal static async Task FlattenAsync(string from, bool isGzipped, string to, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            from,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            1 << 16,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );
        await using var unzipped = isGzipped ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var lines = new StreamReader(unzipped, new UTF8Encoding(false, throwOnInvalidBytes: true));
        await using var output = new FileStream(
            to,
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read,
            1 << 16,
            FileOptions.Asynchronous
        );
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        for (var number = 1L; await ReadAsync(lines, number, cancellation) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            WriteRow(json, line, number);
            await json.FlushAsync(cancellation);
            output.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    private static async Task<string?> ReadAsync(StreamReader lines, long number, CancellationToken cancellation)
    {
        try
        {
            return await lines.ReadLineAsync(cancellation);
        }
        catch (DecoderFallbackException)
        {
            throw new ReferenceException("not_utf8", $"The file has bytes that are not UTF-8, in line {number} or a little after.");
        }
        catch (InvalidDataException error)
        {
            throw new ReferenceException("reference_unreadable", $"The file cannot be unpacked: {error.Message}");
        }
    }

    private static void WriteRow(Utf8JsonWriter json, string line, long number)
    {
        try
        {
            using var row = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (row.RootElement.ValueKind != JsonValueKind.Object)
                throw new ReferenceException("reference_unreadable", $"Line {number} is no JSON object.");
            json.WriteStartObject();
            FlatJson.Visit(
                row.RootElement,
                MaxDepth,
                (name, value) =>
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                }
            );
            json.WriteEndObject();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ReferenceException("reference_unreadable", $"Line {number} is not valid JSON: {error.Message}");
        }
    }
}
