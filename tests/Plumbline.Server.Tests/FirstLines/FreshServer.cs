using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Server.Tests.FirstLines;

/// <summary>A server as somebody starts it for the first time: a process of its own, an empty folder, no model, no key.</summary>
public sealed partial class FreshServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-fresh-{Guid.NewGuid():N}");
    private Process? _process;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        string[] arguments = [BuiltServer.Program, "serve", "--data", _folder, "--urls", "http://127.0.0.1:0"];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new StringBuilder();
        void Read(object _, DataReceivedEventArgs line)
        {
            lock (output)
                output.AppendLine(line.Data);
            if (line.Data is not null && ListensLine().Match(line.Data) is { Success: true } listens)
                address.TrySetResult(new Uri(listens.Groups[1].Value));
        }

        _process.OutputDataReceived += Read;
        _process.ErrorDataReceived += Read;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            Client = new HttpClient(new SocketsHttpHandler())
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

        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"^Plumbline listens on (http://\S+?),? ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListensLine();
}
