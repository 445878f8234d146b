using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Plumbline.Server.Tests.Demo;

/// <summary>A `plumbline demo` process.</summary>
internal sealed partial class RunningDemo : IDisposable
{
    // A demonstration takes what two processors have for two minutes; beside other tests that may be several times as long.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Uri> _sample = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningDemo(Process process) => _process = process;

    public Uri Address => _ready.Task.Result;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public static RunningDemo Start(string data, int days, params string[] more)
    {
        // A shell's background job hands an ignored Ctrl-C on to its children, and these tests may be one.
        string[] program = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(program[0])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in program[1..]
                .Concat([BuiltServer.Program, "demo", "--data", data, "--days", $"{days}", "--urls", "http://127.0.0.1:0", .. more])
        )
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var running = new RunningDemo(process);
        process.OutputDataReceived += (_, line) => running.Read(line.Data);
        process.ErrorDataReceived += (_, line) => running.Read(line.Data);
        process.Exited += (_, _) => running.Ended();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    public Task<Uri> ReadyAsync() => _ready.Task.WaitAsync(Limit, TimeProvider.System, Ct);

    public Task<Uri> SampleAsync() => _sample.Task.WaitAsync(Limit, TimeProvider.System, Ct);

    /// <summary>What Ctrl-C does; returns the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await _process.WaitForExitAsync(Ct).WaitAsync(Limit, TimeProvider.System, Ct);
        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

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
        if (ReadyLine().Match(line) is { Success: true } ready)
            _ready.TrySetResult(new Uri(ready.Groups[1].Value));
        if (SampleLine().Match(line) is { Success: true } sample)
            _sample.TrySetResult(new Uri(sample.Groups[1].Value));
    }

    private void Ended()
    {
        var ended = new InvalidOperationException(
            $"The demonstration ended:{Environment.NewLine}{string.Join(Environment.NewLine, Lines)}"
        );
        _ready.TrySetException(ended);
        _sample.TrySetException(ended);
    }

    [GeneratedRegex(@"^Ready after .*: open (http://\S+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadyLine();

    [GeneratedRegex(
        @"^Live traffic goes through the model service at (http://\S+)",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SampleLine();
}
