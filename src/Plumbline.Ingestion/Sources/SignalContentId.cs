using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources;

/// <summary>
/// The id of a signal whose row has none: what is in the row, so that the same content read again is the same signal. The form that is
/// hashed, the row as a client would have sent it, must stay as it is, or every row would be another signal to the next version.
/// </summary>
internal sealed class SignalContentId : IDisposable
{
    private readonly SourceShape _shape;
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public SignalContentId(SourceShape shape)
    {
        _shape = shape;
        _json = new Utf8JsonWriter(
            _line,
            new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
    }

    /// <summary>The id of a row.</summary>
    public string Of(in SourceRecord record)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        WriteText("prediction_id"u8, _shape.PredictionId, record.Values);
        WriteTimestamp(record.Values);
        WriteValue(record.Values);
        if (_shape.Name is null)
            _json.WriteString("name"u8, _shape.Source.Signal);
        else
            WriteText("name"u8, _shape.Name, record.Values);
        WriteText("version"u8, _shape.Version, record.Values);
        WriteText("segment"u8, _shape.Segment, record.Values);
        _json.Flush();
        _hash.AppendData(_line.WrittenSpan);
        _hash.AppendData("\n"u8);
        _hash.AppendData(Encoding.UTF8.GetBytes(record.Position.Tie ?? ""));
        return $"pulled-{Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, 16))}";
    }

    public void Dispose()
    {
        _json.Dispose();
        _hash.Dispose();
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
            _json.WriteBooleanValue(RecordEvents.IsTrue(text));
        }
        else if (kind == SourceColumnKind.Number && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            _json.WriteRawValue(text, skipInputValidation: true);
        }
        else if (
            kind == SourceColumnKind.Text
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
}
