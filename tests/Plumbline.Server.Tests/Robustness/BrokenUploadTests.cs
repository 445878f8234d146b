using System.IO.Compression;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Plumbline.Ingestion.Intake;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>Clients that go away in the middle of a body: everything that their requests took is given back.</summary>
[Collection(Robustness.AloneCollection.Name)]
public sealed class BrokenUploadTests(TestHost host)
{
    private const int Uploads = 1_000;

    [Theory]
    [InlineData("predictions", "application/json", false)]
    [InlineData("predictions", "application/x-ndjson", false)]
    [InlineData("predictions", "application/json", true)]
    [InlineData("ground-truth", "application/json", false)]
    [InlineData("ground-truth", "application/x-ndjson", true)]
    [InlineData("signals", "application/json", false)]
    public async Task A_thousand_broken_posts_of_events_leave_all_memory_free(string path, string type, bool gzip)
    {
        var model = await host.CreateModelAsync(new { task = "binary" }, "broken");
        await BreakAsync(
            "POST",
            $"/v1/models/{model}/{path}",
            type,
            gzip,
            Encoding.UTF8.GetBytes(type == "application/json" ? "[{" : "{\"prediction_id\":")
        );
        await AllGivenBackAsync();
        using var answer = await host.Client.PostAsJsonAsync(
            $"/v1/models/{model}/predictions",
            new[] { new { prediction_id = "p", prediction = "1" } }
        );
        Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("text/csv", "y,x\n1,2\n")]
    [InlineData("application/vnd.apache.parquet", "PAR1")]
    public async Task A_thousand_broken_uploads_of_references_leave_no_file(string type, string begin)
    {
        var model = await host.CreateModelAsync(new { task = "regression" }, "broken-reference");
        await BreakAsync("PUT", $"/v1/models/{model}/reference?prediction=y", type, gzip: false, Encoding.UTF8.GetBytes(begin));
        var folder = Path.Combine(host.Get<PlumblineOptions>().DataDirectory, "uploads");
        for (var attempt = 0; Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(); attempt++)
        {
            Assert.True(attempt < 200, $"{Directory.EnumerateFiles(folder).Count()} files are left");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    [Fact]
    public async Task A_client_that_announces_much_and_sends_nothing_holds_little()
    {
        var model = await host.CreateModelAsync(new { task = "binary" }, "promises");
        var open = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 20; i++)
                open.Add(await SendAsync("POST", $"/v1/models/{model}/predictions", "application/json", "", 64_000_000, "[{"u8.ToArray()));
            using var answer = await host.Client.PostAsJsonAsync(
                $"/v1/models/{model}/predictions",
                new[] { new { prediction_id = "p", prediction = "1" } }
            );
            Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
            Assert.InRange(host.Get<BodyBudget>().Used, 0, 20 * 128L * 1024);
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }

        await AllGivenBackAsync();
    }

    private async Task AllGivenBackAsync()
    {
        var budget = host.Get<BodyBudget>();
        for (var attempt = 0; budget.Used != 0; attempt++)
        {
            Assert.True(attempt < 300, $"{budget.Used} bytes are still taken");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private async Task BreakAsync(string method, string path, string type, bool gzip, byte[] begin)
    {
        if (gzip)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                stream.Write(begin);
            // Without its end.
            begin = packed.ToArray()[..^9];
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Uploads),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (i, _) =>
            {
                using var client = await SendAsync(method, path, type, gzip ? "Content-Encoding: gzip\r\n" : "", 64_000_000, begin);
                // Half of them say nothing and go, the others reset the connection.
                if (i % 2 == 0)
                    client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        );
    }

    private async Task<TcpClient> SendAsync(string method, string path, string type, string headers, long length, byte[] begin)
    {
        var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        var head =
            $"{method} {path} HTTP/1.1\r\nHost: {host.Address.Authority}\r\nContent-Type: {type}\r\n{headers}Content-Length: "
            + $"{length}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await client.GetStream().WriteAsync(begin);
        return client;
    }
}
