using Microsoft.AspNetCore.Http.Features;
using Plumbline.Events;

namespace Plumbline.Registry.Web;

/// <summary>Small request bodies of JSON, read whole.</summary>
public static class RequestBody
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>
    /// The body, or null when it is longer than <paramref name="limit"/> bytes: announced so, or found so while reading, since a chunked
    /// body announces nothing.
    /// </summary>
    /// <exception cref="BodyTextException">
    /// The body has text that is no text. It is refused here, for all who read bodies, since what cannot be read must not be stored.
    /// </exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        var read = await ReadBytesAsync(request, limit, cancellation);
        return read is { } content && JsonTexts.IndexOfBrokenText(content.Span) is var at and >= 0 ? throw new BodyTextException(at) : read;
    }

    /// <summary>The same of a body that is no text.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        // The web server's own limit is for those who name none.
        if (
            request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size
            && size.MaxRequestBodySize <= limit
        )
        {
            size.MaxRequestBodySize = (long)limit + 1;
        }

        if (request.ContentLength > limit)
            return null;
        var body = new MemoryStream();
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellation)) > 0)
        {
            if (body.Length + read > limit)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}

/// <summary>
/// A body with bytes that are not UTF-8, or an escape for half of a surrogate pair; answered with 400 by <see cref="RequestFailures"/>.
/// </summary>
internal sealed class BodyTextException(int offset)
    : Exception($"The body has text that is not valid UTF-8, or an escape for half of a surrogate pair (byte {offset}).")
{
    /// <summary>Where, in bytes from the start.</summary>
    public int Offset { get; } = offset;
}
