using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;
using Plumbline.Server.Tests.State;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>The real process with its state in a real PostgreSQL: what it does, what it keeps, and what it refuses.</summary>
[Collection(StateCollection.Name)]
public sealed class StateElsewhereTests(StateDatabases databases)
{
    private const int Hours = 12;
    private const int RowsPerHour = 60;
    private const int AllRows = (Hours + 2) * RowsPerHour;

    [Fact]
    public async Task Everything_works_with_the_state_in_PostgreSQL_and_is_kept_over_a_restart()
    {
        StateDatabases.SkipWhenMissing();
        var (folder, options) = (databases.NewFolder(), await databases.NewAsync());
        var config = Configure(options);
        long incident = 0;
        var said = await DamagedFolders.ServeAsync(
            folder,
            async http =>
            {
                await DeclareAsync(http, "tickets");
                await DeclareAsync(http, "gone");
                foreach (var model in (string[])["tickets", "gone"])
                    await SendAsync(http, model, Hours, 0);
                foreach (var model in (string[])["tickets", "gone"])
                    await ComputedAsync(http, model, Hours * RowsPerHour);
                incident = await IncidentAsync(http, "tickets");
                await IncidentAsync(http, "gone");
                var acknowledge = $"/v1/incidents/{incident}/acknowledge";
                using (var note = await http.PostAsJsonAsync(acknowledge, new { comment = "I look" }))
                    note.EnsureSuccessStatusCode();
                string[] pages =
                [
                    "/",
                    "/models/tickets",
                    "/models/tickets/inputs",
                    "/models/tickets/outputs",
                    "/incidents",
                    $"/incidents/{incident}",
                    "/self",
                    "/settings",
                    "/settings/deliveries",
                ];
                foreach (var page in pages)
                {
                    using var answer = await http.GetAsync(page);
                    Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{page}: {answer.StatusCode}");
                }

                using (var deleted = await http.DeleteAsync("/v1/models/gone"))
                    deleted.EnsureSuccessStatusCode();
                // Its name is free, and nothing of it is left.
                await DeclareAsync(http, "gone");
                Assert.Equal(0, await CountAsync(http, "/v1/models/gone/incidents", "incidents"));
                Assert.Equal(0, (await ProgressAsync(http, "gone")).GetProperty("stored").GetInt64());

                await LiveThroughAnOutageAsync(http);
            },
            "--config",
            config
        );
        Assert.DoesNotContain("unexpected", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "state.db")));

        await DamagedFolders.ServeAsync(
            folder,
            async http =>
            {
                Assert.Equal(AllRows, (await ProgressAsync(http, "tickets")).GetProperty("stored").GetInt64());
                var kept = await http.GetFromJsonAsync<JsonElement>($"/v1/incidents/{incident}");
                Assert.Contains("I look", kept.GetRawText(), StringComparison.Ordinal);
                Assert.Contains("much-yes", await http.GetStringAsync("/v1/models/tickets/rules"), StringComparison.Ordinal);
            },
            "--config",
            config
        );

        var (code, report) = await DamagedFolders.RunAsync("check", "--data", folder, "--config", config);
        Assert.True(code == 0, report);
        Assert.Contains($"the database '{options.Database}' at 127.0.0.1:{options.Port} id ", report, StringComparison.Ordinal);
        Assert.Contains($"model 'tickets': predictions {AllRows} counted, {AllRows} in the engine", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_and_a_database_that_do_not_belong_together_are_refused()
    {
        StateDatabases.SkipWhenMissing();
        var (folder, config) = (databases.NewFolder(), Configure(await databases.NewAsync()));
        await DamagedFolders.ServeAsync(folder, http => DeclareAsync(http, "m"), "--config", config);
        var (code, said) = await DamagedFolders.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder);
        Assert.Equal(1, code);
        Assert.Contains("state.db is missing", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);

        var foreign = await databases.NewAsync();
        var part = new StatePart(StatePlace.Of(folder, foreign), PlumblineHost.StateTables);
        await part.WriteAsync(new PartIdentity("another", 1, 1), default);
        (code, said) = await DamagedFolders.RunAsync("check", "--data", folder, "--config", Configure(foreign), "--accept-loss");
        Assert.Equal(1, code);
        Assert.Contains($"{part.Name} does not belong here", said, StringComparison.Ordinal);
        Assert.Contains("name an empty database in state.database", said, StringComparison.Ordinal);

        // An empty one is taken when the loss is accepted, and numbers of models go on.
        var empty = Configure(await databases.NewAsync());
        (code, said) = await DamagedFolders.RunAsync("check", "--data", folder, "--config", empty, "--accept-loss");
        Assert.True(code == 0, said);
        Assert.Contains("is missing: nothing is in it", said, StringComparison.Ordinal);
        await DamagedFolders.ServeAsync(
            folder,
            async http => Assert.Equal(0, await CountAsync(http, "/v1/models", "models")),
            "--config",
            empty
        );
    }

    // What is acknowledged while the database is away is computed when it is back.
    private async Task LiveThroughAnOutageAsync(HttpClient http)
    {
        await databases.StopAsync();
        using (var ready = await http.GetAsync("/readyz"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal("not ready: the database of the state does not answer", await ready.Content.ReadAsStringAsync());
        }

        await SendAsync(http, "tickets", 2, Hours);
        using (var refused = await http.PutAsJsonAsync("/v1/models/new", new { task = "binary" }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("state_unreachable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        await databases.StartAsync();
        await ComputedAsync(http, "tickets", AllRows);
        // An answer stands for a second.
        for (var attempt = 0; ; attempt++)
        {
            using var ready = await http.GetAsync("/readyz");
            if (ready.IsSuccessStatusCode)
                break;
            Assert.True(attempt < 100, await ready.Content.ReadAsStringAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private string Configure(StateOptions options)
    {
        var file = Path.Combine(Directory.CreateDirectory(databases.NewFolder()).FullName, "plumbline.yaml");
        File.WriteAllText(
            file,
            $$"""
            windows: { interval_ms: 100, quiet_ms: 0 }
            alerting: { interval_ms: 100 }
            state:
              kind: postgresql
              host: {{options.Host}}
              port: {{options.Port}}
              database: {{options.Database}}
              user: {{options.User}}
              password: {{JsonSerializer.Serialize(options.Password)}}
            """
        );
        return file;
    }

    private static async Task DeclareAsync(HttpClient http, string model)
    {
        var specification = new
        {
            task = "binary",
            window = "1h",
            allowed_lateness = "0s",
        };
        using (var put = await http.PutAsJsonAsync($"/v1/models/{model}", specification))
            put.EnsureSuccessStatusCode();
        var rule = new
        {
            kind = "threshold",
            metric = "output.share",
            @class = "1",
            direction = "above",
            value = 0.6,
            for_windows = 1,
            of_windows = 1,
            severity = "warning",
        };
        using var ruled = await http.PutAsJsonAsync($"/v1/models/{model}/rules/much-yes", rule);
        Assert.True(ruled.IsSuccessStatusCode, await ruled.Content.ReadAsStringAsync());
    }

    // Of the last hours every prediction is yes, before them every second one.
    private static async Task SendAsync(HttpClient http, string model, int hours, int from)
    {
        var start = TimeProvider.System.GetUtcNow().AddHours(-Hours - 4 + from);
        var rows = Enumerable
            .Range(0, hours * RowsPerHour)
            .Select(i => new
            {
                prediction_id = $"{model}-{from}-{i}",
                timestamp = start.AddMinutes(i),
                prediction = from + (i / RowsPerHour) > Hours - 4 || i % 2 == 0 ? "1" : "0",
                features = new { x = i, country = i % 3 == 0 ? "FR" : "DE" },
            });
        using var posted = await http.PostAsJsonAsync($"/v1/models/{model}/predictions", rows);
        Assert.True(posted.IsSuccessStatusCode, await posted.Content.ReadAsStringAsync());
    }

    private static Task<JsonElement> ProgressAsync(HttpClient http, string model) =>
        http.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress");

    private static async Task<int> CountAsync(HttpClient http, string address, string list) =>
        (await http.GetFromJsonAsync<JsonElement>(address)).GetProperty(list).GetArrayLength();

    private static Task ComputedAsync(HttpClient http, string model, long stored) =>
        UntilAsync(async () =>
        {
            var progress = await ProgressAsync(http, model);
            return progress.GetProperty("stored").GetInt64() == stored && progress.GetProperty("pending_windows").GetInt64() == 0;
        });

    private static async Task<long> IncidentAsync(HttpClient http, string model)
    {
        long id = 0;
        await UntilAsync(async () =>
        {
            var incidents = (await http.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/incidents")).GetProperty("incidents");
            if (incidents.GetArrayLength() == 0)
                return false;
            id = incidents[0].GetProperty("id").GetInt64();
            return incidents[0].GetProperty("headline").GetString()!.Length > 0;
        });
        return id;
    }

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 600, "It does not come to it.");
            try
            {
                if (await isTrue())
                    return;
            }
            catch (HttpRequestException error) when (error.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                // The database is coming back.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
