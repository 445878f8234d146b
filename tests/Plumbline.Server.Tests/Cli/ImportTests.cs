using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Cli;

/// <summary>`import` against the real server, with small files of its own.</summary>
public sealed class ImportTests : IDisposable
{
    private const string Roles = "--prediction p --timestamp t --version v1";
    private readonly TestHost _host;
    private readonly string _folder = Directory.CreateTempSubdirectory("plumbline-import-test-").FullName;

    public ImportTests(TestHost host) => _host = host;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Bad_rows_are_named_by_line_and_the_others_arrive()
    {
        var file = Write(
            "rows.csv",
            "id,t,p,s,amount\na,2026-02-01T00:00:00Z,1,0.9,1\nb,yesterday,1,0.9,2\nc,2026-02-01T00:00:01Z,1,7,3\nd,2026-02-01T00:00:02Z,0\n,2026-02-01T00:00:03Z,0,0.1,4\nf,2026-02-01T00:00:04Z,0,0.1,5\n"
        );
        var rejects = Path.Combine(_folder, "rejects.ndjson");
        var model = _host.NewModelName("import");
        var (code, output, error) = await ImportAsync($"{model} --predictions {file} --id id --score s --rejects {rejects} --wait {Roles}");
        Assert.Equal((int)ExitCode.RowsRejected, code);
        Assert.Contains("predictions: 6 rows read, 2 accepted, 0 duplicates, 4 rejected", output, StringComparison.Ordinal);
        Assert.Contains("rows.csv line 3: timestamp_invalid: column 't': 'yesterday' is not a time", error, StringComparison.Ordinal);
        Assert.Contains("rows.csv line 4: probability_invalid", error, StringComparison.Ordinal);
        Assert.Contains("rows.csv line 5: unreadable: has 3 fields where the header names 5", error, StringComparison.Ordinal);
        Assert.Contains("rows.csv line 6: id_missing", error, StringComparison.Ordinal);
        Assert.Equal(
            [3, 4, 5, 6],
            (await File.ReadAllLinesAsync(rejects))
                .Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("line").GetInt32())
                .Order()
        );
        Assert.Equal(["f", "a"], await IdsAsync(model));
    }

    [Fact]
    public async Task A_second_import_of_a_grown_file_brings_only_what_is_new()
    {
        var model = _host.NewModelName("import");
        var first = Write("rows.csv", "t,p,y\n2026-02-01,1,1\n2026-02-01,1,0\n2026-02-02,0,\n");
        var (code, output, error) = await ImportAsync($"{model} --predictions {first} --ground-truth-column y --wait {Roles}");
        Assert.True(code == 0, output + error);
        Assert.Contains(
            "ground-truth: 3 rows read, 2 accepted, 0 duplicates, 0 rejected, 1 without a value",
            output,
            StringComparison.Ordinal
        );
        var grown = Write("rows.csv", "t,p,y\n2026-02-01,1,1\n2026-02-01,1,0\n2026-02-02,0,1\n2026-02-03,0,0\n");
        (code, output, error) = await ImportAsync($"{model} --predictions {grown} --ground-truth-column y --wait {Roles}");
        Assert.True(code == 0, output + error);
        // That the third row's ground truth has come does not make it another prediction.
        Assert.Contains("predictions: 4 rows read, 1 accepted, 3 duplicates", output, StringComparison.Ordinal);
        Assert.Equal(4, (await IdsAsync(model)).Length);
        var labelled = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?filter=ground_truth:present");
        Assert.Equal(4, labelled.GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task What_is_declared_already_stays_and_new_columns_are_added()
    {
        var model = await _host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "yes",
                features = new { code = new { type = "categorical", unit = "x" } },
                label_delay = "7d",
                window = "1d",
            },
            "import"
        );
        var file = Write("rows.csv.gz", "t,p,code,amount,country\n2026-02-01,yes,12,1.5,FR\n2026-02-01,no,13,2.5,DE\n");
        var (code, output, error) = await ImportAsync($"{model} --predictions {file} --segments country {Roles}");
        Assert.True(code == 0, output + error);
        Assert.Contains("note: column 'code' looks numeric; the server keeps it as categorical", output, StringComparison.Ordinal);
        var after = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal(
            ("7d", "1d", "yes", "country"),
            (
                after.GetProperty("label_delay").GetString(),
                after.GetProperty("window").GetString(),
                after.GetProperty("positive_class").GetString(),
                after.GetProperty("segments")[0].GetString()
            )
        );
        Assert.Equal(
            ["categorical", "numeric", "categorical"],
            after.GetProperty("features").EnumerateObject().Select(feature => feature.Value.GetProperty("type").GetString())
        );
        Assert.Equal("x", after.GetProperty("features").GetProperty("code").GetProperty("unit").GetString());
    }

    [Fact]
    public async Task NDJSON_multiclass_with_probabilities_and_a_version_per_row()
    {
        var file = Write(
            "rows.ndjson",
            """
            {"id":"n1","t":1770000000000,"p":"a","prob":{"a":0.7,"b":0.2,"c":0.1},"v":"v8","user":{"plan":"free","age":31}}
            {"id":"n2","t":1770000001000,"p":"c","prob":{"a":0.1,"b":0.2,"c":0.7},"v":"v9","user":{"plan":"paid"}}
            """
        );
        var model = _host.NewModelName("import");
        var (code, output, error) = await ImportAsync(
            $"{model} --predictions {file} --id id --timestamp t --prediction p --probability a=prob.a --probability b=prob.b "
                + "--probability c=prob.c --version-column v --wait"
        );
        Assert.True(code == 0, output + error);
        Assert.Contains($"model {model}: multiclass, 2 features", output, StringComparison.Ordinal);
        var decision = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions/n2");
        Assert.Equal(
            ("c", "v9", 0.7, "paid"),
            (
                decision.GetProperty("prediction").GetString(),
                decision.GetProperty("version").GetString(),
                decision.GetProperty("probabilities").GetProperty("c").GetDouble(),
                decision.GetProperty("features").GetProperty("user.plan").GetString()
            )
        );
        Assert.Equal(JsonValueKind.Null, decision.GetProperty("features").GetProperty("user.age").ValueKind);
    }

    [Fact]
    public async Task Signals_join_the_predictions_they_name_and_a_second_import_finds_duplicates()
    {
        var model = _host.NewModelName("import");
        var predictions = Write(
            "rows.csv",
            "id,t,p,plan\na,2026-02-01T10:00:00Z,1,pro\nb,2026-02-01T10:10:00Z,1,free\nc,2026-02-01T10:20:00Z,0,free\n"
        );
        var signals = Write(
            "clicks.csv",
            "prediction,when,what,minutes\na,2026-02-01T10:05:00Z,click,1\nb,2026-02-01T10:30:00Z,handled,12.5\n,2026-02-01T10:40:00Z,refund,3\nc,yesterday,click,1\nc,2026-02-01T10:50:00Z,click,many\n"
        );
        var (code, output, error) = await ImportAsync($"{model} --predictions {predictions} --id id --wait {Roles}");
        Assert.True(code == 0, output + error);
        for (var time = 0; time < 2; time++)
        {
            (code, output, error) = await ImportAsync(
                $"{model} --signals {signals} --id prediction --signal-name what --signal-value minutes --signal-timestamp when --wait"
            );
            Assert.Equal((int)ExitCode.RowsRejected, code);
            Assert.Contains(
                time == 0
                    ? "signals: 5 rows read, 3 accepted, 0 duplicates, 2 rejected"
                    : "signals: 5 rows read, 0 accepted, 3 duplicates, 2 rejected",
                output,
                StringComparison.Ordinal
            );
            Assert.Contains("clicks.csv line 5: signal_invalid: column 'when': 'yesterday' is not a time", error, StringComparison.Ordinal);
            Assert.Contains("clicks.csv line 6: signal_invalid: column 'minutes': 'many' is not a number", error, StringComparison.Ordinal);
        }

        var known = await _host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/signals?from=2026-02-01T00:00:00Z&to=2026-02-02T00:00:00Z"
        );
        Assert.Equal(
            [("click", 1, 1), ("handled", 1, 1), ("refund", 1, 0)],
            known
                .GetProperty("signals")
                .EnumerateArray()
                .Select(signal =>
                    (
                        signal.GetProperty("name").GetString()!,
                        signal.GetProperty("events").GetInt32(),
                        signal.GetProperty("attributed").GetInt32()
                    )
                )
                .OrderBy(signal => signal.Item1, StringComparer.Ordinal)
        );

        // What the signals taught the server is not in the way of declaring a further column.
        (code, output, error) = await ImportAsync(
            $"{model} --predictions {Write("more.csv", "id,t,p,plan,amount\nd,2026-02-01T10:30:00Z,1,pro,2\n")} --id id {Roles}"
        );
        Assert.True(code == 0, output + error);
    }

    [Theory]
    [InlineData("--signals FILE --signal-timestamp when", "needs --signal NAME")]
    [InlineData("--signals FILE --signal click --signal-name what --signal-timestamp when", "needs --signal NAME")]
    [InlineData("--signals FILE --signal click", "Give --signal-timestamp")]
    [InlineData("--signals FILE --signal click --signal-timestamp whn", "Did you mean 'when'?")]
    [InlineData("--signals FILE --signal click --signal-timestamp when", "has no model")]
    public async Task A_mistake_about_signals_is_told(string options, string expected)
    {
        var file = Write("clicks.csv", "prediction,when,what\na,2026-02-01T10:05:00Z,click\n");
        var model =
            expected == "has no model" ? _host.NewModelName("import") : await _host.CreateModelAsync(new { task = "binary" }, "import");
        var (code, _, error) = await ImportAsync($"{model} {options.Replace("FILE", file, StringComparison.Ordinal)}");
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "t,p\n2026-02-01,maybe\n2026-02-01,yes\n2026-02-01,no\n",
        "--score p --task binary",
        "a binary model has two classes; the files have 3"
    )]
    [InlineData("t,p\n2026-02-01,yes\n2026-02-01,no\n", "", "Give --positive-class")]
    [InlineData("t,p\n2026-02-01,1\n2026-02-01,2\n2026-02-01,3\n", "", "give --task multiclass or --task regression")]
    [InlineData("t,p\n2026-02-01,1\n", "--features amuont,p2", "has no column 'amuont' (--features)")]
    [InlineData("t,p,amount\n2026-02-01,1,2\n", "--features amuont", "Did you mean 'amount'?")]
    [InlineData("t,pred\n2026-02-01,1\n", "", "has no column 'p' (--prediction). It has: t, pred")]
    [InlineData("t,p\n", "", "has no rows")]
    public async Task A_mistake_is_told_before_anything_is_sent(string text, string options, string expected)
    {
        var model = _host.NewModelName("import");
        var (code, _, error) = await ImportAsync($"{model} --predictions {Write("rows.csv", text)} {Roles} {options}");
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        using var response = await _host.Client.GetAsync($"/v1/models/{model}");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Parquet_is_read_by_an_import_of_its_own_process()
    {
        // Written by the server's engine, read by the engine of the import's process: one process holds one engine.
        var file = Path.Combine(_folder, "rows.parquet");
        await _host
            .Get<Store.IColumnStore>()
            .ExecuteAsync(
                new Store.SqlStatement(
                    "INSERT INTO FUNCTION file({path:String}, 'Parquet') SELECT concat('q', toString(number)) AS id, "
                        + "toDateTime64('2026-02-01 00:00:00', 3, 'UTC') + number AS t, toInt64(number % 2) AS p, "
                        + "number / 4 AS amount, if(number = 2, NULL, '007') AS code, CAST(number % 2 = 0 AS Bool) AS flag, "
                        + "multiIf(number = 0, nan, number = 1, inf, 2.5) AS gaps, toDecimal64(number / 4, 2) AS money FROM numbers(6)",
                    new Store.SqlParameter("path", file)
                ),
                CancellationToken.None
            );
        var model = _host.NewModelName("import");
        using var process = PlumblineProcess.Start([
            "import",
            model,
            "--server",
            _host.Address.ToString(),
            "--predictions",
            file,
            "--id",
            "id",
            .. Roles.Split(' '),
            "--wait",
        ]);
        var code = await process.EndAsync();
        Assert.True(code == 0, process.Said);
        Assert.Equal(["q5", "q4", "q3", "q2", "q1", "q0"], await IdsAsync(model));
        var row = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions/q3");
        Assert.Equal(
            ("1", 0.75, "007", false),
            (
                row.GetProperty("prediction").GetString(),
                row.GetProperty("features").GetProperty("amount").GetDouble(),
                row.GetProperty("features").GetProperty("code").GetString(),
                row.GetProperty("features").GetProperty("flag").GetBoolean()
            )
        );
        // Gaps and infinities of a column of numbers do not make categories of it, nor do decimals.
        var features = (await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}")).GetProperty("features");
        Assert.Equal(
            ("numeric", "numeric"),
            (features.GetProperty("gaps").GetProperty("type").GetString(), features.GetProperty("money").GetProperty("type").GetString())
        );
        var missing = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?filter=gaps:missing");
        Assert.Equal("q0", Assert.Single(missing.GetProperty("predictions").EnumerateArray()).GetProperty("prediction_id").GetString());
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_with_the_reason()
    {
        using var second = PlumblineProcess.Serve(_host.Get<Plumbline.Server.Hosting.PlumblineOptions>().DataDirectory);
        Assert.Equal((int)ExitCode.Failure, await second.EndAsync());
        var text = second.Said;
        Assert.Contains("error: The engine could not open", text, StringComparison.Ordinal);
        Assert.Contains("another Plumbline process holds it", text, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> ImportAsync(string arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] all = ["import", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--server", _host.Address.ToString()];
        var code = await CommandLine.RunAsync(all, CommandLineTests.Real(), new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private async Task<string[]> IdsAsync(string model) =>
        [
            .. (await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions"))
                .GetProperty("predictions")
                .EnumerateArray()
                .Select(row => row.GetProperty("prediction_id").GetString()!),
        ];

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        using var file = File.Create(path);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Compress) : (Stream)file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
