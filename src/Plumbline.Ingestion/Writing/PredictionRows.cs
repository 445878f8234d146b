using System.Text;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// The predictions of a block as rows of the column store, in one part or, where rows are sparse and columns many, in several. Only the
/// columns of features that the block has are written; the others default to missing.
/// </summary>
internal sealed class PredictionRows : IDisposable
{
    private readonly List<(EventBatchReader Reader, ReadOnlyMemory<byte> Bytes, int[] Positions)> _batches = [];
    private readonly List<FeatureDefinition> _columns = [];
    private readonly HashSet<long> _windows = [];
    private long _lastWindow = long.MinValue;

    private const int PartBytes = 64 * 1024 * 1024;
    private const int BytesOfFixedColumns = 512;
    private const int BytesOfFeature = 10;
    private readonly ModelDefinition _model;
    private readonly ulong _block;
    private readonly byte[] _positive;
    private readonly long _windowMs;
    private FeatureCells _cells;
    private int _rowsPerPart;
    private int _batch;

    private PredictionRows(ModelDefinition model, SpoolBlock block)
    {
        _model = model;
        _block = (ulong)block.Number;
        _positive = Encoding.UTF8.GetBytes(model.PositiveClass ?? "");
        _windowMs = (long)model.Window.TotalMilliseconds;
        _cells = new FeatureCells(_columns);
        Buffer = new RowBinaryBuffer((int)Math.Min(PartBytes, (block.Bytes * 2) + 65_536));
    }

    /// <summary>The rows of the current part.</summary>
    public RowBinaryBuffer Buffer { get; }

    /// <summary>The inserted columns in order.</summary>
    public IReadOnlyList<string> ColumnNames { get; private set; } = [];

    /// <summary>The feature columns that must be there.</summary>
    public IReadOnlyList<FeatureColumn> FeatureColumns { get; private set; } = [];

    /// <summary>Epoch ms of the starts of the windows that the rows lie in.</summary>
    public IReadOnlyCollection<long> WindowStarts => _windows;

    /// <summary>Versions of the rows; the limit is above what a block can hold, so that the most frequent are known.</summary>
    public SeenTexts Versions { get; } = new(100_000);

    /// <summary>Classes predicted or given a probability.</summary>
    public SeenTexts Classes { get; } = new(ModelLimits.MaxClasses);

    /// <summary>The ids.</summary>
    public List<IdHash> Ids { get; } = [];

    /// <summary>The rows that are parts of predictions: ids, and the low halves of their hashes.</summary>
    public List<(string Id, ulong Low)> Parts { get; } = [];

    /// <summary>Earliest time, epoch ms.</summary>
    public long FirstMs { get; private set; } = long.MaxValue;

    /// <summary>Latest time, epoch ms.</summary>
    public long LastMs { get; private set; } = long.MinValue;

    /// <summary>Values that did not fit their column.</summary>
    public long TypeErrors => _cells.TypeErrors;

    /// <summary>
    /// Features whose type was guessed from little, with how many values the rows have of each and whether some speak against the guess.
    /// </summary>
    public IEnumerable<(FeatureDefinition Feature, long Values, bool HasDoubtful)> ProvisionalFeatures => _cells.Provisional;

    /// <summary>Opens a block; <see cref="FillNextPart"/> encodes it.</summary>
    public static PredictionRows Open(ModelDefinition model, SpoolBlock block, SpoolPayloads payloads)
    {
        var rows = new PredictionRows(model, block);
        try
        {
            rows.Open(payloads);
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>Encodes the next rows into <see cref="Buffer"/>; false when there are none left.</summary>
    public bool FillNextPart()
    {
        Buffer.Clear();
        var rows = 0;
        for (; _batch < _batches.Count; _batch++)
        {
            var (reader, bytes, positions) = _batches[_batch];
            var batch = bytes.Span;
            while (rows < _rowsPerPart && reader.TryRead(out Prediction prediction))
            {
                rows++;
                _cells.Read(prediction.Features, batch, positions);
                WriteFixed(prediction, OutputMeasures.Of(prediction, reader, _model.Task, _positive, _model.Classes.Length), reader);
                _cells.WriteRaw(Buffer, reader, batch);
                _cells.WriteColumns(Buffer, batch);
                Note(prediction, reader);
            }
            if (rows == _rowsPerPart)
                break;
        }
        return rows > 0;
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

    /// <summary>The earliest and the latest time of a block's rows, epoch ms, without encoding it.</summary>
    public static (long FirstMs, long LastMs) TimesOf(SpoolPayloads payloads)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        for (var i = 0; i < payloads.Count; i++)
        {
            var reader = new EventBatchReader(payloads[i]);
            while (reader.TryReadIdentity(out _, out var timestampMs))
                (first, last) = (Math.Min(first, timestampMs), Math.Max(last, timestampMs));
        }
        return (first, last);
    }

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    private void Open(SpoolPayloads payloads)
    {
        var lookup = FeatureLookup.Of(_model);
        var mostNames = 0;
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
            mostNames += reader.NameCount;
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
        FeatureColumns = [.. _columns.Select(ModelColumns.Of)];
        _cells = new FeatureCells(_columns);

        // From the block alone and not from what the model has become: a repeated try must cut the parts at the same rows.
        _rowsPerPart = Math.Max(100, PartBytes / (BytesOfFixedColumns + (BytesOfFeature * Math.Min(mostNames, ModelLimits.MaxFeatures))));
    }

    private void WriteFixed(in Prediction prediction, OutputMeasures measures, EventBatchReader reader)
    {
        Buffer.WriteUInt64(_block);
        Buffer.WriteString(prediction.Id);
        Buffer.WriteUInt64(prediction.Hash.Low);
        Buffer.WriteDateTime64Ms(prediction.TimestampMs);
        Buffer.WriteDateTime64Ms(reader.ReceivedAtMs);
        Buffer.WriteString(prediction.Version);
        Buffer.WriteString(prediction.Role == PredictionRole.Shadow ? "shadow"u8 : "primary"u8);
        Buffer.WriteString(
            prediction.Status switch
            {
                PredictionStatus.Error => "error"u8,
                PredictionStatus.Timeout => "timeout"u8,
                PredictionStatus.Rejected => "rejected"u8,
                _ => "ok"u8,
            }
        );
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

    private void Note(in Prediction prediction, EventBatchReader reader)
    {
        Ids.Add(prediction.Hash);
        if (prediction.IsPart)
            Parts.Add((Encoding.UTF8.GetString(prediction.Id), prediction.Hash.Low));
        FirstMs = Math.Min(FirstMs, prediction.TimestampMs);
        LastMs = Math.Max(LastMs, prediction.TimestampMs);
        var window = prediction.TimestampMs - (prediction.TimestampMs % _windowMs);
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
}
