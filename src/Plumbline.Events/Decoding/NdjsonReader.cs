using System.Buffers;
using System.IO.Pipelines;

namespace Plumbline.Events.Decoding;

/// <summary>
/// Reads an NDJSON body of any length chunk by chunk: <see cref="FillAsync"/> decodes lines until a chunk is full, the caller makes the
/// chunk durable and calls again. Memory holds one chunk and one line.
/// </summary>
public sealed class NdjsonReader(PipeReader body, EventLimits limits)
{
    private long _consumed;
    private bool _tooLong;
    private bool _atEnd;

    /// <summary>Lines read so far, empty ones not counted.</summary>
    public long Lines { get; private set; }

    /// <summary>Decodes into <paramref name="decoder"/>, on which Begin was called, until a chunk is full or the body ends.</summary>
    /// <returns>False when the body has ended.</returns>
    /// <exception cref="BodyTooLargeException">More bytes than <see cref="EventLimits.StreamBytes"/>.</exception>
    public async ValueTask<bool> FillAsync(EventDecoder decoder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        while (!_atEnd && !IsFull(decoder))
        {
            var read = await body.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (!IsFull(decoder) && TryTakeLine(ref rest, out var line))
                Decode(decoder, line, ended: true);
            if (read.IsCompleted && !IsFull(decoder) && rest.PositionOf((byte)'\n') is null)
            {
                Decode(decoder, rest, ended: true);
                rest = rest.Slice(rest.End);
                _atEnd = true;
            }
            else if (rest.Length > limits.LineBytes && rest.PositionOf((byte)'\n') is null)
            {
                // Not even the start of such a line is kept; its end is looked for in what follows.
                Decode(decoder, rest, ended: false);
                rest = rest.Slice(rest.End);
            }
            body.AdvanceTo(rest.Start, rest.End);
        }
        return !_atEnd;
    }

    private bool IsFull(EventDecoder decoder) => decoder.Batch.Rows.Length >= limits.ChunkRows || decoder.Batch.Bytes >= limits.ChunkBytes;

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (rest.PositionOf((byte)'\n') is not { } end)
            return false;
        line = rest.Slice(0, end);
        rest = rest.Slice(rest.GetPosition(1, end));
        return true;
    }

    private void Decode(EventDecoder decoder, in ReadOnlySequence<byte> line, bool ended)
    {
        var offset = _consumed;
        _consumed += line.Length + (ended ? 1 : 0);
        if (_consumed > limits.StreamBytes)
            throw new BodyTooLargeException($"The body has more than {limits.StreamBytes} bytes.");
        if (_tooLong || line.Length > limits.LineBytes)
        {
            if (!_tooLong)
            {
                decoder.Batch.Reject(
                    Lines++,
                    RejectionCode.LineTooLong,
                    null,
                    $"The line has more than {limits.LineBytes} bytes (byte {offset})."
                );
            }

            _tooLong = !ended;
            return;
        }
        if (line.IsSingleSegment)
        {
            DecodeWhole(decoder, line.FirstSpan, offset);
            return;
        }
        var copy = ArrayPool<byte>.Shared.Rent((int)line.Length);
        try
        {
            line.CopyTo(copy);
            DecodeWhole(decoder, copy.AsSpan(0, (int)line.Length), offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private void DecodeWhole(EventDecoder decoder, ReadOnlySpan<byte> line, long offset)
    {
        if (offset == 0 && line.StartsWith("\uFEFF"u8))
            line = line[3..];
        if (line.IndexOfAnyExcept(" \t\r"u8) >= 0)
            decoder.DecodeLine(line, Lines++, offset);
    }
}
