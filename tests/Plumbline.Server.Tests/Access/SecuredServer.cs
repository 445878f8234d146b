using System.Security.Cryptography;
using System.Text;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Access;

/// <summary>
/// The server as a process of its own with keys configured: an engine's data path is held by one process, and the shared host of the tests
/// runs open.
/// </summary>
public sealed class SecuredServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-secured-{Guid.NewGuid():N}");
    private PlumblineProcess? _process;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The data folder of the server.</summary>
    public string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync() => await StartAsync("read-key");

    /// <summary>Ends the server as a machine's shutdown would, and gives its exit code.</summary>
    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary>Starts the server on the same data, with another key for the reader.</summary>
    public async Task StartAsync(string readKey)
    {
        Client?.Dispose();
        _process?.Dispose();
        Directory.CreateDirectory(_folder);
        var config = Path.Combine(_folder, "plumbline.yaml");
        await File.WriteAllTextAsync(
            config,
            $"""
            access:
              hosts: [plumbline.test]
              keys:
                - name: reader
                  role: read
                  sha256: {Hash(readKey)}
                - name: slow
                  role: operate
                  sha256: {Hash("slow-key")}
                  requests_per_second: 5
                - name: few
                  role: ingest
                  sha256: {Hash("few-key")}
                  rows_per_second: 100
                - name: owner
                  role: admin
                  sha256: {Hash("admin-key")}
                - name: annotator
                  role: annotate
                  sha256: {Hash("annotate-key")}
                - name: bound
                  role: operate
                  sha256: {Hash("bound-key")}
                  models: [mine]
            """
        );
        _process = PlumblineProcess.Serve(Data, "--config", config);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = await _process.ListensAsync(),
        };
    }

    public ValueTask DisposeAsync()
    {
        Client?.Dispose();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    internal static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
