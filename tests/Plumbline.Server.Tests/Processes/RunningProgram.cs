using System.Diagnostics;

namespace Plumbline.Server.Tests.Processes;

/// <summary>An installed program that listens on a port until it is disposed of.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;

    private RunningProgram(Process process, string name, int port)
    {
        (_process, _name, Port, Address) = (process, name, port, new Uri($"http://127.0.0.1:{port}"));
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Address };
    }

    public int Port { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Asks it.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts it with the arguments for a port; the test is skipped where it is not installed.</summary>
    public static RunningProgram Start(InstalledProgram program, Func<int, IEnumerable<string>> arguments)
    {
        var port = FreePort.Find();
        var process = Process.Start(
            new ProcessStartInfo(program.Required(), arguments(port))
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
        return new RunningProgram(process, program.Name, port);
    }

    /// <summary>Waits until it says that it is ready, as the programs of Prometheus do.</summary>
    public async Task ReadyAsync()
    {
        for (var i = 0; !await IsReadyAsync(); i++)
        {
            Assert.True(i < 300 && !_process.HasExited, $"{_name} does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var ready = await Http.GetAsync("/-/ready");
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
