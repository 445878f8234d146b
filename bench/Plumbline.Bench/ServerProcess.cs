using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Bench;

/// <summary>
/// The server as a process of its own in an empty folder, so that the load beside it costs what it costs in life and memory can be
/// measured.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private Process _process;
    private readonly string _folder;

    private ServerProcess(Process process, string folder, HttpClient client) => (_process, _folder, Client) = (process, folder, client);

    /// <summary>Where the server's own log goes; nowhere by default.</summary>
    public static TextWriter? Log { get; set; }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    /// <summary>The most memory that the process ever held, in MiB.</summary>
    public double PeakMiB => ReadStatus("VmHWM:");

    /// <summary>The memory that the process holds now, in MiB.</summary>
    public double ResidentMiB => ReadStatus("VmRSS:");

    /// <summary>Processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The data folder.</summary>
    public string Folder => _folder;

    /// <summary>Threads of the process.</summary>
    public int Threads
    {
        get
        {
            _process.Refresh();
            return _process.Threads.Count;
        }
    }

    /// <summary>File handles that the process holds.</summary>
    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <param name="port">Where it listens.</param>
    /// <param name="more">Further arguments of the verb.</param>
    /// <param name="verb">What of <c>plumbline</c> is run.</param>
    public static async Task<ServerProcess> StartAsync(int port, IEnumerable<string>? more = null, string verb = "serve")
    {
        var folder = Path.Combine(Path.GetTempPath(), $"plumbline-bench-{Environment.ProcessId}");
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        // Beside the server's own output lies the model service of the demonstration.
        var start = new ProcessStartInfo(
            "dotnet",
            [
                verb == "demo" ? BuiltServer.Program : Path.Combine(AppContext.BaseDirectory, "plumbline.dll"),
                verb,
                "--data",
                folder,
                "--urls",
                url,
                .. more ?? [],
            ]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var server = new ServerProcess(Run(start), folder, new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(url) });
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Kills the process and starts another one on its folder. Gives the time from that start until it is ready.</summary>
    public async Task<TimeSpan> KillAndRestartAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        var start = _process.StartInfo;
        _process.Dispose();
        var watch = Stopwatch.StartNew();
        _process = Run(start);
        await WaitUntilReadyAsync();
        return watch.Elapsed;
    }

    /// <summary>What a service manager does (SIGTERM). Gives the time until the process is gone.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
        return watch.Elapsed;
    }

    /// <summary>Starts a process again that has ended, on its folder, with another verb.</summary>
    public async Task StartAgainAsync(string verb)
    {
        var (program, url) = (_process.StartInfo.ArgumentList[0], Address.GetLeftPart(UriPartial.Authority));
        _process.Dispose();
        _process = Run(
            new ProcessStartInfo("dotnet", [program, verb, "--data", _folder, "--urls", url])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        );
        await WaitUntilReadyAsync();
    }

    private static Process Run(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Log?.WriteLine(line.Data);
        process.BeginOutputReadLine();
        return process;
    }

    private async Task WaitUntilReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var ready = await Client.GetAsync("/readyz");
                if (ready.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!_process.HasExited && watch.Elapsed < TimeSpan.FromMinutes(10))
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>What the spool's own file says of all events, read from beside the server.</summary>
    public (long Received, long Stored) ReadCounters()
    {
        using var spool = new SqliteConnection($"Data Source={Path.Combine(_folder, "spool.db")};Mode=ReadOnly;Pooling=False");
        spool.Open();
        using var command = spool.CreateCommand();
        command.CommandText = "SELECT ifnull(sum(received), 0), ifnull(sum(stored), 0) FROM counters";
        using var row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>Waits until every event that it has taken is in the engine.</summary>
    public async Task WaitUntilStoredAsync()
    {
        while (ReadCounters() is var (received, stored) && received != stored)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double ReadStatus(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
