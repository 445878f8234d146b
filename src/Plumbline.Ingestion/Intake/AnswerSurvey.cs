using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Plumbline.Events;
using Plumbline.Registry.Models;

namespace Plumbline.Ingestion.Intake;

/// <summary>
/// Looks at the beginning of a body of predictions, before anything is decoded, for what tells the task of a model that nobody declared:
/// decoding already depends on it. The body is not consumed.
/// </summary>
internal sealed class AnswerSurvey
{
    /// <summary>How much of a body is looked at, after decompression.</summary>
    public const int Bytes = 64 * 1024;

    private readonly HashSet<string> _classes = new(StringComparer.Ordinal);
    private long _answers;
    private long _numbers;
    private long _wholeNumbers;
    private bool _hasScore;
    private int _probabilities;

    private AnswerEvidence Evidence =>
        new()
        {
            Classes = _classes,
            Answers = _answers,
            AreAll = false,
            AreNumbers = _numbers == _answers,
            AreWhole = _wholeNumbers == _answers,
            HasScore = _hasScore,
            Probabilities = _probabilities,
        };

    /// <summary>Waits for the beginning of the body and reads its answers, as far as it is JSON.</summary>
    public static async ValueTask<AnswerEvidence> PeekAsync(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var (enough, isAll) = (read.Buffer.Length >= Bytes, read.IsCompleted);
            var survey = new AnswerSurvey();
            if (enough || isAll)
                survey.Read(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Bytes)), isAll && read.Buffer.Length <= Bytes);
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (enough || isAll)
                return survey.Evidence;
        }
    }

    private void Read(ReadOnlySequence<byte> bytes, bool isAll)
    {
        if (bytes.Length >= 3 && bytes.Slice(0, 3).ToArray().AsSpan().SequenceEqual("\uFEFF"u8))
            bytes = bytes.Slice(3);
        // One value after the other, so that an object per line reads like an array.
        var state = new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true });
        var json = new Utf8JsonReader(bytes, isAll, state);
        try
        {
            ReadRows(ref json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON from here on, or text that is not UTF-8: the decoder says so, and what came before tells the task.
        }
    }

    private void ReadRows(ref Utf8JsonReader json)
    {
        if (!json.Read())
            return;
        var depth = json.TokenType == JsonTokenType.StartArray ? 2 : 1;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == depth && !ReadField(ref json))
                return;
        }
    }

    // False where the beginning ends within the field.
    private bool ReadField(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("prediction"u8))
            return json.Read() && AddAnswer(ref json);
        if (json.ValueTextEquals("score"u8))
        {
            var there = json.Read();
            _hasScore |= there && json.TokenType == JsonTokenType.Number;
            return there;
        }

        if (json.ValueTextEquals("probabilities"u8))
            return json.Read() && CountProbabilities(ref json);
        return json.Read() && json.TrySkip();
    }

    private bool AddAnswer(ref Utf8JsonReader json)
    {
        var written = json.TokenType switch
        {
            JsonTokenType.String => json.GetString()!,
            JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(
                json.HasValueSequence ? json.ValueSequence.ToArray() : json.ValueSpan
            ),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => "",
        };
        var name = ClassNames.Canonical(written, ClassForm.AsWritten);
        if (name.Length == 0)
            return json.TrySkip();
        _answers++;
        if (_classes.Count <= ModelLimits.MaxClasses)
            _classes.Add(name);
        if (json.TokenType == JsonTokenType.Number)
        {
            _numbers++;
            if (json.GetDouble() is var number && number == Math.Floor(number))
                _wholeNumbers++;
        }

        return true;
    }

    private bool CountProbabilities(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return json.TrySkip();
        var count = 0;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.EndObject)
            {
                _probabilities = Math.Max(_probabilities, count);
                return true;
            }

            if (json.TokenType == JsonTokenType.PropertyName)
                count++;
            else if (!json.TrySkip())
                return false;
        }

        return false;
    }
}
