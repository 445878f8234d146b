using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plumbline.Events;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources;

/// <summary>
/// Gives a table's rows to the decoder in the form in which a client would have sent them, so that both are judged by the same rules.
/// </summary>
internal sealed class RecordDecoding : IDisposable
{
    private readonly SourceShape _shape;
    private readonly bool _isTruth;
    private readonly bool _wantsNumber;
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public RecordDecoding(SourceShape shape, bool isRegression)
    {
        _shape = shape;
        _isTruth = shape.Source.Gives == OutcomeKind.GroundTruth;
        _wantsNumber = !_isTruth || isRegression;
        // What a text may not contain is the decoder's business.
        _json = new Utf8JsonWriter(
            _line,
            new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
    }

    /// <summary>The kind of event that the rows become.</summary>
    public static EventKind KindOf(SourceSpecification source) =>
        source.Gives == OutcomeKind.GroundTruth ? EventKind.GroundTruth : EventKind.Signal;

    /// <summary>Adds a row to the decoder's batch, or the reason why it is refused.</summary>
    public void Feed(EventDecoder decoder, in SourceRecord record, long index)
    {
        if (FindNull(record.Values) is { } column)
        {
            decoder.Batch.Reject(
                index,
                RejectionCode.FieldMissing,
                column.Field,
                $"The column '{column.Name}' is null (or no finite number or time)."
            );
            return;
        }

        Write(record);
        decoder.DecodeLine(_line.WrittenSpan, index, 0);
    }

    public void Dispose()
    {
        _json.Dispose();
        _hash.Dispose();
    }

    // A null is told from an absent field: the decoder would take now for an absent time, and 1 for an absent value.
    private (string Field, string Name)? FindNull(string?[] values)
    {
        if (_isTruth && IsNull(_shape.PredictionId))
            return ("prediction_id", _shape.Columns[_shape.PredictionId!.Value].Name);
        if (IsNull(_shape.Timestamp))
            return ("timestamp", _shape.Columns[_shape.Timestamp!.Value].Name);
        if (IsNull(_shape.Value) || IsNoFiniteNumber(_shape.Value))
            return ("value", _shape.Columns[_shape.Value!.Value].Name);
        if (IsNull(_shape.Name))
            return ("name", _shape.Columns[_shape.Name!.Value].Name);
        return null;

        bool IsNull(int? index) => index is { } at && values[at] is null;

        bool IsNoFiniteNumber(int? index) =>
            index is { } at
            && _shape.Columns[at].Kind == SourceColumnKind.Number
            && double.TryParse(values[at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !double.IsFinite(number);
    }

    private void Write(in SourceRecord record)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        WriteText("prediction_id"u8, _shape.PredictionId, record.Values);
        WriteTimestamp(record.Values);
        WriteValue(record.Values);
        if (_isTruth)
        {
            WriteText("source"u8, _shape.SourceName, record.Values);
        }
        else
        {
            if (_shape.Name is null)
                _json.WriteString("name"u8, _shape.Source.Signal);
            else
                WriteText("name"u8, _shape.Name, record.Values);
            WriteText("version"u8, _shape.Version, record.Values);
            WriteText("segment"u8, _shape.Segment, record.Values);
            WriteSignalId(record);
        }

        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteText(ReadOnlySpan<byte> name, int? index, string?[] values)
    {
        if (index is { } at && values[at] is { } text)
            _json.WriteString(name, text);
    }

    private void WriteTimestamp(string?[] values)
    {
        var (kind, text) = (_shape.Columns[_shape.Timestamp!.Value].Kind, values[_shape.Timestamp.Value]!);
        if (
            kind == SourceColumnKind.Text
            || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        )
        {
            _json.WriteString("timestamp"u8, text);
            return;
        }

        if (kind == SourceColumnKind.Time)
            number = (long)Math.Floor(number / 1000m);
        // A time near 1970 as a number would look like seconds, which is a mistake of clients, not of databases.
        if (kind == SourceColumnKind.Time && number is >= 0 and < 100_000_000_000)
        {
            _json.WriteString(
                "timestamp"u8,
                DateTimeOffset.FromUnixTimeMilliseconds(number).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            );
        }
        else
        {
            _json.WriteNumber("timestamp"u8, number);
        }
    }

    private void WriteValue(string?[] values)
    {
        if (_shape.Value is not { } at)
            return;
        var (kind, text) = (_shape.Columns[at].Kind, values[at]!);
        _json.WritePropertyName("value"u8);
        if (kind == SourceColumnKind.Boolean)
        {
            _json.WriteBooleanValue(text is "true" or "t");
        }
        else if (kind == SourceColumnKind.Number && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            _json.WriteRawValue(text, skipInputValidation: true);
        }
        else if (
            kind == SourceColumnKind.Text
            && _wantsNumber
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
        )
        {
            _json.WriteNumberValue(number);
        }
        else
        {
            _json.WriteStringValue(text);
        }
    }

    // A row without an id of its own is what is in it: the same content read again is the same signal. The form that is hashed must stay
    // as it is, or every row would be another signal to the next version.
    private void WriteSignalId(in SourceRecord record)
    {
        if (_shape.SignalId is { } at)
        {
            WriteText("signal_id"u8, at, record.Values);
            return;
        }

        _json.Flush();
        _hash.AppendData(_line.WrittenSpan);
        _hash.AppendData("\n"u8);
        _hash.AppendData(Encoding.UTF8.GetBytes(record.Position.Tie ?? ""));
        var hash = Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, 16));
        _json.WriteString("signal_id"u8, $"pulled-{hash}");
    }
}
