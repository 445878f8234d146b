using System.Globalization;
using System.Text.Json;
using Plumbline.Registry;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Review.Exchange;

/// <summary>
/// Answers as rows: CSV, JSON lines or Parquet with <c>prediction_id</c> and <c>label</c> (or <c>value</c>), and if they are there
/// <c>label_time</c>, <c>annotator</c> and <c>sure</c>.
/// </summary>
internal sealed class AnswerRows(IColumnStore store, InstanceOptions instance)
{
    private const string Ending = ".answers";

    private static readonly Dictionary<string, string> Formats = new(StringComparer.Ordinal)
    {
        ["csv"] = "CSVWithNames",
        ["parquet"] = "Parquet",
    };

    private string Folder => Path.GetFullPath(Path.Combine(instance.DataDirectory, "uploads"));

    /// <summary>Reads JSON lines; a line that is none is an error of its own.</summary>
    public static ImportedFile ReadLines(ReadOnlySpan<byte> lines)
    {
        var file = new ImportedFile();
        JsonLines.Read(lines, (index, row) => Read(file, index, row), (index, reason) => file.Refuse(index, "", reason));
        return file;
    }

    /// <summary>Has the engine read CSV or Parquet.</summary>
    public async Task<ImportedFile> ReadAsync(ReadOnlyMemory<byte> body, string format, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        var input = Path.Combine(Folder, $"{Guid.CreateVersion7():N}{Ending}");
        var output = Path.ChangeExtension(input, ".lines" + Ending);
        try
        {
            await File.WriteAllBytesAsync(input, body, cancellation);
            await store.ExecuteAsync(
                new SqlStatement(
                    """
                    INSERT INTO FUNCTION file({output:String}, 'JSONEachRow') SELECT * FROM file({input:String}, {format:String})
                    SETTINGS max_threads = 1, input_format_csv_use_best_effort_in_schema_inference = 0, date_time_output_format = 'iso',
                        input_format_csv_allow_variable_number_of_columns = 1, input_format_csv_empty_as_default = 0,
                        output_format_json_quote_64bit_integers = 1
                    """,
                    new("output", output),
                    new("input", input),
                    new("format", Formats[format])
                ),
                cancellation
            );
            return File.Exists(output) ? ReadLines(await File.ReadAllBytesAsync(output, cancellation)) : new ImportedFile();
        }
        catch (EngineException error) when (error.Name is not ("MEMORY_LIMIT_EXCEEDED" or "NOT_ENOUGH_SPACE"))
        {
            var file = new ImportedFile();
            const string Before = "DB::Exception: ";
            var said = error.Message.Replace(input, "the file", StringComparison.Ordinal);
            said = said[(said.LastIndexOf(Before, StringComparison.Ordinal) is var at and >= 0 ? at + Before.Length : 0)..];
            file.Refuse(0, "", $"The file cannot be read as {format}: {Problems.Shorten(said, 300)}");
            return file;
        }
        finally
        {
            File.Delete(input);
            File.Delete(output);
        }
    }

    /// <summary>Deletes what a process that was ended left.</summary>
    public static void DeleteLeftOvers(InstanceOptions instance)
    {
        var folder = Path.GetFullPath(Path.Combine(instance.DataDirectory, "uploads"));
        if (!Directory.Exists(folder))
            return;
        foreach (var left in Directory.EnumerateFiles(folder, "*" + Ending))
            File.Delete(left);
    }

    private static void Read(ImportedFile file, int index, JsonElement row)
    {
        if (ExchangedValues.TextOf(row.Of("prediction_id")) is not { Length: > 0 } id)
        {
            file.Refuse(index, "prediction_id", "The row does not say which prediction it is of.");
            return;
        }

        var said = row.Of("label").ValueKind == JsonValueKind.Undefined ? row.Of("value") : row.Of("label");
        if (ExchangedValues.TextOf(said) is not { Length: > 0 } value)
        {
            if (said.ValueKind is JsonValueKind.Null or JsonValueKind.String)
                file.Skipped++;
            else
                file.Refuse(index, "label", "The row has no label: a column 'label' or 'value' is needed.");
            return;
        }

        var time = row.Of("label_time");
        var at = ExchangedValues.TimeOf(time);
        if (at is null && ExchangedValues.TextOf(time) is { Length: > 0 })
        {
            file.Refuse(index, "label_time", "Not a time such as 2026-03-01T00:00:00Z.");
            return;
        }

        double? sure = null;
        if (ExchangedValues.TextOf(row.Of("sure")) is { Length: > 0 } text)
        {
            // What is no number is refused with the other values that cannot be.
            sure = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        }

        var who = Problems.Shorten(ExchangedValues.TextOf(row.Of("annotator")) ?? "", 128);
        file.Answers.Add(new ImportedAnswer(index, id, value, who, at, sure));
    }
}
