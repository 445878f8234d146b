using System.Globalization;
using System.Text;
using System.Text.Json;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Building;

/// <summary>Writes what only a prediction has.</summary>
internal readonly ref struct PredictionFields(RowState row, TextBuffer texts)
{
    public bool Write(PredictionEvent prediction)
    {
        if (prediction.Role != PredictionRole.Primary)
            WriteByte(RowField.Role, (byte)prediction.Role);
        if (prediction.Status is { } status)
            WriteByte(RowField.Status, (byte)status);
        return WriteAnswer(prediction)
            && PredictionRows.WriteScore(prediction.Score, row)
            && WriteProbabilities(prediction.Probabilities)
            && PredictionRows.WriteLatency(prediction.LatencyMs, row)
            && WriteError(prediction.Error)
            && texts.WriteWord(prediction.TraceId, row, RowField.TraceId, "trace_id")
            && WriteMetadata(prediction.Metadata)
            && WritePart(prediction)
            && WriteFeatures(prediction.Features);
    }

    private void WriteByte(RowField tag, byte value)
    {
        row.Buffer.WriteByte((byte)tag);
        row.Buffer.WriteByte(value);
    }

    private bool WriteAnswer(PredictionEvent prediction)
    {
        if (prediction.Number is { } nan && double.IsNaN(nan))
            return true;
        if (row.Context.NumericPrediction)
        {
            if (prediction.Class is not null)
            {
                return row.Fail(RejectionCode.PredictionInvalid, "prediction", "The model is a regression: 'prediction' must be a number.");
            }

            return prediction.Number is not { } number || PredictionRows.WriteNumber(number, row);
        }
        if (prediction.Class is null && prediction.Number is null)
            return true;
        if (!texts.TryClass(prediction.Class, prediction.Number, row, "prediction", out var name))
            return false;
        row.WriteText(name, RowField.ClassText);
        return true;
    }

    private bool WriteProbabilities(IReadOnlyList<KeyValuePair<string, double>>? probabilities)
    {
        if (probabilities is null)
            return true;
        var section = ProbabilitySection.Begin(row);
        foreach (var (written, probability) in probabilities)
        {
            if (!texts.TryClass(written, null, row, "probabilities", out var name))
                return false;
            if (!section.TakeClass(name, name, row) || !section.Write(probability, row))
                return false;
        }

        return section.End(row);
    }

    private bool WriteError(string? error)
    {
        if (error is null)
            return true;
        if (!texts.TryUtf8(error, row, "error", int.MaxValue, out var text))
            return false;
        PredictionRows.WriteError(text, row);
        return true;
    }

    private bool WritePart(PredictionEvent prediction)
    {
        if (prediction.IsPart)
        {
            row.IsPart = true;
            row.Buffer.WriteByte((byte)RowField.Part);
        }
        return PredictionRows.HasIdentity(row);
    }

    private bool WriteFeatures(IReadOnlyList<KeyValuePair<string, FeatureValue>>? features)
    {
        if (features is null)
            return true;
        var section = FeatureSection.Begin(row);
        foreach (var (name, value) in features)
        {
            if (!texts.TryUtf8(name, row, "features", row.Limits.NameCharacters * 4, out var utf8))
                return row.Fail(RejectionCode.FeatureNameInvalid, name, row.Detail!);
            var trimmed = utf8.Trim(" \t"u8);
            var taken =
                value.Kind == FeatureValueKind.Json
                    ? WriteJson(trimmed.ToArray(), value.Text!, ref section)
                    : section.TakeName(trimmed, row) && WriteValue(section.Name, value);
            if (!taken)
                return false;
        }

        section.End(row);
        return true;
    }

    private bool WriteValue(int name, FeatureValue value)
    {
        row.Buffer.WriteVarint((uint)name);
        switch (value.Kind)
        {
            case FeatureValueKind.Missing:
                row.Buffer.WriteByte((byte)FeatureValueKind.Missing);
                return true;
            case FeatureValueKind.Number:
                FeatureSection.WriteKind(row, name, FeatureValueKind.Number, 0);
                row.Buffer.WriteDouble(value.Number);
                return true;
            case FeatureValueKind.LongInteger:
                return texts.TryUtf8(value.Text!, row, "features", row.Limits.TextBytes, out var digits)
                    && FeatureSection.WriteNumber(digits, value.Number, row, name);
            case FeatureValueKind.Text:
                if (!texts.TryUtf8(value.Text!, row, "features", row.Limits.TextBytes, out var text))
                    return row.Fail(row.Code!, row.Batch.Names.Text(name), row.Detail!);
                FeatureSection.WriteKind(row, name, FeatureValueKind.Text, text.Length);
                row.Buffer.WriteText(text);
                return true;
            default:
                FeatureSection.WriteKind(row, name, value.Kind, 0);
                return true;
        }
    }

    // As in a body: an object inside is features of its own, an array is kept as its text.
    private bool WriteJson(byte[] name, string written, ref FeatureSection.Open section)
    {
        var field = Encoding.UTF8.GetString(name);
        if (!texts.TryUtf8(written, row, field, int.MaxValue, out var body))
            return false;
        try
        {
            var json = NewReader(body);
            json.Read();
            if (json.TokenType == JsonTokenType.StartObject)
            {
                if (!FeatureSection.ReadObject(ref json, body, row, [.. name, (byte)'.'], 1, ref section))
                    return false;
                json.Read();
                return true;
            }
            if (json.TokenType != JsonTokenType.StartArray)
                return row.Fail(RejectionCode.FieldInvalid, field, $"'{field}' must be the JSON of an object or array.");
            if (!section.TakeName(name, row))
                return false;
            row.Buffer.WriteVarint((uint)section.Name);
            if (!NestedJson.Read(ref json, body, row, "features", row.Limits.TextBytes, out var text))
                return row.Fail(row.Code!, field, row.Detail!);
            FeatureSection.WriteKind(row, section.Name, FeatureValueKind.Json, text.Length);
            row.Buffer.WriteText(text);
            json.Read();
            return true;
        }
        catch (JsonException error)
        {
            return NoJson(field, error);
        }
    }

    private bool WriteMetadata(string? metadata)
    {
        if (metadata is null)
            return true;
        if (!texts.TryUtf8(metadata, row, "metadata", int.MaxValue, out var body))
            return false;
        try
        {
            var json = NewReader(body);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                return row.Fail(RejectionCode.FieldInvalid, "metadata", "'metadata' must be the JSON of an object.");
            if (!NestedJson.Read(ref json, body, row, "metadata", row.Limits.MetadataBytes, out var text))
                return false;
            row.WriteText(text, RowField.Metadata);
            json.Read();
            return true;
        }
        catch (JsonException error)
        {
            return NoJson("metadata", error);
        }
    }

    private bool NoJson(string field, JsonException error) =>
        row.Fail(
            RejectionCode.FieldInvalid,
            field,
            string.Create(CultureInfo.InvariantCulture, $"'{field}' is no JSON at byte {error.BytePositionInLine ?? 0}.")
        );

    private static Utf8JsonReader NewReader(ReadOnlySpan<byte> utf8) =>
        new(utf8, new JsonReaderOptions { MaxDepth = EventLimits.ReaderDepth });
}
