using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli.Report;

/// <summary>`plumbline report`: real files through the command line; the numbers against sums made here from the rows.</summary>
public sealed class ReportTests : ReportFolder
{
    private sealed record Row(double? Amount, string Country, string Kind, int Truth, double Score);

    [Fact]
    public async Task Numbers_are_those_of_the_rows()
    {
        var (reference, current) = (Rows(800, 1, 0), Rows(700, 2, 1));
        var report = await JsonAsync(WriteCsv("reference.csv", reference), WriteCsv("current.csv", current));

        var amount = Column(report, "amount");
        var (old, now) = (Amounts(reference), Amounts(current));
        Assert.Equal(Wasserstein(old, now) / Deviation(old, old.Length), Drift(amount), 9);
        Assert.Equal(LargestGap(old, now), Other(amount, "Kolmogorov-Smirnov distance"), 12);
        var facts = amount.GetProperty("current");
        Assert.Equal(current.Count(row => row.Amount is null), facts.GetProperty("missing").GetInt64());
        Assert.Equal(now.Distinct().Count(), facts.GetProperty("unique").GetInt64());
        var numbers = facts.GetProperty("numbers");
        Assert.Equal(now.Average(), numbers.GetProperty("mean").GetDouble(), 9);
        Assert.Equal(Deviation(now, now.Length - 1), numbers.GetProperty("standard_deviation").GetDouble(), 9);
        Assert.Equal((now.Min(), now.Max()), (Number(numbers, "minimum"), Number(numbers, "maximum")));
        foreach (var side in new[] { "reference", "current" })
            Assert.Equal(1, amount.GetProperty("histogram").GetProperty(side).EnumerateArray().Sum(share => share.GetDouble()), 9);

        var country = Column(report, "country");
        Assert.Equal(JensenShannon(reference.Select(row => row.Country), current.Select(row => row.Country)), Drift(country), 9);
        var added = Assert.Single(country.GetProperty("categories").GetProperty("new").EnumerateArray());
        Assert.Equal("<b>&NEW", added.GetProperty("category").GetString());
        Assert.Equal(current.Count(row => row.Country == "<b>&NEW"), added.GetProperty("current").GetInt64());
        Assert.Equal("drifted", amount.GetProperty("status").GetString());
        Assert.Equal("stable", Column(report, "kind").GetProperty("status").GetString());
        Assert.Equal((800, 700), (Rows(report, "reference"), Rows(report, "current")));
    }

    [Fact]
    public async Task Predictions_are_compared_with_ground_truth()
    {
        var current = Rows(500, 3, 1);
        var report = await JsonAsync(
            WriteCsv("reference.csv", Rows(500, 4, 0)),
            WriteCsv("current.csv", current),
            "--target truth --prediction score"
        );
        var side = report.GetProperty("performance").GetProperty("current");
        int Rows2(int truth, bool said) => current.Count(row => row.Truth == truth && row.Score >= 0.5 == said);
        Assert.Equal(
            new long[] { Rows2(0, false), Rows2(0, true), Rows2(1, false), Rows2(1, true) },
            side.GetProperty("confusion").EnumerateArray().SelectMany(line => line.EnumerateArray().Select(cell => cell.GetInt64()))
        );
        Assert.Equal((Rows2(1, true) + Rows2(0, false)) / 500.0, Metric(side, "Accuracy"), 12);
        Assert.Equal(2.0 * Rows2(1, true) / (2 * Rows2(1, true) + Rows2(0, true) + Rows2(1, false)), Metric(side, "F1"), 12);
        Assert.Equal(Area(current), Metric(side, "ROC AUC"), 9);

        var amounts = current.Where(row => row.Amount is not null).Select(row => (True: row.Amount!.Value, Said: row.Score)).ToArray();
        report = await JsonAsync("reference.csv", "current.csv", "--target amount --prediction score");
        side = report.GetProperty("performance").GetProperty("current");
        Assert.Equal(amounts.Length, side.GetProperty("rows").GetInt64());
        Assert.Equal(amounts.Average(pair => Math.Abs(pair.True - pair.Said)), Metric(side, "MAE"), 9);
        Assert.Equal(Math.Sqrt(amounts.Average(pair => Math.Pow(pair.True - pair.Said, 2))), Metric(side, "RMSE"), 9);
    }

    [Fact]
    public async Task The_page_says_what_the_json_says_and_carries_no_markup_of_the_files()
    {
        WriteCsv("reference.csv", Rows(400, 5, 0));
        WriteCsv("current.csv", Rows(400, 6, 1));
        var report = await JsonAsync("reference.csv", "current.csv", "--title <script>alert(1)</script>");
        var page = await File.ReadAllTextAsync(Path.Combine(Folder, "report.html"), Ct);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>&NEW", page, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode("<b>&NEW"), page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (var column in report.GetProperty("columns").EnumerateArray())
        {
            var name = column.GetProperty("name").GetString();
            var section = page[page.IndexOf($"<h3>{name}</h3>", StringComparison.Ordinal)..];
            section = section[..section.IndexOf("</section>", StringComparison.Ordinal)];
            Assert.Contains($"<b>{Figures.Format(Drift(column))}</b>", section, StringComparison.Ordinal);
            if (column.GetProperty("current").TryGetProperty("numbers", out var numbers))
                Assert.Contains($">{Figures.Format(Number(numbers, "mean"))}</td></tr>", section, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Parquet_says_what_csv_says()
    {
        var (reference, current) = (Rows(300, 7, 0), Rows(300, 8, 1));
        WriteCsv("reference.csv", reference);
        WriteCsv("current.csv", current);
        await WriteParquetAsync("reference.parquet", reference);
        await WriteParquetAsync("current.parquet", current);
        const string options = "--target truth --prediction score --title same";
        var csv = await JsonAsync("reference.csv", "current.csv", options);
        var parquet = await JsonAsync("reference.parquet", "current.parquet", options);
        foreach (var part in new[] { "columns", "performance" })
            Assert.Equal(csv.GetProperty(part).GetRawText(), parquet.GetProperty(part).GetRawText());
    }

    [Fact]
    public async Task What_is_wrong_with_rows_and_columns_is_shown()
    {
        Write("a.csv", "x,was,gone,empty,kind\n1,1,a,,k\n2,2,b,,k\n\"3\",3,\"b\"\"q\nc\",,k\n4,4,c,,k\n");
        Write("b.csv", "x,was,late,empty,kind\n1,a,1,,\n2,b\n3,c,1,,,,\n4,d,1,,\n");
        var (code, output, error) = await RunAsync("report a.csv b.csv -o report.html --json report.json --fail-on-drift");
        Assert.Equal((int)ExitCode.Failure, code);
        Assert.Contains("b.csv:3 has 2 fields where the header names 5", error, StringComparison.Ordinal);
        Assert.Contains("b.csv:4 has 7 fields", error, StringComparison.Ordinal);
        Assert.Contains("missing now: gone", output, StringComparison.Ordinal);
        var report = await ReadJsonAsync();
        Assert.Equal((4, 2), (Rows(report, "reference"), Rows(report, "current")));
        Assert.Equal(2, report.GetProperty("current").GetProperty("broken_rows").GetInt64());
        Assert.Equal("late", Assert.Single(report.GetProperty("new_columns").EnumerateArray()).GetString());
        Assert.Equal("changed_type", Column(report, "was").GetProperty("status").GetString());
        Assert.Equal("no_values", Column(report, "kind").GetProperty("status").GetString());
        Assert.Equal("not_compared", Column(report, "empty").GetProperty("status").GetString());
        var page = await File.ReadAllTextAsync(Path.Combine(Folder, "report.html"), Ct);
        Assert.Contains("b.csv:3 has 2 fields", page, StringComparison.Ordinal);
        Assert.Contains("all values are missing in both files", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report nothing.csv a.csv -o o.html", "there is no file")]
    [InlineData("report empty.csv a.csv -o o.html", "empty.csv is empty: its first line must name the columns")]
    [InlineData("report header.csv a.csv -o o.html", "has columns but no rows")]
    [InlineData("report a.csv other.csv -o o.html", "have no column to compare in common: x, k against z")]
    [InlineData("report twice.csv a.csv -o o.html", "has two columns named 'x'")]
    [InlineData("report broken.csv a.csv -o o.html", "no row of broken.csv can be used: broken.csv:2 has 3 fields")]
    [InlineData("report latin.csv a.csv -o o.html", "latin.csv:2 has bytes that are not UTF-8")]
    [InlineData("report a.csv a.csv -o o.html --columns kk", "has no column 'kk' (--columns)")]
    [InlineData("report a.csv a.csv -o o.html --target x", "--target and --prediction need each other")]
    [InlineData("report a.csv a.csv -o o.html --target x --prediction q", "has no column 'q' (--prediction)")]
    [InlineData("report a.csv a.csv -o o.html --threshold 0", "--threshold must be above 0")]
    [InlineData("report a.csv a.csv", "Option '--output' is required.")]
    [InlineData("report wide.csv a.csv -o o.html", "has 2,001 columns; a report compares at most 2,000")]
    public async Task Mistakes_are_told_and_answer_2(string line, string hint)
    {
        Write("a.csv", "x,k\n1,a\n2,b\n");
        Write("empty.csv", "");
        Write("header.csv", "x,k\n");
        Write("other.csv", "z\n1\n");
        Write("twice.csv", "x,x\n1,1\n");
        Write("broken.csv", "x,k\n1,2,3\n");
        await File.WriteAllBytesAsync(Path.Combine(Folder, "latin.csv"), Encoding.Latin1.GetBytes("x,k\n1,é\n"), Ct);
        Write("wide.csv", string.Join(',', Enumerable.Range(0, 2_001).Select(i => $"c{i}")) + "\n");
        var (code, _, error) = await RunAsync(line);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Folder, "o.html")));
    }

    [Fact]
    public async Task A_file_that_is_no_parquet_is_told()
    {
        Write("a.parquet", "this is text, not Parquet");
        Write("a.csv", "x\n1\n");
        var (code, _, error) = await RunAsync("report a.csv a.parquet -o o.html");
        Assert.Equal((int)ExitCode.Failure, code);
        Assert.Contains("cannot be read as Parquet", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_goes_to_the_standard_output_and_nothing_else_does()
    {
        Write("a.csv", "x,k\n1,a\n2,b\n");
        var (code, output, error) = await RunAsync("report a.csv a.csv -o -");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("<!DOCTYPE html>", output, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_of_its_document_runs()
    {
        var rows = Rows(200, 9, 0).ToArray();
        var document = await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "docs", "report.md"), Ct);
        var lines = document.Where(line => line.StartsWith("plumbline report ", StringComparison.Ordinal)).ToArray();
        Assert.True(lines.Length >= 4);
        WriteCsv("reference.csv", rows);
        WriteCsv("current.csv", rows);
        await WriteParquetAsync("reference.parquet", rows);
        await WriteParquetAsync("current.parquet", rows);
        foreach (var line in lines)
        {
            var (code, _, error) = await RunAsync(line["plumbline ".Length..]);
            Assert.True(code == 0, $"{line}: {error}");
        }
    }

    private static Row[] Rows(int count, int seed, double shift)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var truth = random.Next(10) < 3 ? 1 : 0;
                    return new Row(
                        i % 20 == 7 ? null : Math.Round(random.NextDouble() * 10 + random.NextDouble() * 5 + 2 * shift, 3),
                        shift > 0 && i % 9 == 0 ? "<b>&NEW" : ((string[])["FR", "DE", "NA"])[random.Next(3)],
                        i % 2 == 0 ? "web" : "app, \"beta\"",
                        truth,
                        Math.Round(0.3 * truth + 0.7 * random.NextDouble(), 2)
                    );
                }),
        ];
    }

    private string WriteCsv(string name, IEnumerable<Row> rows)
    {
        var text = new StringBuilder("amount,country,kind,truth,score\n");
        foreach (var row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{row.Amount},{row.Country},\"{row.Kind.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{row.Truth},{row.Score}\n"
            );
        }

        Write(name, text.ToString());
        return name;
    }

    private async Task WriteParquetAsync(string name, Row[] rows)
    {
        var schema = new ParquetSchema(
            new DataField<double?>("amount"),
            new DataField<string>("country"),
            new DataField<string>("kind"),
            new DataField<int>("truth"),
            new DataField<double>("score")
        );
        var fields = schema.GetDataFields();
        await using var file = File.Create(Path.Combine(Folder, name));
        await using var writer = await ParquetWriter.CreateAsync(schema, file, cancellationToken: Ct);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<double>(fields[0], rows.Select(row => row.Amount).ToArray(), cancellationToken: Ct);
        await group.WriteAsync(fields[1], rows.Select(row => row.Country).ToArray());
        await group.WriteAsync(fields[2], rows.Select(row => row.Kind).ToArray());
        await group.WriteAsync<int>(fields[3], rows.Select(row => row.Truth).ToArray(), cancellationToken: Ct);
        await group.WriteAsync<double>(fields[4], rows.Select(row => row.Score).ToArray(), cancellationToken: Ct);
        group.CompleteValidate();
    }

    private static int Rows(JsonElement report, string side) => report.GetProperty(side).GetProperty("rows").GetInt32();

    private static double Drift(JsonElement column) => Number(column.GetProperty("drift"), "value");

    private static double Other(JsonElement column, string name) => Metric(column.GetProperty("others"), name);

    private static double Metric(JsonElement side, string name) =>
        (side.ValueKind == JsonValueKind.Array ? side : side.GetProperty("metrics"))
            .EnumerateArray()
            .Single(metric => metric.GetProperty("name").GetString() == name)
            .GetProperty("value")
            .GetDouble();

    private static double[] Amounts(IEnumerable<Row> rows) =>
        [.. rows.Where(row => row.Amount is not null).Select(row => row.Amount!.Value)];

    private static double Deviation(double[] values, int divisor) =>
        Math.Sqrt(values.Sum(value => Math.Pow(value - values.Average(), 2)) / divisor);

    private static double Below(double[] values, double at) => values.Count(value => value <= at) / (double)values.Length;

    private static double LargestGap(double[] one, double[] other) =>
        one.Concat(other).Max(at => Math.Abs(Below(one, at) - Below(other, at)));

    // The area between the distribution functions, step by step.
    private static double Wasserstein(double[] one, double[] other)
    {
        var steps = one.Concat(other).Order().ToArray();
        return steps.Zip(steps.Skip(1), (from, to) => (to - from) * Math.Abs(Below(one, from) - Below(other, from))).Sum();
    }

    private static double JensenShannon(IEnumerable<string> one, IEnumerable<string> other)
    {
        var (old, now) = (one.ToArray(), other.ToArray());
        var sum = 0.0;
        foreach (var name in old.Union(now))
        {
            var (p, q) = (old.Count(text => text == name) / (double)old.Length, now.Count(text => text == name) / (double)now.Length);
            var middle = (p + q) / 2;
            sum += (p > 0 ? p * Math.Log2(p / middle) : 0) + (q > 0 ? q * Math.Log2(q / middle) : 0);
        }

        return Math.Sqrt(sum / 2);
    }

    // Pairs of a positive and a negative row in the right order; ties count half.
    private static double Area(Row[] rows)
    {
        var (yes, no) = (rows.Where(row => row.Truth == 1).ToArray(), rows.Where(row => row.Truth == 0).ToArray());
        var right = yes.Sum(one =>
            no.Sum(other =>
                one.Score > other.Score ? 1
                : one.Score == other.Score ? 0.5
                : 0
            )
        );
        return right / yes.Length / no.Length;
    }
}
