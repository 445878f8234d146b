using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli;

/// <summary>`plumbline wait` against the real server: the verb as people type it.</summary>
public sealed class WaitTests(TestHost host)
{
    private static readonly DateTimeOffset Day = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task It_ends_when_the_windows_up_to_then_are_computed_and_judged()
    {
        var model = await SendAsync(Day, 30);
        var (code, output, error) = await WaitAsync(model, "--until", "2026-02-01T06:00:00Z", "--json");
        Assert.True(code == 0, output + error);
        var until = JsonDocument.Parse(output).RootElement;
        Assert.True(until.GetProperty("done").GetBoolean());
        Assert.Equal((0, false), (until.GetProperty("pending_windows").GetInt32(), until.GetProperty("rules_pending").GetBoolean()));
        // What it promises: the numbers are there when it has ended.
        var metrics = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric=input.rows&from=2026-02-01T00:00:00Z&to=2026-02-01T06:00:00Z"
        );
        Assert.Equal(30, metrics.GetProperty("points").EnumerateArray().Sum(point => point.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task A_window_that_is_still_open_is_waited_for_and_the_time_out_tells_what_is_pending()
    {
        var model = await SendAsync(TimeProvider.System.GetUtcNow(), 3);
        var ahead = TimeProvider.System.GetUtcNow().AddHours(2);
        var (code, output, error) = await WaitAsync(model, "--until", $"{ahead:yyyy-MM-dd'T'HH:mm:ss'Z'}", "--timeout", "1s");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("still waiting for the window that ends at", error, StringComparison.Ordinal);
        Assert.Contains("windows to compute", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("now")]
    [InlineData("-1h")]
    [InlineData("2026-01-01")]
    public async Task Windows_that_end_later_are_not_waited_for(string until)
    {
        var model = await SendAsync(TimeProvider.System.GetUtcNow(), 3);
        var (code, output, error) = await WaitAsync(model, "--until", until, "--timeout", "20s");
        // The hour that ends now closes ten minutes later, so that it may be open still.
        Assert.True(code == 0 || error.Contains("closes at", StringComparison.Ordinal), output + error);
        if (code == 0)
            Assert.StartsWith("done: everything up to ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_traffic_that_never_pauses_the_events_of_the_beginning_count()
    {
        var model = await SendAsync(Day, 5);
        Assert.Equal(0, (await WaitAsync(model, "--until", "2026-02-02")).Code);
        var stored = await ProgressAsync(model, "until=2026-02-02T00:00:00Z");
        var accepted = stored.GetProperty("accepted").GetInt64();
        Assert.Equal(5, accepted);
        var named = await ProgressAsync(model, $"until=2026-02-02T00:00:00Z&accepted={accepted}");
        Assert.True(named.GetProperty("stored").GetBoolean());
    }

    [Theory]
    [InlineData("--until", "tomorrow", 2, "is not a time like")]
    [InlineData("--timeout", "5m", 2, "--until")]
    public async Task A_wrong_line_answers_2(string option, string value, int expected, string words)
    {
        var (code, _, error) = await WaitAsync("m", option, value);
        Assert.Equal(expected, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_model_answers_1_and_no_server_3()
    {
        var (code, _, error) = await WaitAsync("nobody", "--until", "now");
        Assert.Equal(1, code);
        Assert.Contains("no model 'nobody'", error, StringComparison.Ordinal);
        // Port 1 is never listened on.
        Assert.Equal(3, (await RunAsync(["wait", "m", "--until", "now", "--server", "http://127.0.0.1:1"])).Code);
    }

    [Fact]
    public async Task A_wrong_time_is_a_problem()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        using var response = await host.Client.GetAsync($"/v1/models/{model}/progress?until=soon");
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("time_invalid", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> ProgressAsync(string model, string query) =>
        (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress?{query}")).GetProperty("until");

    private async Task<string> SendAsync(DateTimeOffset start, int count)
    {
        var model = await host.CreateModelAsync(new { task = "regression", window = "1h" }, "wait");
        await host.PostAsync(
            model,
            "predictions",
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(index => new
                    {
                        prediction_id = $"p{index}",
                        timestamp = start.AddSeconds(-index % 60 + (start == Day ? 60 + index : 0)),
                        prediction = index,
                        features = new { age = index },
                    }),
            ]
        );
        return model;
    }

    private Task<(int Code, string Output, string Error)> WaitAsync(string model, params string[] options) =>
        RunAsync(["wait", model, .. options, "--server", host.Address.ToString()]);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(line, CommandLineTests.Real(), new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }
}
