using Plumbline.Events.Batches;
using Plumbline.Events.Spooling;
using Plumbline.Store;

namespace Plumbline.Server.Ingestion.Writing;

/// <summary>The ground truths of a block as rows of the column store.</summary>
internal static class GroundTruthRows
{
    public static IReadOnlyList<string> Columns { get; } = ["block", "prediction_id", "id_hash", "timestamp", "received_at", "value", "value_number", "source"];

    /// <summary>Encodes; gives the keys of the rows and the hashes of their predictions to the lists.</summary>
    public static RowBinaryBuffer Encode(SpoolBlock block, SpoolPayloads payloads, List<IdHash> keys, List<ulong> ids)
    {
        var rows = new RowBinaryBuffer((int)Math.Min(int.MaxValue / 2, block.Bytes * 2));
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            while (reader.TryRead(out GroundTruth truth))
            {
                rows.WriteUInt64((ulong)block.Number);
                rows.WriteString(truth.PredictionId);
                rows.WriteUInt64(truth.Hash.Low);
                rows.WriteDateTime64Ms(truth.TimestampMs);
                rows.WriteDateTime64Ms(reader.ReceivedAtMs);
                rows.WriteString(truth.Value);
                rows.WriteDouble(truth.Number);
                rows.WriteString(truth.Source);
                keys.Add(truth.Hash.OfGroundTruth(truth.TimestampMs, IdHash.OfValue(truth.Value)));
                ids.Add(truth.Hash.Low);
            }
        }
        return rows;
    }
}

/// <summary>The signals of a block as rows of the column store.</summary>
internal static class SignalRows
{
    public static IReadOnlyList<string> Columns { get; } = ["block", "name", "timestamp", "received_at", "value", "prediction_id", "version", "segment"];

    /// <summary>Encodes; gives the starts of the windows that the rows lie in to the set.</summary>
    public static RowBinaryBuffer Encode(SpoolBlock block, SpoolPayloads payloads, long windowMs, HashSet<long> windows)
    {
        var rows = new RowBinaryBuffer((int)Math.Min(int.MaxValue / 2, block.Bytes * 2));
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            while (reader.TryRead(out Signal signal))
            {
                rows.WriteUInt64((ulong)block.Number);
                rows.WriteString(signal.Name);
                rows.WriteDateTime64Ms(signal.TimestampMs);
                rows.WriteDateTime64Ms(reader.ReceivedAtMs);
                rows.WriteDouble(signal.Value);
                rows.WriteString(signal.PredictionId);
                rows.WriteString(signal.Version);
                rows.WriteString(signal.Segment);
                windows.Add(signal.TimestampMs - (signal.TimestampMs % windowMs));
            }
        }
        return rows;
    }
}
