using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>The real process on a small disk of its own that is filled while it runs.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _disk = Path.Combine(Path.GetTempPath(), $"plumbline-disk-{Guid.NewGuid():N}");
    private bool _mounted;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_disk, "data");

    private string Filler => Path.Combine(_disk, "filler");

    [Fact]
    public async Task A_full_disk_is_told_everywhere_and_nothing_acknowledged_is_lost()
    {
        Directory.CreateDirectory(_disk);
        _mounted = OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", "size=800m", "plumbline-test", _disk) == 0;
        Assert.SkipUnless(_mounted, "A disk of its own needs Linux and the right to mount one.");
        await using var sink = await HttpSink.StartAsync();
        using (var server = PlumblineProcess.Serve(Data))
        {
            using var http = new HttpClient(new SocketsHttpHandler())
            {
                BaseAddress = await server.ListensAsync(),
                Timeout = TimeSpan.FromSeconds(30),
            };
            await ReadyAsync(server, http, HttpStatusCode.OK);
            using (var created = await http.PutAsJsonAsync("/v1/models/m", new { task = "binary" }, Ct))
                created.EnsureSuccessStatusCode();
            using (var receiver = await http.PutAsJsonAsync("/v1/receivers/team", new { kind = "webhook", url = sink.Url }, Ct))
                receiver.EnsureSuccessStatusCode();
            await PostAsync(http, 0, 500);
            await FillAsync();

            await ReadyAsync(server, http, HttpStatusCode.ServiceUnavailable);
            Assert.Contains(
                "data folder",
                await http.GetAsync("/readyz", Ct) is { } told ? await told.Content.ReadAsStringAsync(Ct) : "",
                StringComparison.Ordinal
            );
            await IsRefusedAsync(http);
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
            Assert.InRange(
                server.Lines.Count(line =>
                    line.Contains("fail:", StringComparison.Ordinal) || line.Contains("warn:", StringComparison.Ordinal)
                ),
                1,
                40
            );

            await ToldAsync(sink, "Plumbline cannot store anything");
            File.Delete(Filler);
            await ReadyAsync(server, http, HttpStatusCode.OK);
            await ToldAsync(sink, "Plumbline stores again");
            Assert.Equal(2, sink.Requests.Count);
            await PostAsync(http, 500, 500);
            await StoredAsync(http, 1000);
            await server.KillAsync();
        }

        await StartsAgainOnlyWithSpaceAsync();
    }

    /// <summary>A start on the full disk says why it is none, and leaves everything as it was.</summary>
    private async Task StartsAgainOnlyWithSpaceAsync()
    {
        await FillAsync();
        using (var full = PlumblineProcess.Serve(Data))
        {
            Assert.NotEqual(0, await full.EndAsync());
            Assert.Contains("Free some space", string.Join('\n', full.Lines.TakeLast(15)), StringComparison.Ordinal);
        }

        File.Delete(Filler);
        using (var again = PlumblineProcess.Serve(Data))
        using (
            var http = new HttpClient(new SocketsHttpHandler())
            {
                BaseAddress = await again.ListensAsync(),
                Timeout = TimeSpan.FromSeconds(30),
            }
        )
        {
            await ReadyAsync(again, http, HttpStatusCode.OK);
            await StoredAsync(http, 1000);
            await again.KillAsync();
        }
    }

    /// <summary>A declaration that cannot be stored is answered with what is wrong.</summary>
    private static async Task IsRefusedAsync(HttpClient http)
    {
        using var declared = await http.PutAsJsonAsync(
            "/v1/models/other",
            new { task = "binary", classes = new[] { new string('a', 100), new string('b', 100) } },
            Ct
        );
        Assert.Equal(HttpStatusCode.InsufficientStorage, declared.StatusCode);
        Assert.Equal("storage_failed", (await declared.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString());
    }

    private static async Task ToldAsync(HttpSink sink, string headline)
    {
        for (var attempt = 0; !sink.Requests.Any(request => request.Text.Contains(headline, StringComparison.Ordinal)); attempt++)
        {
            Assert.True(attempt < 400, $"Nobody was told '{headline}'");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }

    public void Dispose()
    {
        if (_mounted)
        {
            using var unmount = Process.Start("umount", ["-l", _disk]);
            unmount.WaitForExit();
        }

        Directory.Delete(_disk, recursive: true);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    private async Task FillAsync()
    {
        await using var file = new FileStream(Filler, FileMode.Create);
        var block = new byte[1 << 20];
        try
        {
            while (true)
                await file.WriteAsync(block, Ct);
        }
        catch (IOException)
        {
            // Full: that was wanted. What is left of the last block is taken too.
        }

        try
        {
            await using var rest = new FileStream(Filler, FileMode.Append);
            while (true)
                await rest.WriteAsync(new byte[512], Ct);
        }
        catch (IOException) { }
    }

    private static async Task ReadyAsync(PlumblineProcess server, HttpClient http, HttpStatusCode wanted)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await http.GetAsync("/readyz", Ct);
                if (answer.StatusCode == wanted)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }

            Assert.True(attempt < 300, $"/readyz never says {wanted}: {server.Said}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }

    private static async Task PostAsync(HttpClient http, int first, int count)
    {
        var rows = Enumerable
            .Range(first, count)
            .Select(i => new
            {
                prediction_id = $"p{i}",
                prediction = "1",
                features = new { x = i },
            });
        using var answer = await http.PostAsJsonAsync("/v1/models/m/predictions", rows, Ct);
        Assert.Equal(count, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("accepted").GetInt32());
    }

    private static async Task StoredAsync(HttpClient http, long rows)
    {
        for (var attempt = 0; ; attempt++)
        {
            var progress = await http.GetFromJsonAsync<JsonElement>("/v1/models/m/progress", Ct);
            if (progress.GetProperty("stored").GetInt64() == rows && progress.GetProperty("spool").GetInt64() == 0)
                return;
            Assert.True(attempt < 600, progress.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Ct);
        }
    }
}
