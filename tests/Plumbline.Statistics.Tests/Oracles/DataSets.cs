using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plumbline.Statistics.Tests.Oracles;

/// <summary>
/// Finds the labelled data sets and the values that other software computed on them; tests are skipped where they are absent.
/// </summary>
internal static class DataSets
{
    private static readonly string? Folder = Find();
    private static readonly ConcurrentDictionary<(string Folder, string Set, string File), Table> Tables = new();

    public static string Require()
    {
        if (Folder is null)
            Assert.Skip("data sets not found: set PLUMBLINE_DATASETS to their folder");
        return Folder!;
    }

    public static JsonObject Oracle(string name)
    {
        var path = Path.Combine(Require(), "..", "oracles", name);
        if (!File.Exists(path))
            Assert.Skip($"oracle {name} not found beside the data sets");
        return JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true })!.AsObject();
    }

    public static JsonObject Roles(string set) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Require(), "datasets.json")))![set]!.AsObject();

    /// <summary>Read once per test run: parsing is dearer than most of what is computed from it.</summary>
    public static Table Read(string set, string file) =>
        Tables.GetOrAdd((Require(), set, file), static key => Load(key.Folder, key.Set, key.File));

    private static Table Load(string folder, string set, string file)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(folder, set, file)), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return Table.Parse(reader.ReadToEnd());
    }

    /// <summary>The current rows with the column of delayed ground truth joined in by id where it comes apart.</summary>
    public static Table ReadCurrent(string set)
    {
        var roles = Roles(set);
        var table = Read(set, (string)roles["current"]!);
        if (roles["labels"] is null)
            return table;
        var labels = Read(set, (string)roles["labels"]!);
        var join = (string)roles["join"]!;
        var target = (string)roles["target"]!;
        if (table.Columns.ContainsKey(target))
            return table;
        var values = labels
            .Text(join)
            .Zip(labels.Text(target))
            .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        table.Columns[target] = [.. table.Text(join).Select(id => values[id])];
        return table;
    }

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("PLUMBLINE_DATASETS");
        if (!string.IsNullOrEmpty(named))
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}

internal sealed class Table
{
    public ConcurrentDictionary<string, string[]> Columns { get; } = new ConcurrentDictionary<string, string[]>(StringComparer.Ordinal);

    public int Rows { get; private set; }

    public static Table Parse(string text)
    {
        var table = new Table();
        var rows = Records(text).ToList();
        table.Rows = rows.Count - 1;
        for (var c = 0; c < rows[0].Count; c++)
            table.Columns[rows[0][c]] = [.. rows.Skip(1).Select(r => r[c])];
        return table;
    }

    public string[] Text(string column) => Columns[column];

    public double[] Numbers(string column) =>
        [.. Columns[column].Select(v => v.Length == 0 ? double.NaN : double.Parse(v, CultureInfo.InvariantCulture))];

    private static IEnumerable<List<string>> Records(string text)
    {
        var record = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && (c == ',' || c == '\n'))
            {
                record.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    yield return record;
                    record = [];
                }
            }
            else if (quoted || c != '\r')
            {
                field.Append(c);
            }
        }

        if (record.Count > 0 || field.Length > 0)
        {
            record.Add(field.ToString());
            yield return record;
        }
    }
}
