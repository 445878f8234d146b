using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Server.Tests.Processes;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>
/// A million rows of a real PostgreSQL while the server is killed, stopped and started again: each is there, and there once.
/// </summary>
[Collection(PostgresCollection.Name)]
public sealed class MillionRowsTests(PostgresServer postgres, ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-million-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("ground_truth", 1_000_000)]
    [InlineData("signals", 100_000)]
    public async Task Rows_come_once_although_the_server_is_killed_and_stopped_in_the_middle(string gives, int rows)
    {
        PostgresServer.SkipWhenMissing();
        var table = postgres.NewTable();
        // A hundred rows of each watermark; ids that repeat nothing.
        await postgres.ExecuteAsync(TableOfRows(table, rows));
        using var server = new RestartedServer(Path.Combine(_folder, "store"), "--config", await ConfigureAsync());
        var http = server.Client;
        var source = new
        {
            connection = "shop",
            table,
            gives,
            signal = gives == "signals" ? "fraud" : null,
            columns = new
            {
                prediction_id = "request",
                timestamp = "decided_at",
                value = "fraud",
            },
            watermark = "updated_at",
            tie_breaker = "id",
            every = "1h",
        };

        var pulling = new Stopwatch();
        await server.StartAsync();
        try
        {
            using (var created = await http.PutAsJsonAsync("/v1/models/m", new { task = "binary" }))
                created.EnsureSuccessStatusCode();
            pulling.Start();
            await http.PutSourceAsync("m", "s", source);
            await http.WaitForSourceAsync("m", "s", view => view.GetProperty("rows_taken").GetInt64() >= rows / 4);
            await server.KillAsync();
            await server.StartAsync();
            await http.WaitForSourceAsync("m", "s", view => view.GetProperty("rows_taken").GetInt64() >= rows / 2);
            await server.StopAsync();
            await server.StartAsync();
            var view = await http.WaitForSourceAsync("m", "s", view => view.GetProperty("state").GetString() == "ok");
            await WaitUntilStoredAsync(http);
            pulling.Stop();
            Assert.Equal($"2026-05-01T00:00:{rows / 100_000:00}.000000Z", view.GetProperty("cursor").GetString());
            output.WriteLine(
                $"{rows:N0} rows of {gives} pulled and stored in {pulling.Elapsed.TotalSeconds:N1} s, "
                    + $"two starts of the server among them; {view.GetProperty("rows_taken").GetInt64():N0} rows taken and "
                    + $"{view.GetProperty("duplicates").GetInt64():N0} read twice by the source's own count"
            );
        }
        finally
        {
            await server.StopAsync();
        }

        var found = await StoredRows.ReadAsync(Path.Combine(_folder, "store"), RowsInOrder(gives));
        Assert.Equal($"{rows} {rows} {rows}", found);
    }

    private async Task<string> ConfigureAsync()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "plumbline.yaml");
        await File.WriteAllTextAsync(
            file,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                sources:
                  connections:
                    - name: shop
                      kind: postgresql
                      host: 127.0.0.1
                      port: {SourcePlaces.PostgresPort}
                      database: postgres
                      user: {SourcePlaces.User}
                      password: '{SourcePlaces.Password.Replace("'", "''", StringComparison.Ordinal)}'
                """
            )
        );
        return file;
    }

    private static async Task WaitUntilStoredAsync(HttpClient http)
    {
        for (var i = 0; (await http.GetFromJsonAsync<JsonElement>("/v1/models/m/progress")).GetProperty("spool").GetInt64() > 0; i++)
        {
            Assert.True(i < 1200, "Rows are still in the spool.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static string TableOfRows(string table, int rows) =>
        $"""
            CREATE TABLE {table} (id bigint PRIMARY KEY, request text NOT NULL, decided_at timestamptz NOT NULL, fraud int NOT NULL,
                updated_at timestamptz NOT NULL);
            INSERT INTO {table} SELECT i, 'request-' || i, '2026-03-01T00:00:00Z'::timestamptz + i * interval '1 s', i % 2,
                '2026-05-01T00:00:00Z'::timestamptz + (i / 100) * interval '1 ms' FROM generate_series(1, {rows}) i;
            CREATE INDEX ON {table} (updated_at, id);
            """;

    /// <summary>All rows, different ones, and those with the identifier that belongs to their time.</summary>
    private static string RowsInOrder(string gives)
    {
        const string inOrder =
            "prediction_id = concat('request-', "
            + "toString(toUnixTimestamp(timestamp) - toUnixTimestamp(toDateTime('2026-03-01 00:00:00', 'UTC'))))";
        var table = gives == "signals" ? ModelTables.Signals(1) : ModelTables.GroundTruth(1);
        return $"SELECT count(), uniqExact(prediction_id), countIf({inOrder}) FROM {table}";
    }
}

/// <summary>Looks at what a server that has ended has stored. A process holds one store, so this program is started again for it.</summary>
public sealed class StoredRows(TestHost host)
{
    private const string SqlVariable = "PLUMBLINE_TEST_SQL";
    private const string AnswerVariable = "PLUMBLINE_TEST_ANSWER";

    [Fact(Explicit = true)]
    public async Task Read()
    {
        var found = await host.QueryAsync(
            Environment.GetEnvironmentVariable(SqlVariable)!,
            row => $"{row.ReadUInt64()} {row.ReadUInt64()} {row.ReadUInt64()}"
        );
        await File.WriteAllTextAsync(Environment.GetEnvironmentVariable(AnswerVariable)!, found.Single());
    }

    /// <summary>Three counts.</summary>
    internal static async Task<string> ReadAsync(string folder, string sql)
    {
        var answer = Path.Combine(folder, "answer.txt");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(StoredRows).Assembly.Location,
                "-explicit",
                "only",
                "-method",
                $"{typeof(StoredRows).FullName}.{nameof(Read)}",
                "-noLogo",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment[TestHost.DataVariable], start.Environment[SqlVariable], start.Environment[AnswerVariable]) = (
            folder,
            sql,
            answer
        );
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(File.Exists(answer), $"{await said}{await complained}");
        return await File.ReadAllTextAsync(answer);
    }
}
