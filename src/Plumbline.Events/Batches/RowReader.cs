namespace Plumbline.Events.Batches;

/// <summary>Reads one encoded row.</summary>
internal ref struct RowReader(ReadOnlySpan<byte> row)
{
    private SpanReader _reader = new(row);

    public Prediction ReadPrediction()
    {
        var prediction = new Prediction
        {
            Number = double.NaN,
            Score = double.NaN,
            LatencyMs = double.NaN,
        };
        (prediction.Hash, prediction.TimestampMs) = ReadHeader();
        while (!_reader.AtEnd)
        {
            var field = (RowField)_reader.ReadByte();
            switch (field)
            {
                case RowField.Id:
                    prediction.Id = _reader.ReadText();
                    break;
                case RowField.Version:
                    prediction.Version = _reader.ReadText();
                    break;
                case RowField.Role:
                    prediction.Role = (PredictionRole)_reader.ReadByte();
                    break;
                case RowField.Status:
                    prediction.Status = (PredictionStatus)_reader.ReadByte();
                    break;
                case RowField.ClassText:
                    prediction.Class = _reader.ReadText();
                    break;
                case RowField.NumberValue:
                    prediction.Number = _reader.ReadDouble();
                    break;
                case RowField.Score:
                    prediction.Score = _reader.ReadDouble();
                    break;
                case RowField.LatencyMs:
                    prediction.LatencyMs = _reader.ReadDouble();
                    break;
                case RowField.Features:
                    prediction.Features = new FeatureReader(_reader.Take(_reader.ReadInt32()));
                    break;
                default:
                    ReadRareField(field, ref prediction);
                    break;
            }
        }
        return prediction;
    }

    public GroundTruth ReadGroundTruth()
    {
        var truth = new GroundTruth { Number = double.NaN };
        (truth.Hash, truth.TimestampMs) = ReadHeader();
        while (!_reader.AtEnd)
        {
            var field = (RowField)_reader.ReadByte();
            switch (field)
            {
                case RowField.Id:
                    truth.PredictionId = _reader.ReadText();
                    break;
                case RowField.ClassText:
                    truth.Value = _reader.ReadText();
                    break;
                case RowField.NumberValue:
                    truth.Number = _reader.ReadDouble();
                    break;
                case RowField.Source:
                    truth.Source = _reader.ReadText();
                    break;
                default:
                    throw Unknown(field);
            }
        }
        return truth;
    }

    public Signal ReadSignal()
    {
        var signal = new Signal { Value = 1 };
        (signal.Hash, signal.TimestampMs) = ReadHeader();
        while (!_reader.AtEnd)
        {
            var field = (RowField)_reader.ReadByte();
            switch (field)
            {
                case RowField.Id:
                    signal.PredictionId = _reader.ReadText();
                    break;
                case RowField.SignalId:
                    signal.Id = _reader.ReadText();
                    break;
                case RowField.Name:
                    signal.Name = _reader.ReadText();
                    break;
                case RowField.NumberValue:
                    signal.Value = _reader.ReadDouble();
                    break;
                case RowField.Version:
                    signal.Version = _reader.ReadText();
                    break;
                case RowField.Segment:
                    signal.Segment = _reader.ReadText();
                    break;
                default:
                    throw Unknown(field);
            }
        }
        return signal;
    }

    // What most predictions do without: the others are not to pay for it.
    private void ReadRareField(RowField field, ref Prediction prediction)
    {
        switch (field)
        {
            case RowField.Error:
                prediction.Error = _reader.ReadText();
                break;
            case RowField.TraceId:
                prediction.TraceId = _reader.ReadText();
                break;
            case RowField.Metadata:
                prediction.Metadata = _reader.ReadText();
                break;
            case RowField.Probabilities:
                prediction.Probabilities = new ProbabilityReader(_reader.Take(_reader.ReadInt32()));
                break;
            case RowField.Part:
                prediction.IsPart = true;
                break;
            default:
                throw Unknown(field);
        }
    }

    private (IdHash Hash, long TimestampMs) ReadHeader()
    {
        _reader.ReadInt32();
        var hash = new IdHash(_reader.ReadUInt64(), _reader.ReadUInt64());
        return (hash, _reader.ReadInt64());
    }

    private static InvalidDataException Unknown(RowField field) => new($"An encoded row has a field of unknown kind {(int)field}.");
}
