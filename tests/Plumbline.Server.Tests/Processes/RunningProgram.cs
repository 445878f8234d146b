using System.Diagnostics;

namespace Plumbline.Server.Tests.Processes;

/// <summary>An installed program that listens on a port until it is disposed of.</summary>
internal sealed class RunningProgram(Process process, int port) : IAsyncDisposable
{
    public int Port => port;

    public static RunningProgram Start(InstalledProgram program, Func<int, IEnumerable<string>> arguments)
    {
        var port = FreePort.Find();
        var process = Process.Start(
            new ProcessStartInfo(program.Required(), arguments(port))
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new RunningProgram(process, port);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
