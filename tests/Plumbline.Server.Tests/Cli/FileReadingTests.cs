using System.Text;
using System.Text.Json;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli;

/// <summary>From a written value to the JSON that is sent: what stays text, what becomes a number, a missing value, a time.</summary>
public sealed class FileReadingTests
{
    [Theory]
    [InlineData("numeric", "1", "2.5", "-3e2")]
    [InlineData("categorical", "00123", "00456", "07")]
    [InlineData("categorical", "10%", "20%", "10%")]
    [InlineData("boolean", "True", "False", "True")]
    [InlineData("numeric", "0", "1", "1")]
    [InlineData("categorical", "red", "green", "red")]
    public void Types_are_inferred_from_all_values(string expected, params string[] values)
    {
        var survey = new ColumnSurvey();
        foreach (var value in values)
            survey.Add(new Cell(CellKind.Untyped, value), value, 2);
        Assert.Equal(expected, $"{survey.InferType()}".ToLowerInvariant());
    }

    [Fact]
    public void A_few_strays_leave_a_number_column_numeric_and_are_remembered()
    {
        var survey = new ColumnSurvey();
        for (var line = 2; line < 502; line++)
        {
            var text = line == 77 ? "unknown" : "1.5";
            survey.Add(new Cell(CellKind.Untyped, text), text, line);
        }

        Assert.Equal("numeric", $"{survey.InferType()}".ToLowerInvariant());
        Assert.Equal(("unknown", 77, 1), (survey.FirstNonNumber, survey.FirstNonNumberLine, survey.NonNumbers));
    }

    [Fact]
    public void Digits_that_JSON_writes_as_text_stay_text()
    {
        var survey = new ColumnSurvey();
        survey.Add(new Cell(CellKind.Text, "12"), "12", 1);
        Assert.Equal("categorical", $"{survey.InferType()}".ToLowerInvariant());
    }

    [Fact]
    public void Long_or_ever_new_texts_are_text()
    {
        var sentences = new ColumnSurvey();
        sentences.Add(
            new Cell(CellKind.Untyped, "I am late, so call you tomorrow morning."),
            "I am late, so call you tomorrow morning.",
            2
        );
        Assert.Equal("text", $"{sentences.InferType()}".ToLowerInvariant());
        var names = new ColumnSurvey();
        for (var i = 0; i < 1_100; i++)
            names.Add(new Cell(CellKind.Untyped, $"user-{i}"), $"user-{i}", i);
        Assert.Equal("text", $"{names.InferType()}".ToLowerInvariant());
    }

    [Theory]
    [InlineData("2018-10-30 18:08:43.152", "2018-10-30T18:08:43.152Z")]
    [InlineData("2016-10-01", "2016-10-01T00:00:00.000Z")]
    [InlineData("2026-03-01T08:15:02+02:00", "2026-03-01T06:15:02.000Z")]
    [InlineData("1770000000", "2026-02-02T02:40:00.000Z")]
    [InlineData("1770000000123", "2026-02-02T02:40:00.123Z")]
    [InlineData("20180101", "2018-01-01T00:00:00.000Z")]
    public void Times_are_read_as_written_and_without_a_zone_as_UTC(string written, string expected)
    {
        Assert.True(WrittenTime.TryParse(written, out var time));
        Assert.Equal(expected, WrittenTime.Format(time));
    }

    [Theory]
    [InlineData("03/04/2018")]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1e300")]
    [InlineData("2018-13-01")]
    public void Times_that_could_mean_two_things_or_nothing_are_refused(string written) =>
        Assert.False(WrittenTime.TryParse(written, out _));

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("-1.00", "-1")]
    [InlineData("True", "true")]
    [InlineData("1.5", "1.5")]
    [InlineData("v1.0", "v1.0")]
    [InlineData("spam", "spam")]
    public void A_class_is_one_text_whatever_tool_wrote_it(string written, string expected) =>
        Assert.Equal(expected, ValueReading.ClassOf(written));

    [Fact]
    public void A_row_becomes_the_JSON_of_the_API()
    {
        using var rows = new CsvRows(
            new StringReader("id,t,code,amount,new,empty,p,s\n7,2026-01-31,00123,12.50,True,,1.0,0.25\n"),
            ',',
            "x.csv"
        );
        Assert.True(rows.Read());
        var settings = Settings(
            new ColumnRoles
            {
                Id = "id",
                Timestamp = "t",
                Prediction = "p",
                Score = "s",
            }
        );
        var json = new RowJson(
            rows,
            settings,
            new ValueReading([]),
            "binary",
            [("code", "categorical"), ("amount", "numeric"), ("new", "boolean"), ("empty", "numeric")]
        );
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        json.WritePrediction(output, json.IdOf(null), json.TimeOf(0, out _)!.Value);
        Assert.Equal(
            """{"prediction_id":"7","timestamp":"2026-01-31T00:00:00.000Z","version":"v9","features":{"code":"00123","amount":12.5,"new":true,"empty":null},"prediction":"1","score":0.25}"""
                + "\n",
            Encoding.UTF8.GetString(output.WrittenSpan)
        );
    }

    [Fact]
    public void A_wrong_value_goes_to_the_server_as_it_stands_so_that_it_is_counted_there()
    {
        using var rows = new CsvRows(new StringReader("t,amount,s\n2026-01-31,unknown,high\n"), ',', "x.csv");
        Assert.True(rows.Read());
        var json = new RowJson(
            rows,
            Settings(new ColumnRoles { Timestamp = "t", Score = "s" }),
            new ValueReading([]),
            "binary",
            [("amount", "numeric")]
        );
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        json.WritePrediction(output, "x", json.TimeOf(0, out _)!.Value);
        using var sent = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal("unknown", sent.RootElement.GetProperty("features").GetProperty("amount").GetString());
        Assert.Equal("high", sent.RootElement.GetProperty("score").GetString());
    }

    [Fact]
    public void Made_ids_are_the_same_for_the_same_rows_and_differ_between_equal_rows_of_one_file()
    {
        string[] Ids(string text)
        {
            using var rows = new CsvRows(new StringReader(text), ',', "x.csv");
            var json = new RowJson(rows, Settings(new ColumnRoles { Timestamp = "t" }), new ValueReading([]), "binary", []);
            var ids = new List<string>();
            while (rows.Read())
                ids.Add(json.IdOf(json.TimeOf(0, out _)));
            return [.. ids];
        }

        var first = Ids("t,a\n2026-01-01,1\n2026-01-01,1\n");
        var grown = Ids("t,a\n2026-01-01,1\n2026-01-01,1\n2026-01-02,9\n");
        Assert.Equal(2, first.Distinct().Count());
        Assert.Equal(first, grown[..2]);
        Assert.NotEqual(first[0], Ids("t,a\n2026-01-01,2\n")[0]);
    }

    [Fact]
    public void NDJSON_keeps_its_types_flattens_objects_and_names_a_broken_line()
    {
        using var rows = new NdjsonRows(
            new MemoryStream("{\"a\":1,\"user\":{\"country\":\"FR\"}}\n\n{\"a\":\n{\"b\":false,\"a\":null}\n"u8.ToArray()),
            "x.ndjson"
        );
        Assert.True(rows.Read());
        Assert.Equal(["a", "user.country"], rows.Columns);
        Assert.Equal(new Cell(CellKind.Number, "1"), rows[0]);
        Assert.True(rows.Read());
        Assert.Equal(3, rows.Line);
        Assert.Contains("not valid JSON", rows.Fault, StringComparison.Ordinal);
        Assert.True(rows.Read());
        Assert.Equal([CellKind.Missing, CellKind.Missing, CellKind.Boolean], [rows[0].Kind, rows[1].Kind, rows[rows.IndexOf("b")].Kind]);
        Assert.False(rows.Read());
    }

    [Fact]
    public void A_JSON_array_is_refused_with_what_is_expected()
    {
        using var rows = new NdjsonRows(new MemoryStream("[{\"a\":1}]"u8.ToArray()), "x.json");
        Assert.Contains(
            "one JSON object per line",
            Assert.Throws<CommandLineException>(() => rows.Read()).Message,
            StringComparison.Ordinal
        );
    }

    private static ImportSettings Settings(ColumnRoles columns) =>
        new()
        {
            Model = "m",
            Server = new Uri("http://localhost"),
            Columns = columns,
            Version = "v9",
        };
}
