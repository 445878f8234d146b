using System.Diagnostics;
using System.Globalization;
using System.Text;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Server.Tests.Cli;

/// <summary>
/// The real process under a clock that was moved: waits with a limit end at once there, and a stop that ended the process while the engine
/// was at work was a segmentation fault. Needs libfaketime (Debian's package of that name).
/// </summary>
[Collection(Robustness.AloneCollection.Name)]
public sealed class StopTests
{
    private static readonly string[] Libraries =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("+400d")]
    [InlineData("-30d")]
    public async Task A_stop_ends_with_0_whatever_the_clock_says(string? shift)
    {
        var library = Array.Find(Libraries, File.Exists);
        Assert.SkipWhen(shift is not null && library is null, "libfaketime is not installed.");
        var folder = Path.Combine(Path.GetTempPath(), $"plumbline-stop-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(
            "dotnet",
            [BuiltServer.Program, "serve", "--data", Path.Combine(folder, "data"), "--urls", "http://127.0.0.1:0"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        if (shift is not null)
        {
            start.Environment["LD_PRELOAD"] = library;
            start.Environment["FAKETIME"] = shift;
            start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        }

        using var process = new Process { StartInfo = start };
        var said = new StringBuilder();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Read(object _, DataReceivedEventArgs line)
        {
            lock (said)
                said.AppendLine(line.Data);
            if (line.Data?.StartsWith("Plumbline listens on ", StringComparison.Ordinal) == true)
                address.TrySetResult(new Uri(line.Data.Split(' ')[3].TrimEnd(',')));
        }

        process.OutputDataReceived += Read;
        process.ErrorDataReceived += Read;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler())
            {
                BaseAddress = await address.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System),
            };
            using var put = await client.PutAsync("/v1/models/a", Json("""{"task":"binary"}"""));
            using var post = await client.PostAsync(
                "/v1/models/a/predictions",
                Json("""[{"features":{"x":1},"prediction":"1"},{"features":{"x":2},"prediction":"0"}]""")
            );
            Assert.True(post.IsSuccessStatusCode);
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
            Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}:{Environment.NewLine}{said}");
            Assert.Empty(Directory.GetFiles(folder, "core*"));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
