using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using Plumbline.Statistics;

namespace Plumbline.Bench.Report;

/// <summary>The same rows as CSV and as Parquet: 20 numeric and 10 categorical columns, some of which drift.</summary>
internal static class ReportFiles
{
    private const int Numeric = 20;
    private const int Categorical = 10;

    /// <param name="path">Without an extension.</param>
    /// <param name="rows">Rows of the file.</param>
    /// <param name="seed">Of the values.</param>
    /// <param name="shift">How far every fourth numeric and every third categorical column moves; 0 for a reference.</param>
    public static async Task WriteAsync(string path, int rows, ulong seed, double shift)
    {
        var random = new RandomSource(seed);
        var numbers = Enumerable.Range(0, Numeric).Select(column => Numbers(random, rows, column, shift)).ToArray();
        var texts = Enumerable.Range(0, Categorical).Select(column => Texts(random, rows, column, shift)).ToArray();
        await WriteCsvAsync($"{path}.csv", rows, numbers, texts);
        await WriteParquetAsync($"{path}.parquet", numbers, texts);
    }

    private static double?[] Numbers(RandomSource random, int rows, int column, double shift)
    {
        var moved = column % 4 == 0 ? shift * column / 20 : 0;
        var values = new double?[rows];
        for (var i = 0; i < rows; i++)
            values[i] = random.NextDouble() < 0.02 ? null : Math.Round((random.NextGaussian() + moved) * (column + 1) + 10 * column, 4);
        return values;
    }

    private static string[] Texts(RandomSource random, int rows, int column, double shift)
    {
        var categories = 3 + 5 * column;
        var power = column % 3 == 0 ? 1 + shift : 1;
        var values = new string[rows];
        for (var i = 0; i < rows; i++)
            values[i] = $"category {(int)(Math.Pow(random.NextDouble(), power) * categories)}";
        return values;
    }

    private static async Task WriteCsvAsync(string path, int rows, double?[][] numbers, string[][] texts)
    {
        await using var file = new StreamWriter(path);
        await file.WriteLineAsync(string.Join(',', Names()));
        var line = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            line.Clear();
            foreach (var column in numbers)
                line.Append(CultureInfo.InvariantCulture, $"{column[row]},");
            line.AppendJoin(',', texts.Select(column => column[row]));
            await file.WriteLineAsync(line);
        }
    }

    private static async Task WriteParquetAsync(string path, double?[][] numbers, string[][] texts)
    {
        var fields = Names()
            .Select((name, i) => i < Numeric ? (DataField)new DataField<double?>(name) : new DataField<string>(name))
            .ToArray();
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file);
        using var group = writer.CreateRowGroup();
        for (var i = 0; i < Numeric; i++)
            await group.WriteAsync<double>(fields[i], numbers[i]);
        for (var i = 0; i < Categorical; i++)
            await group.WriteAsync(fields[Numeric + i], texts[i]);
        group.CompleteValidate();
    }

    private static IEnumerable<string> Names() =>
        Enumerable.Range(0, Numeric).Select(i => $"num_{i}").Concat(Enumerable.Range(0, Categorical).Select(i => $"cat_{i}"));
}
