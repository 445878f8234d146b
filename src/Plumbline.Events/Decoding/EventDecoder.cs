using System.Text.Json;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>
/// Reads JSON straight from UTF-8 into an <see cref="EventBatch"/>. What is wrong with a row refuses that row; only a body that is no
/// JSON at all is refused as a whole. Not thread-safe; made to be used again and again: <see cref="Begin"/>, then one
/// <see cref="DecodeBody"/> or many <see cref="DecodeLine"/>. Dispose gives the pooled memory back.
/// </summary>
public sealed class EventDecoder : IDisposable
{
    private readonly EventLimits _limits;
    private readonly RowState _row;
    private DecodeContext _context = new(DateTimeOffset.UnixEpoch, null, false);

    /// <summary>Creates a decoder for one kind of event.</summary>
    public EventDecoder(EventKind kind, EventLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _row = new RowState(limits);
        Batch = new EventBatch(kind, DateTimeOffset.UnixEpoch, limits.RejectionsListed);
    }

    /// <summary>What was read since <see cref="Begin"/>.</summary>
    public EventBatch Batch { get; }

    /// <summary>Empties the batch and starts the next.</summary>
    public void Begin(DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        Batch.Reset(context.ReceivedAt);
        _row.Attach(Batch, context);
    }

    /// <summary>Reads a body that is one object or an array of objects.</summary>
    /// <exception cref="MalformedBodyException">The body is not JSON, or neither object nor array. The batch is not to be used.</exception>
    /// <exception cref="BodyTooLargeException">More rows than <see cref="EventLimits.RowsPerBody"/>.</exception>
    public void DecodeBody(ReadOnlySpan<byte> utf8)
    {
        var body = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        var skipped = utf8.Length - body.Length;
        var json = NewReader(body);
        try
        {
            json.Read();
            if (json.TokenType == JsonTokenType.StartObject)
            {
                DecodeRow(ref json, body, 0);
            }
            else if (json.TokenType == JsonTokenType.StartArray)
            {
                DecodeArray(ref json, body);
            }
            else
            {
                throw new MalformedBodyException(
                    skipped + json.TokenStartIndex,
                    "The body must be one JSON object or an array of objects."
                );
            }

            json.Read();
        }
        catch (JsonException error)
        {
            throw Malformed(body, skipped, error);
        }
    }

    /// <summary>Reads one line of an NDJSON body. A line that is not JSON is a rejected row.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="index">The number of the line among the non-empty ones, from 0.</param>
    /// <param name="offset">Where the line starts in the body.</param>
    public void DecodeLine(ReadOnlySpan<byte> line, long index, long offset)
    {
        var rows = Batch.Rows.Length;
        var end = Batch.Buffer.Length;
        var rejected = Batch.RejectedCount;
        try
        {
            var json = NewReader(line);
            json.Read();
            DecodeRow(ref json, line, index);
            json.Read();
        }
        catch (JsonException error)
        {
            var fault = Malformed(line, offset, error);
            Batch.Undo(rows, end, rejected);
            Batch.Reject(index, RejectionCode.MalformedJson, null, $"{fault.Message} (byte {fault.Offset})");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Batch.Dispose();

    private void DecodeArray(ref Utf8JsonReader json, ReadOnlySpan<byte> body)
    {
        var index = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (index == _limits.RowsPerBody)
            {
                throw new BodyTooLargeException(
                    $"The body has more than {_limits.RowsPerBody} rows. Send less at once, or application/x-ndjson."
                );
            }

            DecodeRow(ref json, body, index++);
        }
    }

    private void DecodeRow(ref Utf8JsonReader json, ReadOnlySpan<byte> body, long index)
    {
        _row.BeginRow(index);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            _row.RefuseRow();
            return;
        }
        var depth = json.CurrentDepth;
        var taken = Batch.Kind switch
        {
            EventKind.Prediction => PredictionRows.Read(ref json, body, _row),
            EventKind.GroundTruth => GroundTruthRows.Read(ref json, body, _row),
            _ => SignalRows.Read(ref json, body, _row),
        };
        while (json.TokenType != JsonTokenType.EndObject || json.CurrentDepth != depth)
            json.Read();
        if (taken)
            _row.CompleteRow();
        else
            _row.RefuseRow();
    }

    private static Utf8JsonReader NewReader(ReadOnlySpan<byte> utf8) =>
        new(utf8, new JsonReaderOptions { MaxDepth = EventLimits.ReaderDepth });

    private static MalformedBodyException Malformed(ReadOnlySpan<byte> body, long skipped, JsonException error)
    {
        var start = 0;
        for (var line = error.LineNumber ?? 0; line > 0; line--)
        {
            var end = body[start..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            start += end + 1;
        }
        var at = (int)Math.Min(body.Length, start + (error.BytePositionInLine ?? 0));
        return new MalformedBodyException(skipped + at, Explain(body, at));
    }

    private static string Explain(ReadOnlySpan<byte> body, int at)
    {
        if (body.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return "The body is empty.";
        if (at >= body.Length)
            return "The JSON ends too early.";
        var rest = body[at..];
        if (rest[0] is (byte)'N' or (byte)'I' || rest.StartsWith("-I"u8) || (at > 0 && body[(at - 1)..].StartsWith("-I"u8)))
            return "NaN and Infinity are not JSON: send null for a missing value, or the texts \"NaN\", \"Infinity\", \"-Infinity\".";
        if (rest[0] == (byte)'{' && body[..at].TrimEnd(" \t\r\n"u8) is [.., (byte)'}'])
            return "More JSON follows the first object: send an array, or the content type application/x-ndjson.";
        return $"The JSON is malformed at '{JsonTexts.Shown(rest[..Math.Min(rest.Length, 20)])}'.";
    }
}
