using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace Plumbline.Server.Cli.Import;

/// <summary>A reference as a request body: gzipped NDJSON made while it is sent, so that it is never held whole.</summary>
internal sealed class ReferenceContent : HttpContent
{
    private readonly Action<Stream, CancellationToken> _write;

    public ReferenceContent(Action<Stream, CancellationToken> write)
    {
        _write = write;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        Headers.ContentEncoding.Add("gzip");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                using var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
                _write(gzip, cancellationToken);
            },
            cancellationToken
        );

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
