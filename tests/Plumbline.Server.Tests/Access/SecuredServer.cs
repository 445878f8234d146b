using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Server.Tests.Access;

/// <summary>
/// The server as a process of its own with keys configured: an engine's data path is held by one process, and the shared host of the tests
/// runs open.
/// </summary>
public sealed partial class SecuredServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-secured-{Guid.NewGuid():N}");
    private Process? _process;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The data folder of the server.</summary>
    public string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync() => await StartAsync("read-key");

    /// <summary>Ends the server as a machine's shutdown would, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        return _process.ExitCode;
    }

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
                - name: bound
                  role: operate
                  sha256: {Hash("bound-key")}
                  models: [mine]
            """
        );
        var start = new ProcessStartInfo(
            "dotnet",
            [BuiltServer.Program, "serve", "--data", Data, "--urls", "http://127.0.0.1:0", "--config", config]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new StringBuilder();
        _process = new Process { StartInfo = start };
        void Read(object _, DataReceivedEventArgs line)
        {
            if (line.Data is null)
                return;
            lock (output)
                output.AppendLine(line.Data);
            if (ListensLine().Match(line.Data) is { Success: true } listens)
                address.TrySetResult(new Uri(listens.Groups[1].Value));
        }

        _process.OutputDataReceived += Read;
        _process.ErrorDataReceived += Read;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            {
                BaseAddress = await address.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System),
            };
        }
        catch (TimeoutException)
        {
            Assert.Fail(output.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    [GeneratedRegex(@"^Plumbline listens on (http://\S+?),? ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListensLine();
}
