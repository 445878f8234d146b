using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Plumbline.Monitoring.References;

/// <summary>An uploaded reference on the disk, where the engine's own readers take it from. Disposing deletes it.</summary>
/// <param name="Path">Absolute path under the data folder; our own name, never the client's.</param>
/// <param name="Format">The engine's input format.</param>
/// <param name="IsGzipped">Whether the bytes are gzip, as their first two say.</param>
internal sealed record ReferenceFile(string Path, string Format, bool IsGzipped) : IDisposable
{
    /// <summary>Bytes of an upload as sent; a larger one is answered 413.</summary>
    internal const long MaxBytes = 4L << 30;

    /// <summary>The media types that are read, and as what.</summary>
    internal static IReadOnlyDictionary<string, string> Formats { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["text/csv"] = "CSVWithNames",
            ["application/csv"] = "CSVWithNames",
            ["application/x-ndjson"] = "JSONEachRow",
            ["application/jsonl"] = "JSONEachRow",
            ["application/vnd.apache.parquet"] = "Parquet",
        };

    /// <summary>Where uploads lie while they are read.</summary>
    internal static string FolderIn(string dataDirectory) => System.IO.Path.Combine(dataDirectory, "uploads");

    /// <summary>Deletes what a process that was ended left in the folder; called before the first upload of this one.</summary>
    internal static void DeleteLeftOvers(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var left in Directory.EnumerateFiles(folder, "*.reference"))
            File.Delete(left);
    }

    internal bool IsCsv => Format == "CSVWithNames";

    /// <summary>Streams the body to a new file.</summary>
    /// <exception cref="ReferenceException">Another media type, nothing in the body, or too much.</exception>
    internal static async Task<ReferenceFile> ReceiveAsync(HttpRequest request, string folder, CancellationToken cancellation)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !Formats.TryGetValue(type.MediaType.ToString(), out var format)
        )
        {
            throw new ReferenceException(
                "media_type_unknown",
                $"A reference is sent as {string.Join(", ", Formats.Keys)} (gzip allowed), or as {MediaTypeNames.Application.Json} "
                    + $"{{\"from\":..,\"to\":..,\"version\":..}} for a past window of production.",
                StatusCodes.Status415UnsupportedMediaType
            );
        }
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, $"{Guid.CreateVersion7():N}.reference"));
        var file = new ReferenceFile(path, format, IsGzipped: false);
        try
        {
            await using (var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16, useAsync: true))
                await request.Body.CopyToAsync(output, cancellation);
            await using var written = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (written.Length == 0)
                throw new ReferenceException("reference_empty", "The body is empty: a reference needs a header and rows.");
            return file with { IsGzipped = written.ReadByte() == 0x1f && written.ReadByte() == 0x8b };
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            file.Dispose();
            throw new ReferenceException(
                "body_too_large",
                $"A reference has at most {MaxBytes >> 30} GiB as sent; gzip it, use Parquet, or send fewer rows.",
                StatusCodes.Status413PayloadTooLarge
            );
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Delete(Path);
}
