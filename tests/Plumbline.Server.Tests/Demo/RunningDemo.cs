using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Demo;

/// <summary>A `plumbline demo` process.</summary>
internal sealed partial class RunningDemo : IDisposable
{
    // A demonstration takes what two processors have for two minutes; beside other tests that may be several times as long.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private readonly PlumblineProcess _process;

    private RunningDemo(PlumblineProcess process) => _process = process;

    /// <summary>What it has written so far.</summary>
    public IReadOnlyList<string> Lines => _process.Lines;

    /// <param name="data">Its data folder.</param>
    /// <param name="days">How many days of history it makes; the usual number unless given.</param>
    /// <param name="more">Further arguments.</param>
    public static RunningDemo Start(string data, int? days, params string[] more) => StartAt("http://127.0.0.1:0", data, days, more);

    /// <summary>The same at an address that is known before it listens, as links to it need.</summary>
    public static RunningDemo StartAt(string urls, string data, int? days, params string[] more)
    {
        string[] history = days is { } many ? ["--days", $"{many}"] : [];
        return new(PlumblineProcess.Start(["demo", "--data", data, .. history, "--urls", urls, .. more]));
    }

    /// <summary>Waits until it is ready. Gives where it listens and the seconds that it took, as it says them.</summary>
    public async Task<(Uri Address, string Seconds)> ReadyAsync()
    {
        var said = await _process.SaysAsync(ReadyLine(), Limit);
        return (new Uri(said.Groups["at"].Value), said.Groups["after"].Value);
    }

    /// <summary>Waits until live traffic goes through the model service. Gives where that listens.</summary>
    public async Task<Uri> SampleAsync() => new((await _process.SaysAsync(SampleLine(), Limit)).Groups[1].Value);

    /// <summary>What Ctrl-C does; returns the exit code.</summary>
    public Task<int> InterruptAsync() => _process.InterruptAsync();

    /// <summary>Ends the process and nothing that it started.</summary>
    public void Kill() => _process.Process.Kill();

    public void Dispose() => _process.Dispose();

    [GeneratedRegex(
        @"^Ready after (?<after>\S+) s.*: open (?<at>http://\S+)",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ReadyLine();

    [GeneratedRegex(
        @"^Live traffic goes through the model service at (http://\S+)",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SampleLine();
}
