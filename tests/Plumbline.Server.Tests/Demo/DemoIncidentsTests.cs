using System.Text.Json;
using Plumbline.Dashboard.Demo;

namespace Plumbline.Server.Tests.Demo;

/// <summary>
/// What the default rules make of two weeks of the demonstration: its six troubles, each once and by its name, and nothing in the days
/// between.
/// </summary>
[Collection(Robustness.AloneCollection.Name)]
public sealed class DemoIncidentsTests : IDisposable
{
    private const int Days = 14;

    /// <summary>The same history on any day.</summary>
    private static readonly DateTimeOffset Until = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-demo-test-{Guid.NewGuid():N}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Six_troubles_make_six_incidents_that_name_them_and_quiet_days_make_none()
    {
        using var demo = RunningDemo.Start(_data, Days, "--no-live", "--until", $"{Until:O}");
        await demo.ReadyAsync();
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = demo.Address };
        var incidents = await SettledAsync(http);
        var told = string.Join(
            '\n',
            incidents.Select(incident => $"{incident.GetProperty("onset").GetString()} {incident.GetProperty("headline").GetString()}")
        );

        var scenario = DemoScenario.Read(_data)!;
        Assert.True(incidents.Count is 6 or 7, told);
        Named("Concentration", "concentrate on technical");
        Named("MissingLeak", "order_amount is missing");
        Named("BadSegment", "country=BR goes bad");
        Named("BadRelease", "version v3 is worse");
        Named("ConceptChange", "performance fell, inputs unchanged");
        Named("SlowDrift", "account_age_days", TimeSpan.FromDays(7));
        var first = scenario.Chapters.Min(chapter => chapter.From);
        Assert.All(incidents, incident => Assert.True(incident.GetProperty("onset").GetDateTimeOffset() >= first.AddHours(-3), told));

        // The onset of what is seen in daily windows is known to the day.
        void Named(string chapter, string words, TimeSpan? late = null)
        {
            var from = scenario.Chapters.Single(candidate => candidate.Kind == chapter).From;
            var found = incidents
                .Where(incident => incident.GetProperty("headline").GetString()!.Contains(words, StringComparison.Ordinal))
                .ToList();
            Assert.True(found.Count == 1, $"{chapter}: {found.Count} incidents with '{words}' among{Environment.NewLine}{told}");
            Assert.InRange(found[0].GetProperty("onset").GetDateTimeOffset(), from.AddDays(-1), from + (late ?? TimeSpan.FromHours(12)));
            // What is over is over, within a day of its end; what goes on is open.
            var to = scenario.Chapters.Single(candidate => candidate.Kind == chapter).To;
            var resolved = found[0].GetProperty("resolved_at");
            if (to is { } end)
                Assert.InRange(resolved.GetDateTimeOffset(), end.AddHours(-1), end.AddDays(1));
            else
                Assert.Equal(JsonValueKind.Null, resolved.ValueKind);
        }
    }

    /// <summary>The incidents, once five looks in a row found the same: the rules look every two seconds.</summary>
    private static async Task<List<JsonElement>> SettledAsync(HttpClient http)
    {
        var (before, same) = ("", 0);
        for (var i = 0; i < 150; i++)
        {
            var now = await http.GetStringAsync(new Uri("v1/incidents?limit=200", UriKind.Relative), Ct);
            same = now == before ? same + 1 : 0;
            if (same == 5)
                return [.. JsonDocument.Parse(now).RootElement.GetProperty("incidents").EnumerateArray()];
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Ct);
        }

        throw new TimeoutException("The incidents still change after minutes.");
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }
}
