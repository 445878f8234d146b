using System.Diagnostics;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Browser.Tests;

/// <summary>A `plumbline serve` process with all its defaults, on a free port.</summary>
internal sealed partial class RunningServer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningServer(Process process) => _process = process;

    public static RunningServer Start(string data)
    {
        var start = new ProcessStartInfo("dotnet", [BuiltServer.Program, "serve", "--data", data, "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var running = new RunningServer(process);
        process.OutputDataReceived += (_, line) => running.Read(line.Data);
        process.ErrorDataReceived += (_, line) => running.Read(line.Data);
        process.Exited += (_, _) => running.Ended();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Where it listens, once it does.</summary>
    public Task<Uri> AddressAsync() => _listens.Task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
        if (Listens().Match(line) is { Success: true } match)
            _listens.TrySetResult(new Uri(match.Groups[1].Value));
    }

    private void Ended()
    {
        lock (_lines)
            _listens.TrySetException(new InvalidOperationException($"The server ended:{Environment.NewLine}{string.Join('\n', _lines)}"));
    }

    [GeneratedRegex(@"^Plumbline listens on (http://[^\s,]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listens();
}
