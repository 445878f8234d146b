using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Review.Exchange;

namespace Plumbline.Review.Datasets;

/// <summary>Versions of data sets in the layouts of other tools. Private columns are in none unless an administrator asked.</summary>
public sealed class DatasetExchange(DatasetFiles files, DatasetDownloads downloads)
{
    private static readonly DatasetFormat Parquet = DatasetFormat.Find("parquet")!;
    private static readonly DatasetFormat Lines = DatasetFormat.Find("jsonl")!;

    /// <summary>The rows of a split as tasks of Label Studio or records of Argilla; deleted by closing it.</summary>
    internal async Task<FileStream> AnnotationsAsync(
        ModelDefinition model,
        string path,
        IReadOnlyList<CardColumn> columns,
        bool isArgilla,
        CancellationToken cancellation
    )
    {
        await using var lines = await downloads.WriteAsync(path, columns, Lines, cancellation);
        using var reader = new StreamReader(lines, Encoding.UTF8);
        var output = downloads.NewFile(".json");
        await using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        var isNumber = model.Task == ModelTask.Regression;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var row = RowOf(document.RootElement, columns);
            if (isArgilla)
                Argilla.Write(json, row, isNumber);
            else
                LabelStudio.Write(json, row, isNumber);
            await json.FlushAsync(cancellation);
        }

        json.WriteEndArray();
        await json.FlushAsync(cancellation);
        output.Position = 0;
        return output;
    }

    /// <summary>The layout of a Hugging Face data set, zipped; deleted by closing it.</summary>
    internal async Task<FileStream> HuggingFaceAsync(
        ModelDefinition model,
        DatasetVersion version,
        IReadOnlyList<CardColumn> columns,
        CancellationToken cancellation
    )
    {
        var output = downloads.NewFile(".zip");
        await using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using (var readme = await zip.CreateEntry("README.md").OpenAsync(cancellation))
                await readme.WriteAsync(Encoding.UTF8.GetBytes(HuggingFaceReadme.Of(model, version, columns)), cancellation);
            foreach (var split in version.Card!.Splits.Keys)
            {
                var path = files.Find(model.Id, version.DatasetId, version.Number, split)!;
                await using var rows = await downloads.WriteAsync(path, columns, Parquet, cancellation);
                // Parquet is compressed already.
                await using var entry = await zip.CreateEntry(HuggingFaceReadme.FileOf(split), CompressionLevel.NoCompression)
                    .OpenAsync(cancellation);
                await rows.CopyToAsync(entry, cancellation);
            }
        }

        output.Position = 0;
        return output;
    }

    private static ExchangedRow RowOf(JsonElement row, IReadOnlyList<CardColumn> columns)
    {
        string Text(string name) => ExchangedValues.TextOf(row.Of(name)) ?? "";
        var label = Text("label");
        return new ExchangedRow(
            Text("prediction_id"),
            Text("model_version"),
            Text("prediction"),
            row.Of("score") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : null,
            label.Length == 0 ? null : label,
            Text("label_time") is { Length: > 0 } time ? time : null,
            [
                .. columns
                    .Where(column => column.Feature is not null && column.Name != "entity_id")
                    .Select(column => (column.Feature!, row.Of(column.Name).Clone())),
            ]
        );
    }
}
