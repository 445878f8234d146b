using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Dashboard.Demo;

namespace Plumbline.Server.Tests.Demo;

/// <summary>`plumbline demo` as a user has it: a process with a process beside it, a data folder and Ctrl-C.</summary>
public sealed class DemoProcessTests : IDisposable
{
    private const int Days = 3;

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-demo-test-{Guid.NewGuid():N}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_demonstration_fills_its_history_lives_stops_and_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl-C is sent as a signal.");
        using (var first = RunningDemo.Start(_data, Days))
        {
            var (address, _) = await first.ReadyAsync();
            Assert.Contains(first.Lines, line => line.Contains("Bad release v3", StringComparison.Ordinal));
            using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
            var models = await http.GetFromJsonAsync<JsonElement>("v1/models", Ct);
            Assert.Equal(
                ["handling-time", "refund-risk", "ticket-router"],
                models
                    .GetProperty("models")
                    .EnumerateArray()
                    .Select(model => model.GetProperty("name").GetString()!)
                    .Order(StringComparer.Ordinal)
            );
            await new ScenarioInMetrics(http, DemoScenario.Read(_data)!).CheckAsync();
            await GrowsAsync(http);
            Assert.Equal(0, await first.InterruptAsync());
            Assert.True(File.Exists(Path.Combine(_data, "demo.json")));
        }

        using var second = RunningDemo.Start(_data, Days);
        await second.ReadyAsync();
        Assert.Contains(second.Lines, line => line.StartsWith("Going on with the scenario", StringComparison.Ordinal));
        var sample = await second.SampleAsync();
        second.Kill();
        await GoneAsync(sample);
    }

    private static async Task GrowsAsync(HttpClient http)
    {
        var began = await StoredAsync();
        for (var i = 0; i < 300; i++)
        {
            if (await StoredAsync() > began + 5)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        Assert.Fail("No live traffic arrived within thirty seconds.");

        async Task<long> StoredAsync() =>
            (await http.GetFromJsonAsync<JsonElement>("v1/models/ticket-router/progress", Ct)).GetProperty("stored").GetInt64();
    }

    private static async Task GoneAsync(Uri sample)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        for (var i = 0; i < 150; i++)
        {
            try
            {
                (await http.GetAsync(new Uri(sample, "healthz"), Ct)).Dispose();
            }
            catch (HttpRequestException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        Assert.Fail($"The model service at {sample} outlives its parent.");
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }
}
