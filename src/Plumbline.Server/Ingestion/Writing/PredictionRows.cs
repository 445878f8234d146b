using System.Text;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Events.Spooling;
using Plumbline.Server.Ingestion.Intake;
using Plumbline.Server.Models;
using Plumbline.Store;

namespace Plumbline.Server.Ingestion.Writing;

/// <summary>The predictions of a block as rows of the column store. Only the columns of features that the block has are written; the others default to missing.</summary>
internal sealed class PredictionRows : IDisposable
{
    private readonly List<(EventBatchReader Reader, ReadOnlyMemory<byte> Bytes, int[] Positions)> _batches = [];
    private readonly List<FeatureDefinition> _columns = [];
    private readonly HashSet<long> _windows = [];
    private long _lastWindow = long.MinValue;

    private PredictionRows(int capacity) => Buffer = new RowBinaryBuffer(capacity);

    /// <summary>The rows.</summary>
    public RowBinaryBuffer Buffer { get; }

    /// <summary>The inserted columns in order.</summary>
    public IReadOnlyList<string> ColumnNames { get; private set; } = [];

    /// <summary>The feature columns that must be there.</summary>
    public IReadOnlyList<FeatureColumn> FeatureColumns { get; private set; } = [];

    /// <summary>Epoch ms of the starts of the windows that the rows lie in.</summary>
    public IReadOnlyCollection<long> WindowStarts => _windows;

    /// <summary>Versions of the rows.</summary>
    public SeenTexts Versions { get; } = new(1_000);

    /// <summary>Classes predicted or given a probability.</summary>
    public SeenTexts Classes { get; } = new(ModelLimits.MaxClasses);

    /// <summary>The ids.</summary>
    public List<IdHash> Ids { get; } = [];

    /// <summary>Earliest time, epoch ms.</summary>
    public long FirstMs { get; private set; } = long.MaxValue;

    /// <summary>Latest time, epoch ms.</summary>
    public long LastMs { get; private set; } = long.MinValue;

    /// <summary>Values that did not fit their column.</summary>
    public long TypeErrors { get; private set; }

    /// <summary>Encodes a block.</summary>
    public static PredictionRows Encode(ModelDefinition model, SpoolBlock block, SpoolPayloads payloads)
    {
        var rows = new PredictionRows((int)Math.Min(int.MaxValue / 2, block.Bytes * 2));
        try
        {
            rows.Open(model, payloads);
            rows.Write(model, (ulong)block.Number);
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>The classes of a block without encoding it.</summary>
    public static IReadOnlyList<string> ClassesOf(SpoolPayloads payloads)
    {
        var classes = new SeenTexts(ModelLimits.MaxClasses);
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            while (reader.TryRead(out Prediction prediction))
                AddClasses(classes, prediction, reader);
        }
        return classes.InOrder;
    }

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    private void Open(ModelDefinition model, SpoolPayloads payloads)
    {
        var lookup = FeatureLookup.Of(model);
        var positionOf = new Dictionary<int, int>();
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            // Small posts of one sender have the same names: look them up once.
            if (_batches.Count > 0 && _batches[^1].Reader.EncodedNames.SequenceEqual(reader.EncodedNames))
            {
                _batches.Add((reader, payloads[i], _batches[^1].Positions));
                continue;
            }
            var positions = new int[reader.NameCount];
            for (var name = 0; name < positions.Length; name++)
            {
                positions[name] = -1;
                if (lookup.Find(reader.Name(name)) is not { } feature)
                    continue;
                if (!positionOf.TryGetValue(feature.Ordinal, out positions[name]))
                {
                    positionOf.Add(feature.Ordinal, positions[name] = _columns.Count);
                    _columns.Add(feature);
                }
            }
            _batches.Add((reader, payloads[i], positions));
        }
        ColumnNames = [.. ModelTables.PredictionColumns, .. _columns.Select(feature => feature.Column)];
        FeatureColumns = [.. _columns.Select(ColumnOf)];
    }

    private void Write(ModelDefinition model, ulong block)
    {
        var cells = new FeatureCells(_columns);
        var positive = Encoding.UTF8.GetBytes(model.PositiveClass ?? "");
        var windowMs = (long)model.Window.TotalMilliseconds;
        foreach (var (reader, bytes, positions) in _batches)
        {
            var batch = bytes.Span;
            while (reader.TryRead(out Prediction prediction))
            {
                cells.Read(prediction.Features, batch, positions);
                var measures = OutputMeasures.Of(prediction, reader, model.Task, positive, model.Classes.Length);
                WriteFixed(prediction, measures, block, reader);
                cells.WriteRaw(Buffer, reader, batch);
                cells.WriteColumns(Buffer, batch);
                Note(prediction, reader, windowMs);
            }
        }
        TypeErrors = cells.TypeErrors;
    }

    private void WriteFixed(in Prediction prediction, OutputMeasures measures, ulong block, EventBatchReader reader)
    {
        Buffer.WriteUInt64(block);
        Buffer.WriteString(prediction.Id);
        Buffer.WriteUInt64(prediction.Hash.Low);
        Buffer.WriteDateTime64Ms(prediction.TimestampMs);
        Buffer.WriteDateTime64Ms(reader.ReceivedAtMs);
        Buffer.WriteString(prediction.Version);
        Buffer.WriteString(prediction.Role == PredictionRole.Shadow ? "shadow"u8 : "primary"u8);
        Buffer.WriteString(prediction.Status switch
        {
            PredictionStatus.Error => "error"u8,
            PredictionStatus.Timeout => "timeout"u8,
            PredictionStatus.Rejected => "rejected"u8,
            _ => "ok"u8,
        });
        Buffer.WriteString(prediction.Class);
        Buffer.WriteDouble(prediction.Number);
        Buffer.WriteDouble(measures.Score);
        Buffer.WriteDouble(measures.Confidence);
        Buffer.WriteDouble(measures.Entropy);
        var probabilities = prediction.Probabilities;
        Buffer.WriteCount(probabilities.Count);
        while (probabilities.Read())
        {
            Buffer.WriteString(reader.Name(probabilities.Name));
            Buffer.WriteDouble(probabilities.Value);
        }
        Buffer.WriteDouble(prediction.LatencyMs);
        Buffer.WriteString(prediction.Error);
        Buffer.WriteString(prediction.TraceId);
        Buffer.WriteString(prediction.Metadata);
    }

    private void Note(in Prediction prediction, EventBatchReader reader, long windowMs)
    {
        Ids.Add(prediction.Hash);
        FirstMs = Math.Min(FirstMs, prediction.TimestampMs);
        LastMs = Math.Max(LastMs, prediction.TimestampMs);
        var window = prediction.TimestampMs - (prediction.TimestampMs % windowMs);
        if (window != _lastWindow)
            _windows.Add(_lastWindow = window);
        Versions.Add(prediction.Version);
        AddClasses(Classes, prediction, reader);
    }

    private static void AddClasses(SeenTexts classes, in Prediction prediction, EventBatchReader reader)
    {
        classes.Add(prediction.Class);
        var probabilities = prediction.Probabilities;
        while (probabilities.Read())
            classes.Add(reader.Name(probabilities.Name));
    }

    private static FeatureColumn ColumnOf(FeatureDefinition feature) => new(feature.Ordinal, feature.Type switch
    {
        FeatureType.Numeric => ColumnType.Numeric,
        FeatureType.Categorical => ColumnType.Categorical,
        FeatureType.Boolean => ColumnType.Boolean,
        _ => ColumnType.Text,
    });
}
