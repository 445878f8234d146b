using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Cli;

/// <summary>
/// The real process under a clock that was moved: waits with a limit end at once there, and a stop that ended the process while the engine
/// was at work was a segmentation fault. Needs libfaketime (Debian's package of that name).
/// </summary>
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

    /// <summary>A browser whose connection is closed connects again at once, while the server still listens.</summary>
    [Fact]
    public async Task A_stop_waits_for_no_page_that_connects_again()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"plumbline-stop-{Guid.NewGuid():N}");
        try
        {
            using var process = PlumblineProcess.Serve(folder);
            var circuit = new UriBuilder(await process.ReadyAsync()) { Scheme = "ws", Path = "/_blazor" }.Uri;
            var pages = Enumerable.Range(0, 4).Select(_ => StayAsync(process, circuit)).ToList();
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            var watch = Stopwatch.StartNew();
            Assert.Equal(0, await process.StopAsync());
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            Assert.All(await Task.WhenAll(pages), connections => Assert.InRange(connections, 1, int.MaxValue));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Connects whenever it is not connected, until there is no server any more. Gives how often it was.
    private static async Task<int> StayAsync(PlumblineProcess process, Uri circuit)
    {
        var connections = 0;
        var buffer = new byte[1024];
        while (!process.HasExited)
        {
            using var socket = new ClientWebSocket();
            try
            {
                await socket.ConnectAsync(circuit, CancellationToken.None);
                connections++;
                while (socket.State == WebSocketState.Open)
                    await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // Closed, or refused.
            }
        }

        return connections;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
