using System.Text;
using Plumbline.Server.Tests.Processes;

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
        using var process = PlumblineProcess.Start(
            ["serve", "--data", Path.Combine(folder, "data"), "--urls", "http://127.0.0.1:0"],
            start =>
            {
                start.WorkingDirectory = folder;
                if (shift is null)
                    return;
                start.Environment["LD_PRELOAD"] = library;
                start.Environment["FAKETIME"] = shift;
                start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            }
        );
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await process.ListensAsync() };
            using var put = await client.PutAsync("/v1/models/a", Json("""{"task":"binary"}"""));
            using var post = await client.PostAsync(
                "/v1/models/a/predictions",
                Json("""[{"features":{"x":1},"prediction":"1"},{"features":{"x":2},"prediction":"0"}]""")
            );
            Assert.True(post.IsSuccessStatusCode);
            var code = await process.StopAsync();
            Assert.True(code == 0, $"Exit code {code}:{Environment.NewLine}{process.Said}");
            Assert.Empty(Directory.GetFiles(folder, "core*"));
        }
        finally
        {
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
