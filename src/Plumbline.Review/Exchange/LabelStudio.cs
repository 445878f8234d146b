using System.Security;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Exchange;

/// <summary>Tasks of Label Studio as JSON: what the model answered is a prediction, what is known to be true an annotation.</summary>
internal static class LabelStudio
{
    private const string Id = "plumbline_prediction_id";
    private const string Control = "label";
    private const string Shown = "input0";

    // What the controls call their value.
    private static readonly string[] Values = ["choices", "number", "text", "rating"];

    /// <summary>The labelling configuration that the tasks fit.</summary>
    public static string Configuration(ModelDefinition model, IEnumerable<string> features)
    {
        var text = new StringBuilder("<View>\n");
        List<string> names = [.. features.DefaultIfEmpty(Id)];
        for (var i = 0; i < names.Count; i++)
        {
            var name = SecurityElement.Escape(names[i]);
            text.Append(FormattableString.Invariant($"  <Header value=\"{name}\"/>\n  <Text name=\"input{i}\" value=\"${name}\"/>\n"));
        }

        if (model.Task == ModelTask.Regression)
        {
            text.Append($"  <Number name=\"{Control}\" toName=\"{Shown}\"/>\n");
        }
        else
        {
            text.Append($"  <Choices name=\"{Control}\" toName=\"{Shown}\" choice=\"single\">\n");
            foreach (var one in model.Classes)
                text.Append($"    <Choice value=\"{SecurityElement.Escape(one)}\"/>\n");
            text.Append("  </Choices>\n");
        }

        return text.Append("</View>\n").ToString();
    }

    /// <summary>Writes one task.</summary>
    public static void Write(Utf8JsonWriter json, ExchangedRow row, bool isNumber)
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        foreach (var (name, value) in row.Features)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteString(Id, row.PredictionId);
        json.WriteEndObject();
        json.WriteStartArray("predictions");
        if (row.Answer.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("model_version", row.Version);
            if (row.Score is { } score)
                json.WriteNumber("score", score);
            WriteResult(json, row.Answer, isNumber);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("annotations");
        if (row.Label is { } label)
        {
            json.WriteStartObject();
            json.WriteBoolean("was_cancelled", false);
            json.WriteBoolean("ground_truth", false);
            if (row.LabelTime is { } time)
                json.WriteString("created_at", time);
            WriteResult(json, label, isNumber);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what Label Studio exports: tasks with annotations, or its smaller form with the label beside the data.</summary>
    public static ImportedFile Read(JsonElement root)
    {
        var file = new ImportedFile();
        if (root.ValueKind != JsonValueKind.Array)
        {
            file.Refuse(0, "", "The file is not a list of tasks.");
            return file;
        }

        var index = 0;
        foreach (var task in root.EnumerateArray())
        {
            var data = task.Of("data").ValueKind == JsonValueKind.Object ? task.Of("data") : task;
            if (ExchangedValues.TextOf(data.Of(Id)) is not { Length: > 0 } id)
                file.Refuse(index, $"data.{Id}", "The task does not say which prediction it is of.");
            else if (task.Of("annotations").ValueKind == JsonValueKind.Array)
                ReadAnnotations(file, index, id, task.Of("annotations"));
            else if (task.Of(Control).ValueKind != JsonValueKind.Undefined)
                Add(file, index, Control, task.Of(Control), new ImportedAnswer(index, id, "", Who(task.Of("annotator")), Time(task)));
            else
                file.Skipped++;
            index++;
        }

        return file;
    }

    private static void ReadAnnotations(ImportedFile file, int index, string id, JsonElement annotations)
    {
        var at = 0;
        foreach (var annotation in annotations.EnumerateArray())
        {
            var field = FormattableString.Invariant($"annotations[{at++}]");
            var results = annotation.Of("result");
            if (
                annotation.Of("was_cancelled").ValueKind == JsonValueKind.True
                || results.ValueKind != JsonValueKind.Array
                || results.GetArrayLength() == 0
            )
            {
                file.Skipped++;
                continue;
            }

            var found = results.EnumerateArray().FirstOrDefault(one => ExchangedValues.TextOf(one.Of("from_name")) == Control);
            var value = found.Of("value");
            var said = Values.Select(name => value.Of(name)).FirstOrDefault(one => one.ValueKind != default);
            var answer = new ImportedAnswer(
                index,
                id,
                "",
                Who(annotation.Of("completed_by")),
                Time(annotation),
                IsPreferred: annotation.Of("ground_truth").ValueKind == JsonValueKind.True
            );
            Add(file, index, $"{field}.result", said, answer);
        }

        if (at == 0)
            file.Skipped++;
    }

    private static void Add(ImportedFile file, int index, string field, JsonElement said, ImportedAnswer answer)
    {
        if (ExchangedValues.TextOf(said) is { } value)
            file.Answers.Add(answer with { Value = value });
        else
            file.Refuse(index, field, $"No single value of the control '{Control}' is in it.");
    }

    private static DateTimeOffset? Time(JsonElement annotation) =>
        ExchangedValues.TimeOf(annotation.Of("updated_at")) ?? ExchangedValues.TimeOf(annotation.Of("created_at"));

    // A number, or a person with an address.
    private static string Who(JsonElement person) =>
        Problems.Shorten(
            person.ValueKind == JsonValueKind.Object
                ? ExchangedValues.TextOf(person.Of("email")) ?? ExchangedValues.TextOf(person.Of("id")) ?? ""
                : ExchangedValues.TextOf(person) ?? "",
            128
        );

    private static void WriteResult(Utf8JsonWriter json, string value, bool isNumber)
    {
        json.WriteStartArray("result");
        json.WriteStartObject();
        json.WriteString("id", "r1");
        json.WriteString("from_name", Control);
        json.WriteString("to_name", Shown);
        json.WriteString("type", isNumber ? "number" : "choices");
        json.WriteStartObject("value");
        if (isNumber)
        {
            json.WritePropertyName("number");
            json.WriteRawValue(value);
        }
        else
        {
            json.WriteStartArray("choices");
            json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
