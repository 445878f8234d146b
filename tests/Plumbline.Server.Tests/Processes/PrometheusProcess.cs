using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Processes;

/// <summary>A real Prometheus that scrapes what it is told to, once a second.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http;

    private PrometheusProcess(Process process, string folder, Uri address) =>
        (_process, _folder, Address, _http) = (
            process,
            folder,
            address,
            new HttpClient(new SocketsHttpHandler()) { BaseAddress = address }
        );

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="scrape">Its <c>scrape_configs</c>, as YAML that begins at the left margin.</param>
    /// <param name="past">What it has stored already, as OpenMetrics with a time behind each value; null for nothing.</param>
    public static async Task<PrometheusProcess> StartAsync(string scrape, string? past = null)
    {
        var program = InstalledProgram.Prometheus.Required();
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

        var port = FreePort.Find();
        var process = Process.Start(
            new ProcessStartInfo(
                program,
                [$"--config.file={configuration}", $"--storage.tsdb.path={data}", $"--web.listen-address=127.0.0.1:{port}"]
            )
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var running = new PrometheusProcess(process, folder, new Uri($"http://127.0.0.1:{port}"));
        for (var i = 0; !await running.IsReadyAsync(); i++)
        {
            Assert.True(i < 300 && !process.HasExited, "Prometheus does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        return running;
    }

    /// <summary>The series that a query gives now: labels and value.</summary>
    public async Task<IReadOnlyList<(JsonElement Labels, double Value)>> QueryAsync(string query)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}");
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
    public Task<string> TargetsAsync() => _http.GetStringAsync("/api/v1/targets");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var ready = await _http.GetAsync("/-/ready");
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
