using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Plumbline.Events;

namespace Plumbline.Ingestion.Intake;

/// <summary>The form of a request body.</summary>
public enum BodyForm
{
    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>A JSON object per line.</summary>
    Ndjson,

    /// <summary>Anything else.</summary>
    Unsupported,
}

/// <summary>The body of a request: its form, unpacked when it is compressed.</summary>
public static class EventBody
{
    /// <summary>
    /// Which form the content type names. None at all counts as JSON, and so does what curl says when it is told nothing (browsers never
    /// get here with it).
    /// </summary>
    public static BodyForm FormOf(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType))
            return BodyForm.Json;
        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return BodyForm.Unsupported;
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return BodyForm.Unsupported;
        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" or "text/json" or "application/x-www-form-urlencoded" => BodyForm.Json,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" => BodyForm.Ndjson,
            _ => BodyForm.Unsupported,
        };
    }

    /// <summary>Whether nobody said what the body is: no type at all, or what curl says by itself.</summary>
    public static bool HasNoType(HttpRequest request) =>
        string.IsNullOrEmpty(request.ContentType)
        || request.ContentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an object is followed by another one: then it is a body of lines, whatever its type says.</summary>
    public static bool HasManyObjects(ReadOnlySpan<byte> utf8)
    {
        var options = new JsonReaderOptions { AllowMultipleValues = true };
        var json = new Utf8JsonReader(utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, options);
        try
        {
            return json.Read()
                && json.TokenType == JsonTokenType.StartObject
                && json.TrySkip()
                && json.Read()
                && json.TokenType == JsonTokenType.StartObject;
        }
        catch (JsonException)
        {
            return false; // the decoder says what is wrong, and where
        }
    }

    /// <summary>A reader of the unpacked body; null when the encoding is not known. Our own limits replace the web server's.</summary>
    public static PipeReader? Open(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return request.BodyReader;
        return encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase)
            ? PipeReader.Create(
                new GZipStream(request.Body, CompressionMode.Decompress),
                new StreamPipeReaderOptions(bufferSize: 64 * 1024)
            )
            : null;
    }
}

/// <summary>A whole body in one pooled array. Dispose gives it and its share of the budget back.</summary>
public sealed class WholeBody : IDisposable
{
    // What a connection holds before anything of its body has arrived.
    private const int LargestAdvance = 64 * 1024;

    private readonly BodyBudget _budget;
    private byte[] _bytes = [];
    private int _length;

    private WholeBody(BodyBudget budget) => _budget = budget;

    /// <summary>How reading ended.</summary>
    public enum Ending
    {
        /// <summary>All is here.</summary>
        Complete,

        /// <summary>More than the limit.</summary>
        TooLarge,

        /// <summary>Other bodies hold the memory now.</summary>
        NoMemory,
    }

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>
    /// Reads to the end, up to <paramref name="limit"/> bytes. Whatever ends the reading early gives back what was taken.
    /// </summary>
    /// <param name="reader">The unpacked body.</param>
    /// <param name="announced">Its length as the client says; null when it says nothing.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="budget">The memory that all bodies share.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<(WholeBody Body, Ending Ending)> ReadAsync(
        PipeReader reader,
        long? announced,
        int limit,
        BodyBudget budget,
        CancellationToken cancellation
    )
    {
        var body = new WholeBody(budget);
        try
        {
            return (body, announced > limit ? Ending.TooLarge : await body.FillAsync(reader, announced, limit, cancellation));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length == 0)
            return;
        _budget.Release(_bytes.Length);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private async Task<Ending> FillAsync(PipeReader reader, long? announced, int limit, CancellationToken cancellation)
    {
        // A promise of much is not yet much: a client that announces megabytes and sends nothing must not hold them.
        if (announced is { } length && !TryGrow((int)Math.Min(length, LargestAdvance)))
            return Ending.NoMemory;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var size = _length + read.Buffer.Length;
            var ending =
                size > limit ? Ending.TooLarge
                : size > _bytes.Length && !TryGrow(NextSize(size, announced, limit)) ? Ending.NoMemory
                : Ending.Complete;
            if (ending != Ending.Complete)
            {
                reader.AdvanceTo(read.Buffer.Start);
                return ending;
            }

            read.Buffer.CopyTo(_bytes.AsSpan(_length));
            _length = (int)size;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return Ending.Complete;
        }
    }

    // Four times as much at each step, but no more than was announced.
    private int NextSize(long needed, long? announced, int limit) =>
        (int)Math.Min(Math.Min(limit, Math.Max(needed, announced ?? limit)), Math.Max(needed, 4L * _bytes.Length));

    private bool TryGrow(int size)
    {
        if (size == 0)
            return true;
        var grown = ArrayPool<byte>.Shared.Rent(size);
        if (!_budget.TryTake(grown.Length))
        {
            ArrayPool<byte>.Shared.Return(grown);
            return false;
        }
        _bytes.AsSpan(0, _length).CopyTo(grown);
        var old = _bytes;
        _bytes = grown;
        if (old.Length > 0)
        {
            _budget.Release(old.Length);
            ArrayPool<byte>.Shared.Return(old);
        }
        return true;
    }
}
