using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Plumbline.Registry.Text;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>Programs of this machine that train; they end with this server.</summary>
public sealed class LocalPrograms(TimeProvider time) : IDisposable
{
    /// <summary>Programs that run at the same time; more are refused.</summary>
    public const int MaxAtOnce = 4;

    private const int MaxLine = 2000;
    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);

    /// <summary>Raised when a program has ended, with the key of its run.</summary>
    public event Action<string>? Ended;

    /// <summary>Starts a program, without a shell.</summary>
    /// <param name="run">The key of the run.</param>
    /// <param name="program">Its full path.</param>
    /// <param name="arguments">Each as it is.</param>
    /// <param name="environment">Added to this server's own.</param>
    /// <param name="limit">After this it is ended.</param>
    /// <returns>Why it was not started; null when it was.</returns>
    public string? Start(
        string run,
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan limit
    )
    {
        if (_running.Values.Count(running => !running.HasEnded) >= MaxAtOnce)
            return $"{MaxAtOnce} programs run already";
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            var running = new Running(process, new CancellationTokenSource(limit, time), limit);
            _running[run] = running;
            running.Done = FollowAsync(run, running);
            return null;
        }
        catch (Exception failure) when (failure is Win32Exception or FileNotFoundException)
        {
            return $"it could not be started: {failure.Message}";
        }
    }

    /// <summary>How the program of a run is; null when this server did not start it, or has forgotten it.</summary>
    public RunReport? Find(string run) => _running.GetValueOrDefault(run)?.Report;

    /// <summary>Forgets a program that has ended.</summary>
    public void Forget(string run)
    {
        if (_running.TryGetValue(run, out var running) && running.HasEnded && _running.TryRemove(run, out _))
            running.Dispose();
    }

    /// <summary>Ends the program of a run, and those that it started.</summary>
    public void End(string run)
    {
        if (_running.TryGetValue(run, out var running))
            running.Kill();
    }

    public void Dispose()
    {
        foreach (var running in _running.Values)
        {
            running.Kill();
            running.Dispose();
        }

        _running.Clear();
    }

    private async Task FollowAsync(string run, Running running)
    {
        var (process, limit) = (running.Process, running.Limit.Token);
        var output = LastLineAsync(process.StandardOutput, limit);
        var errors = LastLineAsync(process.StandardError, limit);
        try
        {
            await process.WaitForExitAsync(limit);
            var (said, complained) = (await output, await errors);
            running.Report =
                process.ExitCode == 0
                    ? Read(said)
                    : new RunReport(
                        RunState.Failed,
                        Message: $"it ended with {process.ExitCode}: {(complained.Length > 0 ? complained : said)}"
                    );
        }
        catch (OperationCanceledException)
        {
            running.Kill();
            running.Report = new RunReport(RunState.Failed, Message: $"ended after {DurationText.Format(running.Longest)}");
        }

        Ended?.Invoke(run);
    }

    // What it wrote last may be the report: {"version":"12","message":"..","metrics":{..}}.
    private static RunReport Read(string line)
    {
        try
        {
            if (line.StartsWith('{') && JsonSerializer.Deserialize<JsonElement>(line) is { ValueKind: JsonValueKind.Object } report)
            {
                return new RunReport(
                    RunState.Succeeded,
                    report.TryGetProperty("version", out var version) ? version.ToString() : null,
                    report.TryGetProperty("message", out var message) ? message.ToString() : null,
                    report.TryGetProperty("metrics", out var metrics) && metrics.ValueKind == JsonValueKind.Object
                        ? metrics.GetRawText()
                        : null
                );
            }
        }
        catch (JsonException)
        {
            // A line that only looks like one.
        }

        return new RunReport(RunState.Succeeded, Message: line.Length > 0 ? line : null);
    }

    // Everything is read, so that the program does not wait for a reader; the last line that says something is kept.
    private static async Task<string> LastLineAsync(StreamReader reader, CancellationToken cancellation)
    {
        var (last, line, buffer) = ("", new System.Text.StringBuilder(), new char[4096]);
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellation)) > 0)
        {
            foreach (var letter in buffer.AsSpan(0, read))
            {
                if (letter == '\n')
                {
                    last = line.Length > 0 ? line.ToString() : last;
                    line.Clear();
                }
                else if (letter != '\r' && line.Length < MaxLine)
                {
                    line.Append(letter);
                }
            }
        }

        return line.Length > 0 ? line.ToString() : last;
    }

    private sealed class Running(Process process, CancellationTokenSource limit, TimeSpan longest) : IDisposable
    {
        private volatile RunReport _report = new(RunState.Running);

        public Process Process => process;

        public CancellationTokenSource Limit => limit;

        public TimeSpan Longest => longest;

        public RunReport Report
        {
            get => _report;
            set => _report = value;
        }

        public bool HasEnded => _report.State.HasEnded();

        public Task Done { get; set; } = Task.CompletedTask;

        public void Kill()
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }
        }

        public void Dispose()
        {
            limit.Dispose();
            process.Dispose();
        }
    }
}
