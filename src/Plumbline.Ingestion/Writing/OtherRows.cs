using Plumbline.Events.Batches;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>The ground truths of a block as rows of the column store.</summary>
internal static class GroundTruthRows
{
    public static IReadOnlyList<string> Columns { get; } =
    ["model_id", "block", "prediction_id", "id_hash", "timestamp", "received_at", "value", "value_number", "source", "arrival"];

    /// <summary>
    /// Encodes; gives the keys of the rows, what stands for their predictions and times, and the hashes of their predictions to the lists.
    /// </summary>
    public static RowBinaryBuffer Encode(SpoolBlock block, SpoolPayloads payloads, List<IdHash> keys, List<IdHash> times, List<ulong> ids)
    {
        var arrival = 0UL;
        var rows = new RowBinaryBuffer((int)Math.Min(int.MaxValue / 2, block.Bytes * 2));
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            while (reader.TryRead(out GroundTruth truth))
            {
                rows.WriteUInt32((uint)block.ModelId);
                rows.WriteUInt64((ulong)block.Number);
                rows.WriteString(truth.PredictionId);
                rows.WriteUInt64(truth.Hash.Low);
                rows.WriteDateTime64Ms(truth.TimestampMs);
                rows.WriteDateTime64Ms(reader.ReceivedAtMs);
                rows.WriteString(truth.Value);
                rows.WriteDouble(truth.Number);
                rows.WriteString(truth.Source);
                rows.WriteUInt64(arrival++);
                times.Add(WaitingLabels.OfTime(truth.Hash, truth.TimestampMs));
                keys.Add(truth.Hash.OfGroundTruth(truth.TimestampMs, IdHash.OfValue(truth.Value)));
                ids.Add(truth.Hash.Low);
            }
        }
        return rows;
    }
}

/// <summary>The signals of a block as rows of the column store, and what is known of them afterwards.</summary>
internal sealed class SignalRows : IDisposable
{
    public static IReadOnlyList<string> Columns { get; } =
    ["model_id", "block", "name", "timestamp", "received_at", "value", "prediction_id", "version", "segment", "signal_id", "id_hash"];

    public RowBinaryBuffer Buffer { get; }

    /// <summary>Starts of the windows of signals that belong to no single prediction, epoch ms.</summary>
    public HashSet<long> Windows { get; } = [];

    public SeenTexts Names { get; } = new(ModelLimits.MaxSignals);

    /// <summary>Hashes of the signals' own ids, of those that have one.</summary>
    public List<IdHash> Ids { get; } = [];

    /// <summary>Whether any belongs to a prediction.</summary>
    public bool HasPredictions { get; private set; }

    public long FirstMs { get; private set; } = long.MaxValue;

    public long LastMs { get; private set; } = long.MinValue;

    public SignalRows(SpoolBlock block, SpoolPayloads payloads, long windowMs)
    {
        Buffer = new RowBinaryBuffer((int)Math.Min(int.MaxValue / 2, block.Bytes * 2));
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            while (reader.TryRead(out Signal signal))
                Add(block, reader.ReceivedAtMs, signal, windowMs);
        }
    }

    public void Dispose() => Buffer.Dispose();

    private void Add(SpoolBlock block, long receivedAtMs, Signal signal, long windowMs)
    {
        Buffer.WriteUInt32((uint)block.ModelId);
        Buffer.WriteUInt64((ulong)block.Number);
        Buffer.WriteString(signal.Name);
        Buffer.WriteDateTime64Ms(signal.TimestampMs);
        Buffer.WriteDateTime64Ms(receivedAtMs);
        Buffer.WriteDouble(signal.Value);
        Buffer.WriteString(signal.PredictionId);
        Buffer.WriteString(signal.Version);
        Buffer.WriteString(signal.Segment);
        Buffer.WriteString(signal.Id);
        Buffer.WriteUInt64(signal.Id.IsEmpty ? 0 : signal.Hash.Low);
        if (!signal.Id.IsEmpty)
            Ids.Add(signal.Hash);
        Names.Add(signal.Name);
        (FirstMs, LastMs) = (Math.Min(FirstMs, signal.TimestampMs), Math.Max(LastMs, signal.TimestampMs));
        if (signal.PredictionId.IsEmpty)
            Windows.Add(signal.TimestampMs - (signal.TimestampMs % windowMs));
        else
            HasPredictions = true;
    }
}
