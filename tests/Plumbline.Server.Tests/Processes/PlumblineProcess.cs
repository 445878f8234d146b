using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Plumbline.Server.Tests.Processes;

/// <summary>
/// The program as a process of its own: what it writes, where it listens, how it ends. A server takes a port that the system gives it and
/// says which: a port that was only looked for beforehand may be somebody else's by the time it starts.
/// </summary>
internal sealed partial class PlumblineProcess : IDisposable
{
    /// <summary>How long a start and an end may take beside other tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Regex Wanted, TaskCompletionSource<Match> Found)> _waiting = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TextWriter? _written;
    private bool _disposed;

    private PlumblineProcess(Process process, TextWriter? written) => (_process, _written) = (process, written);

    /// <summary>The process itself: its processor time, its memory.</summary>
    public Process Process => _process;

    /// <summary>What it has written so far, of both streams.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>What it has written so far as one text.</summary>
    public string Said => string.Join('\n', Lines);

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a verb.</summary>
    /// <param name="arguments">The verb and its arguments.</param>
    /// <param name="prepare">Changes how the process is started: its folder, its environment.</param>
    /// <param name="program">What is started; the server's own build output unless given.</param>
    /// <param name="written">Gets each line that it writes.</param>
    public static PlumblineProcess Start(
        IEnumerable<string> arguments,
        Action<ProcessStartInfo>? prepare = null,
        string? program = null,
        TextWriter? written = null
    )
    {
        // A shell's background job hands an ignored Ctrl-C on to its children, and a run of tests may be one.
        string[] host = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(host[0], [.. host[1..], program ?? BuiltServer.Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        prepare?.Invoke(start);
        var process = new Process { StartInfo = start };
        var running = new PlumblineProcess(process, written);
        process.OutputDataReceived += (_, line) => running.Read(line.Data);
        process.ErrorDataReceived += (_, line) => running.Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = running.WatchAsync();
        return running;
    }

    /// <summary>Starts a server on a data folder, at a port that the system gives it.</summary>
    public static PlumblineProcess Serve(string data, params IEnumerable<string> more) =>
        Start(["serve", "--data", data, "--urls", "http://127.0.0.1:0", .. more]);

    /// <summary>Waits until the server has said where it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended, or said nothing for long; with what it wrote.</exception>
    public async Task<Uri> ListensAsync() => new((await SaysAsync(ListensLine(), Limit)).Groups[1].Value);

    /// <summary>Waits until the server has started and says that it is ready. Gives its address.</summary>
    /// <exception cref="InvalidOperationException">It ended, or is not ready for long; with what it wrote and what it answered.</exception>
    public async Task<Uri> ReadyAsync()
    {
        var address = await ListensAsync();
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        var watch = Stopwatch.StartNew();
        while (true)
        {
            string answer;
            try
            {
                using var ready = await http.GetAsync("/readyz");
                if (ready.IsSuccessStatusCode)
                    return address;
                answer = await ready.Content.ReadAsStringAsync();
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                answer = error.Message;
            }

            if (HasExited || watch.Elapsed > Limit)
                throw new InvalidOperationException($"The server is not ready: {answer}\n{Said}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Waits for a line.</summary>
    /// <param name="line">What the line is like.</param>
    /// <param name="limit">How long it is waited for.</param>
    /// <exception cref="InvalidOperationException">The process ended without it, or the time is over; with what it wrote.</exception>
    public async Task<Match> SaysAsync(Regex line, TimeSpan limit)
    {
        var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.Select(text => line.Match(text)).FirstOrDefault(match => match.Success) is { } already)
                return already;
            _waiting.Add((line, found));
        }

        await Task.WhenAny(found.Task, _ended.Task, Task.Delay(limit, TimeProvider.System));
        if (found.Task.IsCompletedSuccessfully)
            return await found.Task;
        throw new InvalidOperationException(
            $"{(_ended.Task.IsCompleted ? "The process ended" : "The time is over")} and no line was like {line}:\n{Said}"
        );
    }

    /// <summary>Ends it at once, as a machine that loses power would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
            _process.Kill(entireProcessTree: true);
        await _ended.Task;
    }

    /// <summary>Ends it as a service manager does (SIGTERM). Gives the exit code.</summary>
    public Task<int> StopAsync() => SignalAsync("-TERM");

    /// <summary>What Ctrl-C does (SIGINT). Gives the exit code.</summary>
    public Task<int> InterruptAsync() => SignalAsync("-INT");

    /// <summary>Waits until it ends by itself and all that it wrote is read. Gives the exit code.</summary>
    /// <exception cref="InvalidOperationException">It goes on for long; with what it wrote.</exception>
    public async Task<int> EndAsync()
    {
        await Task.WhenAny(_ended.Task, Task.Delay(Limit, TimeProvider.System));
        return _ended.Task.IsCompleted ? _process.ExitCode : throw new InvalidOperationException($"The process does not end:\n{Said}");
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<int> SignalAsync(string signal)
    {
        if (!HasExited)
        {
            using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        return await EndAsync();
    }

    private async Task WatchAsync()
    {
        // Completes after the last line of both streams was read.
        await _process.WaitForExitAsync();
        _ended.TrySetResult();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Add(line);
            _written?.WriteLine(line);
            foreach (var (wanted, found) in _waiting)
            {
                if (wanted.Match(line) is { Success: true } match)
                    found.TrySetResult(match);
            }
        }
    }

    [GeneratedRegex(@"^Plumbline (?:listens|starts) on (http://[^\s,;]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListensLine();
}
