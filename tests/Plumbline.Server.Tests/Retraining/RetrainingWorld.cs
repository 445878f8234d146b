using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Alerting.Delivery;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>A model, and a real HTTP server that stands for the system that trains.</summary>
internal sealed class RetrainingWorld(TestHost host, string model, HttpSink sink) : IAsyncDisposable
{
    private int _targets;

    public string Model => model;

    public HttpSink Sink => sink;

    public string Url => $"http://127.0.0.1:{sink.Port}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RetrainingWorld> CreateAsync(TestHost host, object? specification = null) =>
        new(
            host,
            await host.CreateModelAsync(
                specification
                    ?? new
                    {
                        task = "binary",
                        positive_class = "1",
                        classes = new[] { "0", "1" },
                    },
                "retrain"
            ),
            await HttpSink.StartAsync()
        );

    /// <summary>Declares a target and gives its name.</summary>
    public async Task<string> TargetAsync(object specification)
    {
        var name = $"{model}-t{++_targets}";
        var (status, body) = await SendAsync(HttpMethod.Put, $"/v1/retraining/targets/{name}", specification);
        Assert.True(status is 200 or 201, body.ToString());
        return name;
    }

    /// <summary>Asks for a run by hand and gives its key.</summary>
    public async Task<string> RunAsync(string target, string? reason = "drift \"of\" amount", string? dataset = null)
    {
        var (status, body) = await SendAsync(
            HttpMethod.Post,
            $"/v1/models/{model}/retraining/runs",
            new
            {
                target,
                reason,
                dataset,
            }
        );
        Assert.True(status == 201, body.ToString());
        return body.GetProperty("run").GetString()!;
    }

    public Task<JsonElement> GetAsync(string run) =>
        host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/retraining/runs/{run}", Ct);

    /// <summary>Waits until a run is in a state.</summary>
    public async Task<JsonElement> UntilAsync(string run, params string[] states)
    {
        for (var i = 0; ; i++)
        {
            var now = await GetAsync(run);
            if (states.Contains(now.GetProperty("state").GetString()))
                return now;
            Assert.True(i < 600, $"Not {string.Join(" or ", states)} after 30 s: {now}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        }
    }

    /// <summary>Waits until something holds of a run.</summary>
    public async Task<JsonElement> UntilAsync(string run, Func<JsonElement, bool> holds)
    {
        for (var i = 0; ; i++)
        {
            var now = await GetAsync(run);
            if (holds(now))
                return now;
            Assert.True(i < 600, $"Not after 30 s: {now}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        }
    }

    /// <summary>Reports to the address that the target was told. The test's server has a port that the address does not know.</summary>
    public Task<(int Status, JsonElement Body)> CallBackAsync(string callback, object body) =>
        SendAsync(HttpMethod.Post, new Uri(callback).PathAndQuery, body);

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await host.Client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    public ValueTask DisposeAsync() => sink.DisposeAsync();
}
