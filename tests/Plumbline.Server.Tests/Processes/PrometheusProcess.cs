using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Processes;

/// <summary>A real Prometheus that scrapes what it is told to, once a second.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly RunningProgram _program;
    private readonly string _folder;

    private PrometheusProcess(RunningProgram program, string folder) => (_program, _folder) = (program, folder);

    /// <summary>Where it listens.</summary>
    public Uri Address => _program.Address;

    /// <summary>Starts it.</summary>
    /// <param name="scrape">Its <c>scrape_configs</c>, as YAML that begins at the left margin.</param>
    /// <param name="past">What it has stored already, as OpenMetrics with a time behind each value; null for nothing.</param>
    public static async Task<PrometheusProcess> StartAsync(string scrape, string? past = null)
    {
        var folder = Directory.CreateTempSubdirectory("plumbline-prometheus-").FullName;
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $"global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\nscrape_configs:\n{scrape}\n"
        );
        var data = Path.Combine(folder, "data");
        if (past is not null)
        {
            var file = Path.Combine(folder, "past.txt");
            await File.WriteAllTextAsync(file, past);
            var (code, said) = await InstalledProgram.Promtool.RunAsync("", "tsdb", "create-blocks-from", "openmetrics", file, data);
            Assert.True(code == 0, said);
        }

        var program = RunningProgram.Start(
            InstalledProgram.Prometheus,
            port => [$"--config.file={configuration}", $"--storage.tsdb.path={data}", $"--web.listen-address=127.0.0.1:{port}"]
        );
        await program.ReadyAsync();
        return new PrometheusProcess(program, folder);
    }

    /// <summary>The series that a query gives now: labels and value.</summary>
    public async Task<IReadOnlyList<(JsonElement Labels, double Value)>> QueryAsync(string query)
    {
        var answer = await _program.Http.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        return
        [
            .. answer
                .GetProperty("data")
                .GetProperty("result")
                .EnumerateArray()
                .Select(series =>
                    (
                        series.GetProperty("metric"),
                        double.Parse(series.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture)
                    )
                ),
        ];
    }

    /// <summary>Waits until a query gives something.</summary>
    public async Task<IReadOnlyList<(JsonElement Labels, double Value)>> UntilAsync(string query)
    {
        for (var i = 0; ; i++)
        {
            var found = await QueryAsync(query);
            if (found.Count > 0)
                return found;
            if (i >= 300)
                Assert.Fail($"{query} gives nothing. Targets: {await TargetsAsync()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>What it says of its targets, errors of scrapes included.</summary>
    public Task<string> TargetsAsync() => _program.Http.GetStringAsync("/api/v1/targets");

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
