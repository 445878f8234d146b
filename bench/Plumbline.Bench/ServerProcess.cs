using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Bench;

/// <summary>
/// The server as a process of its own in an empty folder, so that the load beside it costs what it costs in life and memory can be
/// measured.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private PlumblineProcess _running;
    private readonly string _program;
    private readonly string[] _more;
    private readonly string _folder;

    private ServerProcess(string program, string[] more, string verb, string folder, Uri address)
    {
        (_program, _more, _folder) = (program, more, folder);
        Client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
        _running = Run(verb, more);
    }

    private Process Process => _running.Process;

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
            Process.Refresh();
            return Process.TotalProcessorTime;
        }
    }

    /// <summary>The data folder.</summary>
    public string Folder => _folder;

    /// <summary>Threads of the process.</summary>
    public int Threads
    {
        get
        {
            Process.Refresh();
            return Process.Threads.Count;
        }
    }

    /// <summary>File handles that the process holds.</summary>
    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{Process.Id}/fd").Length;

    /// <param name="port">Where it listens.</param>
    /// <param name="more">Further arguments of the verb.</param>
    /// <param name="verb">What of <c>plumbline</c> is run.</param>
    public static async Task<ServerProcess> StartAsync(int port, IEnumerable<string>? more = null, string verb = "serve")
    {
        var folder = Path.Combine(Path.GetTempPath(), $"plumbline-bench-{Environment.ProcessId}");
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        // Beside the server's own output lies the model service of the demonstration.
        var program = verb == "demo" ? BuiltServer.Program : Path.Combine(AppContext.BaseDirectory, "plumbline.dll");
        var server = new ServerProcess(program, [.. more ?? []], verb, folder, address);
        try
        {
            await server._running.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the process and starts another one on its folder. Gives the time from that start until it is ready.</summary>
    public async Task<TimeSpan> KillAndRestartAsync()
    {
        await _running.KillAsync();
        var watch = Stopwatch.StartNew();
        await RunAgainAsync("serve", _more);
        return watch.Elapsed;
    }

    /// <summary>What a service manager does (SIGTERM). Gives the time until the process is gone.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        await _running.StopAsync();
        return watch.Elapsed;
    }

    /// <summary>Starts a process again that has ended, on its folder, with another verb.</summary>
    public Task StartAgainAsync(string verb) => RunAgainAsync(verb, []);

    private async Task RunAgainAsync(string verb, string[] more)
    {
        _running.Dispose();
        _running = Run(verb, more);
        await _running.ReadyAsync();
    }

    private PlumblineProcess Run(string verb, string[] more) =>
        PlumblineProcess.Start(
            [verb, "--data", _folder, "--urls", Client.BaseAddress!.GetLeftPart(UriPartial.Authority), .. more],
            program: _program,
            written: Log
        );

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
        await _running.KillAsync();
        _running.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double ReadStatus(string name)
    {
        var line = File.ReadLines($"/proc/{Process.Id}/status").First(text => text.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
