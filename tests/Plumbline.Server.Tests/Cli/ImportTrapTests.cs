using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli;

/// <summary>
/// Files as other tools write them: with an index, words for missing values, other decimals, encodings and orders of days.
/// </summary>
public sealed class ImportTrapTests(TestHost host) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plumbline-import-trap-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_index_without_a_name_is_left_out_and_words_for_missing_are_missing()
    {
        var rows = Rows(
            100,
            i =>
                $"{i},2026-02-01T00:00:{i % 60:00}Z,{i % 2},{(i % 10) switch { 0 => "NA", 1 => "NULL", _ => $"{i}.5" }},inf"
                + $"{(i == 0 ? "" : "o")}"
        );
        var (code, output, error, model) = await ImportAsync(Write("index.csv", ",t,p,x,c\n" + rows));
        Assert.True(code == 0, output + error);
        Assert.Contains("note: a column without a name", output, StringComparison.Ordinal);
        Assert.Contains(
            "note: column 'x' of index.csv: 20 of 100 values are NA, NULL; they count as missing",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal([("c", "categorical"), ("x", "numeric")], await host.FeatureTypesAsync(model));
        var first = (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?filter=x:missing"))
            .GetProperty("predictions")
            .GetArrayLength();
        Assert.Equal(20, first);
    }

    [Fact]
    public async Task Decimal_commas_are_noticed_and_read_when_they_are_announced()
    {
        var file = Write("comma.csv", "t;p;x\n" + Rows(50, i => $"2026-02-01T00:00:{i:00}Z;{i % 2};{i},25"));
        var (_, output, _, unannounced) = await ImportAsync(file, "--delimiter ;");
        Assert.Contains(
            "note: column 'x' looks like numbers with a decimal comma; give --decimal , to read them as such",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal([("x", "categorical")], await host.FeatureTypesAsync(unannounced));
        var (code, _, error, model) = await ImportAsync(file, "--delimiter ; --decimal ,");
        Assert.True(code == 0, error);
        Assert.Equal([("x", "numeric")], await host.FeatureTypesAsync(model));
        var last = (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?limit=1")).GetProperty("predictions")[
            0
        ];
        Assert.Equal(49.25, last.GetProperty("features").GetProperty("x").GetDouble());
        // What was taken for categories before is corrected by an option, with what is stored; its texts have commas and are no numbers.
        (code, output, error, _) = await ImportAsync(file, "--delimiter ; --decimal , --numeric x", unannounced);
        Assert.True(code == 0, error);
        Assert.Contains("feature 'x' was categorical and becomes numeric", output, StringComparison.Ordinal);
        Assert.Equal([("x", "numeric")], await host.FeatureTypesAsync(unannounced));
    }

    [Theory]
    [InlineData(20_000, 80 * 24, 24)]
    [InlineData(100_000, 30 * 24, 3)]
    [InlineData(1_000_000, 30 * 24, 1)]
    [InlineData(5_000, 365 * 24, 24)]
    public void Windows_of_a_new_model_have_some_hundred_rows(long rows, int hours, int window) =>
        Assert.Equal(window, WindowChoice.HoursFor(rows, TimeSpan.FromHours(hours)));

    [Fact]
    public async Task Rows_that_come_slowly_get_windows_in_which_they_can_be_judged_and_it_is_said()
    {
        Assert.Null(WindowChoice.HoursFor(999, TimeSpan.FromDays(30)));
        Assert.Null(WindowChoice.HoursFor(5_000, TimeSpan.FromMinutes(5)));
        var start = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        var file = Write("slow.csv", "t,p,x\n" + Rows(2_000, i => $"{start.AddHours(i / 2.0):yyyy-MM-dd'T'HH:mm:ss'Z'},{i % 2},{i}"));
        var (code, output, error, model) = await ImportAsync(file);
        Assert.True(code == 0, output + error);
        Assert.Contains(
            "note: 2 rows an hour: windows of 1d, which have about 48 each; --window chooses",
            output,
            StringComparison.Ordinal
        );
        var declared = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal("1d", declared.GetProperty("window").GetString());
        // What was asked for is what it gets, and a model that is there keeps what it has.
        (code, output, error, model) = await ImportAsync(file, "--window 2h");
        Assert.True(code == 0, output + error);
        Assert.DoesNotContain("windows of", output, StringComparison.Ordinal);
        (code, output, error, _) = await ImportAsync(file, "", model);
        Assert.True(code == 0, output + error);
        Assert.DoesNotContain("windows of", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_before_months_need_a_format_and_leave_no_model_without_one()
    {
        var file = Write("days.csv", "t,p\n" + Rows(28, i => $"{i + 1}/02/2026 10:05,{i % 2}"));
        var (code, _, error, model) = await ImportAsync(file);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(
            "has no value that is a time; the first is '1/02/2026 10:05'. Give --timestamp-format",
            error,
            StringComparison.Ordinal
        );
        using var none = await host.Client.GetAsync(new Uri($"/v1/models/{model}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        (code, _, error, model) = await ImportAsync(file, "--timestamp-format %d/%m/%Y_%H:%M");
        Assert.True(code == 0, error);
        var newest = (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?limit=1")).GetProperty(
            "predictions"
        )[0];
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 10, 5, 0, TimeSpan.Zero), newest.GetProperty("timestamp").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("%d/%m/%Y %H:%M", "03/04/2026 9:07", "2026-04-03T09:07:00Z")]
    [InlineData("%Y%m%d%H%M%S", "20260403090701", "2026-04-03T09:07:01Z")]
    [InlineData("%d %b %Y %I:%M %p", "3 Apr 2026 09:07 PM", "2026-04-03T21:07:00Z")]
    [InlineData("%Y-%m-%dT%H:%M:%S.%f%z", "2026-04-03T09:07:01.25+02:00", "2026-04-03T07:07:01.25Z")]
    [InlineData("100%% %Y", "100% 2026", "2026-01-01T00:00:00Z")]
    public void Formats_are_read_as_strptime_reads_them(string format, string written, string expected)
    {
        Assert.True(TimeFormat.TryRead(format, out var read));
        Assert.True(read!.TryParse(written, out var time));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), time);
        Assert.False(read.TryParse(written + "x", out _));
    }

    [Theory]
    [InlineData("%Q")]
    [InlineData("%d/%")]
    [InlineData("year")]
    public void Formats_with_unknown_codes_are_refused(string format) => Assert.False(TimeFormat.TryRead(format, out _));

    [Fact]
    public async Task Other_encodings_are_refused_until_they_are_named()
    {
        var file = Path.Combine(_folder, "latin.csv");
        await File.WriteAllBytesAsync(
            file,
            Encoding.Latin1.GetBytes("t,p,c\n2026-02-01,1,caf\u00e9\n2026-02-02,0,th\u00e9\n"),
            TestContext.Current.CancellationToken
        );
        var (code, _, error, _) = await ImportAsync(file);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("has bytes that are not UTF-8", error, StringComparison.Ordinal);
        (code, _, error, var model) = await ImportAsync(file, "--encoding latin1");
        Assert.True(code == 0, error);
        var newest = (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?limit=1")).GetProperty(
            "predictions"
        )[0];
        Assert.Equal("th\u00e9", newest.GetProperty("features").GetProperty("c").GetString());
        Assert.Equal((int)ExitCode.Usage, (await ImportAsync(file, "--encoding klingon")).Code);
    }

    private static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(i => row(i) + "\n"));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Code, string Output, string Error, string Model)> ImportAsync(
        string file,
        string options = "",
        string? model = null
    )
    {
        model ??= host.NewModelName("import");
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] given =
        [
            .. options
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(option => option.StartsWith('%') ? option.Replace('_', ' ') : option),
        ];
        string[] all =
        [
            "import",
            model,
            "--predictions",
            file,
            "--timestamp",
            "t",
            "--prediction",
            "p",
            "--positive-class",
            "1",
            "--wait",
            "--server",
            host.Address.ToString(),
            .. given,
        ];
        var code = await CommandLine.RunAsync(all, CommandLineTests.Real(), new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString(), model);
    }
}
