using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.SystemLayer;

/// <summary>A server as a process of its own that may ask certain Prometheus servers.</summary>
internal sealed class MachineServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plumbline-machine-").FullName;
    private readonly PlumblineProcess _process;

    private MachineServer(IEnumerable<(string Name, string Url)> connections)
    {
        var configured = connections.Select(connection => new { name = connection.Name, url = connection.Url });
        _process = PlumblineProcess.Start(
            ["serve", "--data", Path.Combine(_folder, "data"), "--urls", "http://127.0.0.1:0"],
            start =>
            {
                start.Environment["PLUMBLINE__SYSTEM__PROMETHEUS"] = JsonSerializer.Serialize(configured);
                start.Environment["PLUMBLINE__SYSTEM__TIMEOUT"] = "2s";
                start.Environment["PLUMBLINE__SYSTEM__BACKFILL"] = "5d";
                start.Environment["PLUMBLINE__WINDOWS__QUIET_MS"] = "0";
                start.Environment["PLUMBLINE__WINDOWS__INTERVAL_MS"] = "100";
            }
        );
    }

    public HttpClient Client { get; private set; } = null!;

    public static async Task<MachineServer> StartAsync(params IEnumerable<(string Name, string Url)> connections)
    {
        var server = new MachineServer(connections);
        server.Client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await server._process.ReadyAsync() };
        return server;
    }

    public Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Waits until something holds, as the server answers it.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> holds, int seconds = 120)
    {
        for (var i = 0; ; i++)
        {
            var answer = await GetAsync(path);
            if (holds(answer))
                return answer;
            if (i >= seconds * 5)
                Assert.Fail($"{path} after {seconds} s: {answer}\n{_process.Said}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    public void Dispose()
    {
        Client?.Dispose();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
