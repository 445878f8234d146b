using System.Diagnostics;
using System.Text;

namespace Plumbline.Server.Tests.Processes;

/// <summary>A program of the machine that tests run beside ours; .ci/run installs those that are named here.</summary>
internal sealed class InstalledProgram(string package, params string[] names)
{
    public static readonly InstalledProgram Promtool = new("prometheus", "promtool");
    public static readonly InstalledProgram Prometheus = new("prometheus", "prometheus");
    public static readonly InstalledProgram Alertmanager = new("prometheus-alertmanager", "prometheus-alertmanager", "alertmanager");
    public static readonly InstalledProgram NodeExporter = new("prometheus-node-exporter", "prometheus-node-exporter");

    // Debian gives some of them another name than their makers.
    private readonly string? _path = names
        .SelectMany(name =>
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))
        )
        .FirstOrDefault(File.Exists);

    /// <summary>What it is called.</summary>
    public string Name => names[0];

    /// <summary>Where it is; the test is skipped where it is not.</summary>
    public string Required()
    {
        Assert.SkipWhen(_path is null, $"{Name} is not installed (Debian: apt-get install {package}).");
        return _path!;
    }

    /// <summary>Runs it with something on its standard input; gives its exit code and what it wrote.</summary>
    public async Task<(int Code, string Output)> RunAsync(string input, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Required(), arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
