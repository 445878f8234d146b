using System.Diagnostics;
using System.Text.RegularExpressions;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Demo;

/// <summary>
/// The sample as a child process. It ends with its standard input, whose other end this process holds: whichever way this process ends, the
/// child goes too.
/// </summary>
public sealed partial class SampleProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Action<string> _said;
    private int _disposed;

    private SampleProcess(Process process, Action<string> said) => (_process, _said) = (process, said);

    public int Id => _process.Id;

    /// <summary>Completes with the exit code when the process has ended.</summary>
    public Task<int> Ended { get; private set; } = Task.FromResult(0);

    /// <param name="assembly">The sample's program.</param>
    /// <param name="arguments">Its switches.</param>
    /// <param name="said">Is told every line that it writes once it takes requests: warnings, normally none.</param>
    /// <param name="shared">
    /// The key that it posts with, and the secret that requests for training are signed with. No switches: everybody on this machine can
    /// read those.
    /// </param>
    public static SampleProcess Start(
        string assembly,
        IEnumerable<string> arguments,
        Action<string> said,
        (string? Key, string? Secret) shared = default
    )
    {
        var start = new ProcessStartInfo(SampleLocation.DotnetHost())
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetDirectoryName(assembly)!,
        };
        start.Environment["api-key"] = shared.Key;
        start.Environment["retraining-secret"] = shared.Secret;
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--stop-with-stdin");
        start.ArgumentList.Add("true");
        var process = new Process { StartInfo = start };
        var sample = new SampleProcess(process, said);
        process.OutputDataReceived += (_, line) => sample.Read(line.Data);
        process.ErrorDataReceived += (_, line) => sample.Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        sample.Ended = sample.WatchAsync();
        return sample;
    }

    /// <summary>Waits until it takes requests; returns where.</summary>
    /// <exception cref="CommandLineException">It ended before, or took too long; the message has its last lines.</exception>
    public async Task<Uri> ListeningAsync(TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return await _listening.Task.WaitAsync(StartLimit, time, cancellation);
        }
        catch (TimeoutException late)
        {
            throw new CommandLineException(
                ExitCode.Failure,
                $"the demonstration's model service did not start within {StartLimit.TotalSeconds:N0} s. "
                    + $"It said:{Environment.NewLine}{LastLines()}",
                late
            );
        }
    }

    /// <summary>What it wrote last, for an error message.</summary>
    public string LastLines()
    {
        lock (_gate)
            return string.Join(Environment.NewLine, _lastLines);
    }

    /// <summary>Ends it, once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        if (!_process.HasExited)
        {
            try
            {
                _process.StandardInput.Close();
                using var limit = new CancellationTokenSource(StopLimit);
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (Exception late) when (late is OperationCanceledException or IOException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        await Ended;
        _process.Dispose();
    }

    private async Task<int> WatchAsync()
    {
        await _process.WaitForExitAsync();
        _listening.TrySetException(
            new CommandLineException(
                ExitCode.Failure,
                $"the demonstration's model service ended with code {_process.ExitCode}. It said:{Environment.NewLine}{LastLines()}"
            )
        );
        return _process.ExitCode;
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
                _lastLines.Dequeue();
        }

        if (_listening.Task.IsCompletedSuccessfully)
            _said(line);
        else if (Listening().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"^TicketRouter listens on (http://\S+)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
