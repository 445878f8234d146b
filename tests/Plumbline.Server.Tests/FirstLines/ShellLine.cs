using System.Diagnostics;

namespace Plumbline.Server.Tests.FirstLines;

/// <summary>A printed line, run by a shell as a reader would run it.</summary>
internal static class ShellLine
{
    /// <summary>Runs a line that begins with curl; the test is skipped where there is none, and fails when the line does.</summary>
    /// <param name="line">As it is printed.</param>
    /// <param name="options">What is added to it, so that its answer can be checked.</param>
    /// <returns>What it writes.</returns>
    public static async Task<string> RunAsync(string line, string options)
    {
        var start = new ProcessStartInfo("sh", ["-c", $"{line} {options}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // What a shell says of a program that is not there.
        Assert.SkipWhen(process.ExitCode == 127, "curl is not installed.");
        Assert.True(process.ExitCode == 0, $"{line}\n{output}{await error}");
        return output;
    }
}
