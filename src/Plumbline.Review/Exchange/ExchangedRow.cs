using System.Text.Json;

namespace Plumbline.Review.Exchange;

/// <summary>A prediction on its way to a tool of annotators.</summary>
/// <param name="PredictionId">Its id, which comes back with the answer.</param>
/// <param name="Version">Version of the model that answered.</param>
/// <param name="Answer">What it answered, as text; empty for nothing.</param>
/// <param name="Score">The model's score; null for none.</param>
/// <param name="Label">What is known to be true, as text; null for nothing.</param>
/// <param name="LabelTime">When that was said, RFC 3339; null where it is not known.</param>
/// <param name="Features">Names and values; null for missing ones.</param>
internal sealed record ExchangedRow(
    string PredictionId,
    string Version,
    string Answer,
    double? Score,
    string? Label,
    string? LabelTime,
    IReadOnlyList<(string Name, JsonElement Value)> Features
);

/// <summary>An answer of a file.</summary>
/// <param name="Index">Which entry of the file it is in, from 0.</param>
/// <param name="PredictionId">Of which prediction.</param>
/// <param name="Value">The class, or the number as text.</param>
/// <param name="Annotator">Who answered; empty where the file does not say.</param>
/// <param name="At">When; null where the file does not say.</param>
/// <param name="Sure">How sure, 0..1; null where the file does not say.</param>
/// <param name="IsPreferred">Whether somebody marked it as the one that counts.</param>
internal sealed record ImportedAnswer(
    int Index,
    string PredictionId,
    string Value,
    string Annotator = "",
    DateTimeOffset? At = null,
    double? Sure = null,
    bool IsPreferred = false
);

/// <summary>An entry of a file that cannot be taken.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Field">What of it.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record ImportError(int Index, string Field, string Reason);

/// <summary>What was read of a file.</summary>
internal sealed record ImportedFile
{
    public List<ImportedAnswer> Answers { get; } = [];

    public List<ImportError> Errors { get; } = [];

    /// <summary>Entries without an answer, and answers that their annotators took back or have not sent.</summary>
    public int Skipped { get; set; }

    public void Refuse(int index, string field, string reason) => Errors.Add(new ImportError(index, field, reason));
}

/// <summary>Values of files as text.</summary>
internal static class ExchangedValues
{
    /// <summary>A text, a number, true or false, or a list of one of them; null for anything else.</summary>
    public static string? TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Array when value.GetArrayLength() == 1 => TextOf(value[0]),
            _ => null,
        };

    /// <summary>The property of an object; undefined where there is none, or no object.</summary>
    public static JsonElement Of(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A time; null where there is none.</summary>
    public static DateTimeOffset? TimeOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(
            value.GetString(),
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;
}
