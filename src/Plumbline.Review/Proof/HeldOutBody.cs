using System.Globalization;
using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Exchange;

namespace Plumbline.Review.Proof;

/// <summary>What a version answers to one row.</summary>
/// <param name="PredictionId">Of the row.</param>
/// <param name="Answer">The class; empty for a number.</param>
/// <param name="Number">The number; NaN for a class.</param>
internal readonly record struct HeldOutAnswer(string PredictionId, string Answer, double Number);

/// <summary>
/// Reads answers from a body: an object a line, or an array of them, each with <c>prediction_id</c> and <c>prediction</c>. Rows that cannot
/// be read are told by their index, and the others are kept.
/// </summary>
internal sealed class HeldOutBody
{
    /// <summary>Rows that are refused with a reason each; more are counted.</summary>
    private const int MostErrors = 50;

    private readonly ModelDefinition _model;
    private readonly Dictionary<string, HeldOutAnswer> _answers = new(StringComparer.Ordinal);
    private readonly List<FieldError> _errors = [];

    private HeldOutBody(ModelDefinition model) => _model = model;

    /// <summary>By prediction; the last row about one counts.</summary>
    public IReadOnlyCollection<HeldOutAnswer> Answers => _answers.Values;

    /// <summary>The first rows that could not be read.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>How many could not be read.</summary>
    public int Refused { get; private set; }

    public static HeldOutBody Read(ModelDefinition model, ReadOnlyMemory<byte> body)
    {
        var read = new HeldOutBody(model);
        if (body.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..])
            read.TakeArray(body);
        else
            JsonLines.Read(body.Span, read.Take, (index, reason) => read.Refuse(At(index), reason));
        return read;
    }

    private void TakeArray(ReadOnlyMemory<byte> body)
    {
        var index = 0;
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var row in document.RootElement.EnumerateArray())
                Take(index++, row);
        }
        catch (JsonException error)
        {
            Refuse(At(index), $"The body is no JSON from here on: {Problems.Shorten(error.Message, 200)}");
        }
    }

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"[{index}]");

    private void Take(int index, JsonElement row)
    {
        var at = At(index);
        if (row.ValueKind != JsonValueKind.Object)
        {
            Refuse(at, "A row is an object with prediction_id and prediction.");
        }
        else if (
            !row.TryGetProperty("prediction_id", out var id)
            || id.ValueKind != JsonValueKind.String
            || id.GetString() is not { Length: > 0 } text
        )
        {
            Refuse(at + ".prediction_id", "It is missing, or no text: it is that of a row of the data set's test split.");
        }
        else if (!row.TryGetProperty("prediction", out var prediction))
        {
            Refuse(at + ".prediction", "It is missing.");
        }
        else if (_model.Task == ModelTask.Regression)
        {
            if (prediction.ValueKind == JsonValueKind.Number && prediction.TryGetDouble(out var number) && double.IsFinite(number))
                _answers[text] = new HeldOutAnswer(text, "", number);
            else
                Refuse(at + ".prediction", "The model answers numbers.");
        }
        else
        {
            TakeClass(at, text, prediction);
        }
    }

    private void TakeClass(string at, string id, JsonElement prediction)
    {
        var answer = prediction.ValueKind switch
        {
            JsonValueKind.String => prediction.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => prediction.GetRawText(),
            _ => "",
        };
        if (answer.Length > 0 && _model.ClassOf(answer) is { } known && (_model.Classes.IsEmpty || _model.Classes.Contains(known)))
            _answers[id] = new HeldOutAnswer(id, known, double.NaN);
        else
            Refuse(at + ".prediction", $"'{Problems.Shorten(answer)}' is none of the model's classes.");
    }

    private void Refuse(string where, string reason)
    {
        Refused++;
        if (_errors.Count < MostErrors)
            _errors.Add(new FieldError(where, reason));
    }
}
