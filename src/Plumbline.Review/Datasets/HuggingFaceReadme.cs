using System.Globalization;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Models;

namespace Plumbline.Review.Datasets;

/// <summary>The README of a Hugging Face data set: front matter that its library reads, and the card in words.</summary>
internal static class HuggingFaceReadme
{
    public static string FileOf(string split) => $"data/{split}-00000-of-00001.parquet";

    public static string Of(ModelDefinition model, DatasetVersion version, IReadOnlyList<CardColumn> columns)
    {
        var card = version.Card!;
        var text = new StringBuilder("---\nconfigs:\n  - config_name: default\n    data_files:\n");
        foreach (var split in card.Splits.Keys)
            text.Append(CultureInfo.InvariantCulture, $"      - {{split: {split}, path: \"{FileOf(split)}\"}}\n");
        text.Append("dataset_info:\n  features:\n");
        // A text of JSON is one of YAML too.
        foreach (var column in columns)
            text.Append(CultureInfo.InvariantCulture, $"    - {{name: {Quoted(column.Name)}, dtype: \"{TypeOf(column.Type)}\"}}\n");
        text.Append("  splits:\n");
        foreach (var (split, rows) in card.Splits)
            text.Append(CultureInfo.InvariantCulture, $"    - {{name: {split}, num_examples: {rows}}}\n");
        text.Append("---\n\n");
        text.Append(CultureInfo.InvariantCulture, $"# {model.Name}: {version.Name}, version {version.Number}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{card.Rows} rows, {card.Labelled} with a label; content {version.ContentHash}.\n\n");
        text.Append("| part | rows |\n|---|---|\n");
        foreach (var part in card.Parts)
            text.Append(CultureInfo.InvariantCulture, $"| {part.Name} | {part.Rows} |\n");
        text.Append("\nsample_weight says how many predictions of its own part a row stands for; between parts it compares nothing.\n");
        if (card.Columns.Count > columns.Count)
            text.Append(CultureInfo.InvariantCulture, $"\n{card.Columns.Count - columns.Count} private columns are left out.\n");
        return text.ToString();
    }

    private static string TypeOf(string kind) =>
        kind switch
        {
            "number" => "float64",
            "boolean" => "bool",
            "time" => "timestamp[us, tz=UTC]",
            _ => "string",
        };

    private static string Quoted(string name) => JsonSerializer.Serialize(name);
}
