using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>
/// The promise of the acknowledgement: what was answered with 202 is stored, and stored once, however often the process dies.
/// </summary>
public sealed class KilledServerTests : IDisposable
{
    private const int Kills = 10;
    private const int Clients = 4;
    private const int RowsPerBatch = 40;

    // Some thousands of rows a second keep a block on its way at any moment; all that a machine can take would only have to be read back.
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(25);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-killed-{Guid.NewGuid():N}");
    private readonly ConcurrentDictionary<string, byte> _acknowledged = new();
    private int _repeats;
    private readonly RestartedServer _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public KilledServerTests() => _server = new(_folder);

    public void Dispose()
    {
        _server.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Ten_kills_while_four_clients_post_lose_nothing_and_double_nothing()
    {
        var http = _server.Client;
        // Long enough for blocks to be on their way to the engine, at another moment each time.
        await PostWhileKilledAsync(http, PostAsync, Kills, kill => TimeSpan.FromMilliseconds(700 + (130 * kill)));
        await WaitUntilStoredAsync();
        var stored = await ReadIdsAsync(http);
        Assert.InRange(_acknowledged.Count, 1_000, int.MaxValue);
        Assert.Empty(_acknowledged.Keys.Except(stored));
        Assert.Equal(stored.Count, stored.Distinct().Count());

        // Nothing that no client was told about, either: each ended by getting its last batch acknowledged.
        Assert.Equal(_acknowledged.Count, stored.Count);
        Assert.InRange(_repeats, 1, int.MaxValue);
    }

    [Fact]
    public async Task Parts_that_are_posted_while_the_server_is_killed_end_as_one_whole_prediction_each()
    {
        var http = _server.Client;
        await PostWhileKilledAsync(http, PostPartsAsync, kills: 4, kill => TimeSpan.FromMilliseconds(900 + (230 * kill)));
        // A part that is repeated is counted again, so the spool must only come to its end.
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (await WaitingAsync(http) > 0)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "batches are still in the spool");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        var rows = await ReadRowsAsync(http);
        Assert.InRange(rows.Count, 1_000, int.MaxValue);
        Assert.Equal(_acknowledged.Keys.Order(StringComparer.Ordinal), rows.Select(row => row.Id).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(("v1", row.Id[^1] % 2 == 0 ? "0" : "1", "k"), (row.Version, row.Prediction, row.Feature)));
    }

    [Fact]
    public async Task A_change_of_type_that_is_killed_on_its_way_converts_every_value_in_the_end()
    {
        const int Rows = 40_000;
        var http = _server.Client;
        await _server.StartAsync();
        using (
            var created = await http.PutAsJsonAsync(
                "/v1/models/m",
                new { task = "regression", features = new { code = new { type = "numeric" } } },
                Ct
            )
        )
        {
            created.EnsureSuccessStatusCode();
        }

        for (var batch = 0; batch < 4; batch++)
        {
            var rows = Enumerable
                .Range(0, Rows / 4)
                .Select(row => $$$"""{"prediction":1,"features":{"code":{{{(row % 4 == 3 ? "\"x/y\"" : row % 4)}}}}}""");
            using var body = new StringContent("[" + string.Join(',', rows) + "]", Encoding.UTF8, "application/json");
            using var posted = await http.PostAsync("/v1/models/m/predictions", body, Ct);
            posted.EnsureSuccessStatusCode();
        }

        while (await WaitingAsync(http) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        // How long a change takes is the machine's affair: of kills at four moments those that met it count.
        var met = 0;
        foreach (var (type, delayMs) in new[] { ("categorical", 20), ("numeric", 60), ("categorical", 150), ("numeric", 300) })
        {
            var change = http.PatchAsJsonAsync("/v1/models/m/features/code", new { type }, Ct);
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), TimeProvider.System, Ct);
            await _server.KillAsync();
            try
            {
                using var changed = await change;
                Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync(Ct));
            }
            catch (HttpRequestException)
            {
                met++;
            }

            await _server.StartAsync();
            // A change that was begun goes on, one that was not is made now; either way the answer comes when all is converted.
            using var again = await http.PatchAsJsonAsync("/v1/models/m/features/code", new { type }, Ct);
            Assert.True(again.IsSuccessStatusCode, await again.Content.ReadAsStringAsync(Ct));
            Assert.Equal(
                (Rows / 4, Rows / 4),
                (await CountAsync(http, "features.code:eq:0"), await CountAsync(http, "features.code:eq:2"))
            );
            Assert.Equal(Rows / 4, await CountAsync(http, type == "numeric" ? "features.code:type_error" : "features.code:eq:x%2Fy"));
        }

        Assert.True(met > 0, "No kill met a change of type.");
    }

    private static async Task<long> CountAsync(HttpClient http, string filter)
    {
        var counted = await http.GetFromJsonAsync<JsonElement>($"/v1/models/m/prediction-counts?filter={filter}", Ct);
        return counted.GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("count").GetInt64());
    }

    /// <summary>Clients post to a model while the server is killed and started again, until each has its last batch acknowledged.</summary>
    private async Task PostWhileKilledAsync(
        HttpClient http,
        Func<HttpClient, int, CancellationToken, Task> post,
        int kills,
        Func<int, TimeSpan> pause
    )
    {
        using var stop = new CancellationTokenSource();
        await _server.StartAsync();
        using (var created = await http.PutAsJsonAsync("/v1/models/m", new { task = "binary" }, Ct))
            created.EnsureSuccessStatusCode();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => post(http, client, stop.Token), Ct)).ToList();
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(pause(kill), TimeProvider.System, Ct);
            await _server.KillAsync();
            await _server.StartAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
    }

    private async Task PostPartsAsync(HttpClient http, int client, CancellationToken stop)
    {
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var ids = Enumerable.Range(0, RowsPerBatch).Select(row => $"c{client}-{batch}-{row}").ToList();
            foreach (var rest in new[] { "\"version\":\"v1\",\"features\":{\"c\":\"k\"}", "" })
            {
                var body =
                    "["
                    + string.Join(
                        ',',
                        ids.Select(id =>
                            $$"""{"prediction_id":"{{id}}","partial":true,{{(rest.Length > 0 ? rest : $"\"prediction\":\"{id[^1] % 2}\"")}}}"""
                        )
                    )
                    + "]";
                while (!await TryPostAsync(http, body))
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
            }

            ids.ForEach(id => _acknowledged.TryAdd(id, 0));
            await Task.Delay(BetweenBatches, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task PostAsync(HttpClient http, int client, CancellationToken stop)
    {
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var ids = Enumerable.Range(0, RowsPerBatch).Select(row => $"c{client}-{batch}-{row}").ToList();
            var body =
                "["
                + string.Join(
                    ',',
                    ids.Select(
                        (id, row) =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $$$"""{"prediction_id":"{{{id}}}","version":"v{{{client}}}","features":{"x":{{{row}}},"c":"k{{{row % 5}}}"},"prediction":"{{{row % 2}}}"}"""
                            )
                    )
                )
                + "]";
            while (!await TryPostAsync(http, body))
            {
                Interlocked.Increment(ref _repeats);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
            }
            ids.ForEach(id => _acknowledged.TryAdd(id, 0));
            await Task.Delay(BetweenBatches, TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<bool> TryPostAsync(HttpClient http, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync("/v1/models/m/predictions", content);
            if (response.StatusCode != HttpStatusCode.Accepted)
                return false;
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            return answer.GetProperty("accepted").GetInt64() + answer.GetProperty("duplicates").GetInt64() == RowsPerBatch;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            return false;
        }
    }

    private async Task WaitUntilStoredAsync()
    {
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (true)
        {
            using var spool = new SqliteConnection($"Data Source={Path.Combine(_folder, "spool.db")};Mode=ReadOnly;Pooling=False");
            spool.Open();
            using var command = spool.CreateCommand();
            command.CommandText =
                "SELECT sum(received), sum(duplicate), sum(rejected), sum(stored), (SELECT count(*) FROM batches), "
                + "(SELECT count(*) FROM blocks) FROM counters";
            using var row = command.ExecuteReader();
            row.Read();
            if (row.GetInt64(4) == 0)
            {
                Assert.Equal(row.GetInt64(0), row.GetInt64(1) + row.GetInt64(2) + row.GetInt64(3));
                Assert.Equal(_acknowledged.Count, row.GetInt64(3));
                Assert.Equal(0, row.GetInt64(5));
                return;
            }
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"{row.GetInt64(4)} batches are still in the spool");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }

    private static async Task<List<string>> ReadIdsAsync(HttpClient http) => [.. (await ReadRowsAsync(http)).Select(row => row.Id)];

    private static async Task<long> WaitingAsync(HttpClient http)
    {
        var progress = await http.GetFromJsonAsync<JsonElement>("/v1/models/m/progress", Ct);
        return progress.GetProperty("spool").GetInt64();
    }

    private static async Task<List<(string Id, string? Version, string? Prediction, string? Feature)>> ReadRowsAsync(HttpClient http)
    {
        var ids = new List<(string, string?, string?, string?)>();
        var cursor = "";
        do
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/v1/models/m/predictions?limit=1000{cursor}", Ct);
            ids.AddRange(
                page.GetProperty("predictions")
                    .EnumerateArray()
                    .Select(row =>
                        (
                            row.GetProperty("prediction_id").GetString()!,
                            row.GetProperty("version").GetString(),
                            row.GetProperty("prediction").GetString(),
                            row.GetProperty("features").TryGetProperty("c", out var c) ? c.GetString() : null
                        )
                    )
            );
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        } while (cursor.Length > 0);
        return ids;
    }
}
