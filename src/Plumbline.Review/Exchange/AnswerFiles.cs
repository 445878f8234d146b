using System.Text.Json;

namespace Plumbline.Review.Exchange;

/// <summary>Files of answers in any of the formats that are read.</summary>
internal sealed class AnswerFiles(AnswerRows rows)
{
    public static IReadOnlyList<string?> Formats { get; } = ["label_studio", "argilla", "csv", "jsonl", "parquet"];

    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It should be JSON, and is not.</exception>
    public async Task<ImportedFile> ReadAsync(ReadOnlyMemory<byte> body, string format, CancellationToken cancellation)
    {
        if (format == "jsonl")
            return AnswerRows.ReadLines(body.Span);
        if (format is "csv" or "parquet")
            return await rows.ReadAsync(body, format, cancellation);
        using var document = JsonDocument.Parse(body);
        return format == "argilla" ? Argilla.Read(document.RootElement) : LabelStudio.Read(document.RootElement);
    }
}
