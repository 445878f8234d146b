using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Plumbline.Server.Tests.Cli.Report;

/// <summary>What columns of Parquet hold arrives in the report.</summary>
public sealed class ReportParquetTests : ReportFolder
{
    /// <summary>Each kind of column, with and without gaps, has as many values and gaps as were written, and the right ones.</summary>
    [Fact]
    public async Task Every_kind_of_parquet_column_is_read()
    {
        const int rows = 40;
        var every = Enumerable.Range(0, rows).ToArray();
        DateTime At(int row) => new(2026, 1, 1 + row % 5, 0, 0, 0, DateTimeKind.Utc);
        (DataField Field, Func<ParquetRowGroupWriter, DataField, Task> Write)[] columns =
        [
            (new DataField<int>("whole"), (group, field) => group.WriteAsync<int>(field, every)),
            (new DataField<long?>("whole_gaps"), (group, field) => group.WriteAsync<long>(field, Gaps(row => (long)row))),
            (new DataField<float>("single"), (group, field) => group.WriteAsync<float>(field, every.Select(row => row / 2f).ToArray())),
            (new DataField<bool>("flag"), (group, field) => group.WriteAsync<bool>(field, every.Select(row => row % 4 == 0).ToArray())),
            (new DataField<bool?>("flag_gaps"), (group, field) => group.WriteAsync<bool>(field, Gaps(row => row % 4 == 0))),
            (new DataField<DateTime?>("time_gaps"), (group, field) => group.WriteAsync<DateTime>(field, Gaps(At))),
            (
                new DataField<string>("text_gaps"),
                (group, field) => group.WriteAsync(field, every.Select(row => row % 3 == 0 ? null : $"k{row % 4}").ToArray()!)
            ),
        ];
        await using (var file = File.Create(Path.Combine(Folder, "kinds.parquet")))
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(columns.Select(column => column.Field)), file);
            // More than one part.
            for (var part = 0; part < 2; part++)
            {
                using var group = writer.CreateRowGroup();
                foreach (var (field, write) in columns)
                    await write(group, field);
                group.CompleteValidate();
            }
        }

        var report = await JsonAsync("kinds.parquet", "kinds.parquet");
        foreach (var (field, _) in columns)
        {
            var facts = Column(report, field.Name).GetProperty("current");
            Assert.Equal(
                field.Name.EndsWith("gaps", StringComparison.Ordinal) ? 2 * every.Count(row => row % 3 == 0) : 0,
                facts.GetProperty("missing").GetInt64()
            );
        }

        var whole = Column(report, "whole_gaps").GetProperty("current").GetProperty("numbers");
        Assert.Equal(every.Where(row => row % 3 != 0).Average(), Number(whole, "mean"), 9);
        Assert.Equal(every.Average() / 2, Number(Column(report, "single").GetProperty("current").GetProperty("numbers"), "mean"), 9);
        Assert.Equal(2 * every.Count(row => row % 4 == 0), Counted("flag", "true"));
        Assert.Equal(2 * every.Count(row => row % 3 != 0 && row % 4 == 0), Counted("flag_gaps", "true"));
        Assert.Equal(2 * every.Count(row => row % 3 != 0 && row % 4 == 1), Counted("text_gaps", "k1"));
        Assert.Equal(5, Column(report, "time_gaps").GetProperty("current").GetProperty("unique").GetInt64());
        T?[] Gaps<T>(Func<int, T> of)
            where T : struct => [.. every.Select(row => row % 3 == 0 ? (T?)null : of(row))];
        long Counted(string column, string category) => CountOf(Column(report, column), category);
    }

    private static long CountOf(JsonElement column, string category) =>
        column
            .GetProperty("categories")
            .GetProperty("top")
            .EnumerateArray()
            .Single(row => row.GetProperty("category").GetString() == category)
            .GetProperty("current")
            .GetInt64();
}
