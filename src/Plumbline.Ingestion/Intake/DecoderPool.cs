using System.Collections.Concurrent;
using Plumbline.Events;
using Plumbline.Events.Decoding;

namespace Plumbline.Ingestion.Intake;

/// <summary>Decoders for reuse: each owns the memory of a batch.</summary>
public sealed class DecoderPool(EventLimits limits)
{
    private const int KeptPerKind = 32;

    // A decoder that has held a huge body must not hold its memory for ever.
    private const int LargestKeptBytes = 8 * 1024 * 1024;
    private readonly ConcurrentDictionary<EventKind, ConcurrentBag<EventDecoder>> _idle = new();

    /// <summary>A decoder to be given back.</summary>
    public EventDecoder Rent(EventKind kind) => Idle(kind).TryTake(out var decoder) ? decoder : new EventDecoder(kind, limits);

    /// <summary>Gives a decoder back; its batch must not be used any more.</summary>
    public void Return(EventDecoder decoder)
    {
        var idle = Idle(decoder.Batch.Kind);
        if (decoder.Batch.Bytes > LargestKeptBytes || idle.Count >= KeptPerKind)
            decoder.Dispose();
        else
            idle.Add(decoder);
    }

    private ConcurrentBag<EventDecoder> Idle(EventKind kind) => _idle.GetOrAdd(kind, static _ => []);
}
