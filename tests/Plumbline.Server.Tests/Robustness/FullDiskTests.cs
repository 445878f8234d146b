using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Demo;
using Plumbline.Server.Tests.Outcomes.Sources;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>The real process on a small disk of its own that is filled while it runs.</summary>
[Collection(Robustness.AloneCollection.Name)]
public sealed class FullDiskTests : IDisposable
{
    private readonly string _disk = Path.Combine(Path.GetTempPath(), $"plumbline-disk-{Guid.NewGuid():N}");
    private readonly List<string> _lines = [];
    private bool _mounted;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Filler => Path.Combine(_disk, "filler");

    [Fact]
    public async Task A_full_disk_is_told_everywhere_and_nothing_acknowledged_is_lost()
    {
        Directory.CreateDirectory(_disk);
        _mounted = OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", "size=800m", "plumbline-test", _disk) == 0;
        Assert.SkipUnless(_mounted, "A disk of its own needs Linux and the right to mount one.");
        await using var sink = await HttpSink.StartAsync();
        var address = new Uri($"http://127.0.0.1:{SourcePlaces.FreePort()}");
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        using (var server = Start(address))
        {
            await ReadyAsync(http, HttpStatusCode.OK);
            using (var created = await http.PutAsJsonAsync("/v1/models/m", new { task = "binary" }, Ct))
                created.EnsureSuccessStatusCode();
            using (var receiver = await http.PutAsJsonAsync("/v1/receivers/team", new { kind = "webhook", url = sink.Url }, Ct))
                receiver.EnsureSuccessStatusCode();
            await PostAsync(http, 0, 500);
            await FillAsync();

            await ReadyAsync(http, HttpStatusCode.ServiceUnavailable);
            Assert.Contains(
                "data folder",
                await http.GetAsync("/readyz", Ct) is { } told ? await told.Content.ReadAsStringAsync(Ct) : "",
                StringComparison.Ordinal
            );
            using (
                var declared = await http.PutAsJsonAsync(
                    "/v1/models/other",
                    new { task = "binary", classes = new[] { new string('a', 100), new string('b', 100) } },
                    Ct
                )
            )
            {
                Assert.Equal(HttpStatusCode.InsufficientStorage, declared.StatusCode);
                Assert.Equal("storage_failed", (await declared.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString());
            }

            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
            lock (_lines)
            {
                Assert.InRange(
                    _lines.Count(line =>
                        line.Contains("fail:", StringComparison.Ordinal) || line.Contains("warn:", StringComparison.Ordinal)
                    ),
                    1,
                    40
                );
            }

            await ToldAsync(sink, "Plumbline cannot store anything");
            File.Delete(Filler);
            await ReadyAsync(http, HttpStatusCode.OK);
            await ToldAsync(sink, "Plumbline stores again");
            Assert.Equal(2, sink.Requests.Count);
            await PostAsync(http, 500, 500);
            await StoredAsync(http, 1000);
            server.Kill();
            await server.WaitForExitAsync(Ct);
        }

        await FillAsync();
        using var full = Start(new Uri($"http://127.0.0.1:{SourcePlaces.FreePort()}"));
        await full.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Ct);
        Assert.NotEqual(0, full.ExitCode);
        lock (_lines)
            Assert.Contains("Free some space", string.Join('\n', _lines.TakeLast(15)), StringComparison.Ordinal);
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

    private Process Start(Uri address)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in (string[])[BuiltServer.Program, "serve", "--data", Path.Combine(_disk, "data"), "--urls", address.ToString()]
        )
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
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

    private async Task ReadyAsync(HttpClient http, HttpStatusCode wanted)
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

            lock (_lines)
                Assert.True(attempt < 300, $"/readyz never says {wanted}: {string.Join('\n', _lines.TakeLast(30))}");
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
