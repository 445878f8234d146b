using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli;

/// <summary>`import MODEL FILE` and nothing else, against the real server.</summary>
public sealed class ShortImportTests(TestHost host) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plumbline-import-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_alone_means_predictions()
    {
        var file = Write(
            "prediction_id,timestamp,prediction,score,ground_truth,version,latency_ms,age,plan\n"
                + "a,2026-02-01T00:00:00Z,1,0.9,1,v7,12.5,41,pro\nb,2026-02-01T00:00:01Z,0,0.2,,v8,3,30,free\n"
        );
        var (code, model, output, error) = await ImportAsync(file);
        Assert.True(code == 0, output + error);
        Assert.Contains($"model {model}: binary, 2 features", output, StringComparison.Ordinal);
        Assert.Contains("predictions: 2 rows read, 2 accepted", output, StringComparison.Ordinal);
        Assert.Contains(
            "ground-truth: 2 rows read, 1 accepted, 0 duplicates, 0 rejected, 1 without a value",
            output,
            StringComparison.Ordinal
        );
        await host.WaitUntilComputedAsync(model);
        var row = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions/a");
        Assert.Equal(
            ("1", 0.9, "v7", 12.5, 41, "pro"),
            (
                row.GetProperty("prediction").GetString(),
                row.GetProperty("score").GetDouble(),
                row.GetProperty("version").GetString(),
                row.GetProperty("latency_ms").GetDouble(),
                row.GetProperty("features").GetProperty("age").GetInt32(),
                row.GetProperty("features").GetProperty("plan").GetString()
            )
        );
    }

    [Fact]
    public async Task Options_overrule_the_names()
    {
        var file = Write("answer,prediction,score,status\n12.5,1,7,a\n13.5,2,8,b\n");
        var (code, model, output, error) = await ImportAsync(
            file,
            "--prediction answer --start 2026-02-01 --features score,prediction --exclude status --version v1"
        );
        Assert.True(code == 0, output + error);
        Assert.Contains($"model {model}: regression, 2 features", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "timestamp,pred,age\n2026-02-01,1,41\n",
        "",
        "has no column 'prediction'. Which column has the answers? Give --prediction COLUMN. It has: timestamp, pred, age."
    )]
    [InlineData("timestamp,predicton\n2026-02-01,1\n", "", "has no column 'prediction'. Did you mean 'predicton'? Which column")]
    [InlineData(
        "time,prediction\n2026-02-01,1\n",
        "",
        "has no column 'timestamp'. When were the predictions made? Give --timestamp COLUMN, or --start TIME"
    )]
    [InlineData("timestamp,prediction\n2026-02-01,1\n", "--score scor", "has no column 'scor' (--score)")]
    public async Task What_is_missing_is_told_before_anything_is_sent(string text, string options, string expected)
    {
        var (code, model, _, error) = await ImportAsync(Write(text), options);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        using var response = await host.Client.GetAsync($"/v1/models/{model}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private async Task<(int Code, string Model, string Output, string Error)> ImportAsync(string file, string options = "")
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var model = host.NewModelName("import");
        string[] all =
        [
            "import",
            model,
            file,
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "--server",
            host.Address.ToString(),
        ];
        var code = await CommandLine.RunAsync(all, CommandLineTests.Real(), new Terminal(output, error, false));
        return (code, model, output.ToString(), error.ToString());
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "scored.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
