namespace Plumbline.Server.Hosting;

/// <summary>Small request bodies, read whole.</summary>
internal static class RequestBody
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>The body, or null when it is longer than <paramref name="limit"/> bytes: announced so, or found so while reading, since a chunked body announces nothing.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit) return null;
        var body = new MemoryStream();
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellation)) > 0)
        {
            if (body.Length + read > limit) return null;
            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
