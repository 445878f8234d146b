using System.Text.Json;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Exchange;

/// <summary>Records of Argilla as JSON: what the model answered is a suggestion, what is known to be true a submitted response.</summary>
internal static class Argilla
{
    private const string Question = "label";

    /// <summary>Stands for nobody: Argilla wants a user of every response.</summary>
    private static readonly string Nobody = Guid.Empty.ToString();

    /// <summary>Writes one record.</summary>
    public static void Write(Utf8JsonWriter json, ExchangedRow row, bool isNumber)
    {
        json.WriteStartObject();
        json.WriteString("id", row.PredictionId);
        json.WriteStartObject("fields");
        foreach (var (name, value) in row.Features)
        {
            // Fields are texts there.
            if (ExchangedValues.TextOf(value) is { } text)
                json.WriteString(name, text);
            else
                json.WriteNull(name);
        }

        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("model_version", row.Version);
        if (row.Score is { } score)
            json.WriteNumber("score", score);
        if (row.Label is not null && row.LabelTime is { } time)
            json.WriteString("label_time", time);
        json.WriteEndObject();
        json.WriteStartObject("vectors");
        json.WriteEndObject();
        json.WriteStartArray("suggestions");
        if (row.Answer.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("question_name", Question);
            WriteValue(json, row.Answer, isNumber);
            if (row.Score is { } sure)
                json.WriteNumber("score", sure);
            json.WriteString("agent", row.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("responses");
        if (row.Label is { } label)
        {
            json.WriteStartArray(Question);
            json.WriteStartObject();
            WriteValue(json, label, isNumber);
            json.WriteString("user_id", Nobody);
            json.WriteString("status", "submitted");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads records; only responses that were submitted count.</summary>
    public static ImportedFile Read(JsonElement root)
    {
        var file = new ImportedFile();
        var records = root.Of("records").ValueKind == JsonValueKind.Array ? root.Of("records") : root;
        if (records.ValueKind != JsonValueKind.Array)
        {
            file.Refuse(0, "", "The file is not a list of records.");
            return file;
        }

        var index = 0;
        foreach (var record in records.EnumerateArray())
        {
            var responses = record.Of("responses").Of(Question);
            if (ExchangedValues.TextOf(record.Of("id")) is not { Length: > 0 } id)
                file.Refuse(index, "id", "The record does not say which prediction it is of.");
            else if (responses.ValueKind == JsonValueKind.Array && responses.GetArrayLength() > 0)
                ReadResponses(file, index, id, (record, responses));
            else
                file.Skipped++;
            index++;
        }

        return file;
    }

    private static void ReadResponses(ImportedFile file, int index, string id, (JsonElement Record, JsonElement Responses) of)
    {
        var at = 0;
        foreach (var response in of.Responses.EnumerateArray())
        {
            var field = FormattableString.Invariant($"responses.{Question}[{at++}]");
            if (ExchangedValues.TextOf(response.Of("status")) is not (null or "submitted"))
            {
                file.Skipped++;
            }
            else if (ExchangedValues.TextOf(response.Of("value")) is { } value)
            {
                var who = ExchangedValues.TextOf(response.Of("user_id")) ?? "";
                var time =
                    ExchangedValues.TimeOf(response.Of("updated_at"))
                    ?? ExchangedValues.TimeOf(response.Of("inserted_at"))
                    ?? ExchangedValues.TimeOf(of.Record.Of("updated_at"));
                file.Answers.Add(new ImportedAnswer(index, id, value, who == Nobody ? "" : Problems.Shorten(who, 128), time));
            }
            else
            {
                file.Refuse(index, $"{field}.value", "No single value is in it.");
            }
        }
    }

    private static void WriteValue(Utf8JsonWriter json, string value, bool isNumber)
    {
        json.WritePropertyName("value");
        if (isNumber)
            json.WriteRawValue(value);
        else
            json.WriteStringValue(value);
    }
}
