using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>
/// The real Alertmanager: it receives, tells alerts apart by their labels, keeps them while they are repeated, and resolves.
/// </summary>
public sealed class AlertmanagerTests
{
    [Fact]
    public async Task Alertmanager_receives_deduplicates_and_resolves()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var alertmanager = await AlertmanagerProcess.StartAsync(sink.Url, groupBy: "incident");
        // The clock that Alertmanager has: it judges by itself what is over.
        await using var bench = await DeliveryBench.OpenAsync();
        bench.Time.Advance(TimeProvider.System.GetUtcNow() - bench.Time.GetUtcNow());
        await bench.DeclareModelAsync("churn");
        await bench.PutAsync(
            "am",
            new ReceiverSpecification
            {
                Kind = "alertmanager",
                ["urls"] = new[] { alertmanager.Address.ToString(), $"http://127.0.0.1:{FreePort.Find()}" },
            }
        );
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened), bench.Incident(2, NotificationKind.Opened, feature: "income"));
        await bench.RunAsync();
        Assert.Equal(["age warning", "income warning"], await FiringAsync(alertmanager));
        Assert.All(
            await bench.RecordsAsync(),
            record =>
                Assert.True(
                    record.State == DeliveryState.Delivered && record.Detail!.StartsWith("1 of 2 accepted it", StringComparison.Ordinal),
                    record.Detail
                )
        );

        // Repetitions are the same alerts, with a later end.
        var before = await EndsAsync(alertmanager);
        await bench.PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(30));
        Assert.Equal(["age warning", "income warning"], await FiringAsync(alertmanager));
        Assert.All((await EndsAsync(alertmanager)).Zip(before), pair => Assert.True(pair.First > pair.Second));

        // An escalation is another alert; the one of before is over.
        bench.Time.Advance(TimeProvider.System.GetUtcNow() - bench.Time.GetUtcNow());
        await bench.AddAsync(bench.Incident(1, NotificationKind.Escalated, AlertSeverity.Critical));
        await bench.RunAsync();
        Assert.Equal(["age critical", "income warning"], await FiringAsync(alertmanager));

        bench.Time.Advance(TimeProvider.System.GetUtcNow() - bench.Time.GetUtcNow());
        await bench.AddAsync(bench.Incident(1, NotificationKind.Resolved), bench.Incident(2, NotificationKind.Resolved, feature: "income"));
        await bench.RunAsync();
        Assert.Empty(await FiringAsync(alertmanager));
        await WaitAsync(
            () => Statuses(sink).Contains("income resolved") && Statuses(sink).Contains("age resolved"),
            "Alertmanager tells its own webhook that both are over"
        );
        Assert.Contains("income firing", Statuses(sink));
    }

    [Fact]
    public async Task Alerts_are_repeated_before_they_end_and_resolutions_for_a_quarter_of_an_hour_across_a_restart()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "am",
            new ReceiverSpecification
            {
                Kind = "alertmanager",
                ["urls"] = new[] { $"http://127.0.0.1:{sink.Port}/am/" },
                ["authorization"] = "Basic abcdefghijkl",
            }
        );
        await bench.DeclareModelAsync("churn");
        await bench.AddAsync(bench.Incident(7, NotificationKind.Opened));
        await bench.RunAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(20));
        await bench.RestartAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(20));
        var firing = sink.Requests;
        Assert.InRange(firing.Count, 58, 62);
        Assert.All(firing, request => Assert.Equal(("/am/api/v2/alerts", "Basic abcdefghijkl"), (request.Path, request["Authorization"])));
        var times = firing.Select(request => Single(request)).ToList();
        // Each repetition comes long before what the one before it announced as the end.
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.First.Ends - pair.Second.Ends < TimeSpan.Zero));
        Assert.All(times, alert => Assert.Equal(bench.Incident(7, NotificationKind.Opened).Labels["feature"], alert.Feature));
        await bench.AddAsync(bench.Incident(7, NotificationKind.Resolved));
        var end = bench.Time.GetUtcNow();
        await bench.RunAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(20));
        var resolved = sink.Requests.Skip(firing.Count).Select(Single).ToList();
        Assert.InRange(resolved.Count, 13, 18);
        Assert.All(resolved, alert => Assert.True(alert.Ends <= end));
    }

    [Fact]
    public async Task An_alert_of_a_model_that_is_gone_ends()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "am",
            new ReceiverSpecification { Kind = "alertmanager", ["urls"] = new[] { $"http://127.0.0.1:{sink.Port}" } }
        );
        await bench.AddAsync(bench.Incident(7, NotificationKind.Opened, model: "removed"));
        await bench.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromSeconds(30));
        Assert.True(Single(sink.Requests[0]).Ends > Single(sink.Requests[^1]).Ends);
        Assert.InRange(sink.Requests.Count, 14, 20);
    }

    private static (DateTimeOffset Ends, string Feature) Single(SunkRequest request)
    {
        var alert = Assert.Single(request.Json.EnumerateArray());
        return (alert.GetProperty("endsAt").GetDateTimeOffset(), alert.GetProperty("labels").GetProperty("feature").GetString()!);
    }

    private static IReadOnlyList<string> Statuses(HttpSink sink) =>
        [
            .. sink
                .Requests.SelectMany(request => request.Json.GetProperty("alerts").EnumerateArray())
                .Select(alert =>
                    $"{alert.GetProperty("labels").GetProperty("feature").GetString()} {alert.GetProperty("status").GetString()}"
                ),
        ];

    private static async Task WaitAsync(Func<bool> until, string what)
    {
        for (var i = 0; !until(); i++)
        {
            Assert.True(i < 300, $"Waited 30 s in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private static async Task<IReadOnlyList<string>> FiringAsync(AlertmanagerProcess alertmanager) =>
        [
            .. (await AlertsAsync(alertmanager))
                .Select(alert => $"{Label(alert, "feature")} {Label(alert, "severity")}")
                .Order(StringComparer.Ordinal),
        ];

    private static async Task<IReadOnlyList<DateTimeOffset>> EndsAsync(AlertmanagerProcess alertmanager) =>
        [
            .. (await AlertsAsync(alertmanager))
                .OrderBy(alert => Label(alert, "feature"), StringComparer.Ordinal)
                .Select(alert => alert.GetProperty("endsAt").GetDateTimeOffset()),
        ];

    private static async Task<List<JsonElement>> AlertsAsync(AlertmanagerProcess alertmanager) =>
        [.. (await alertmanager.Http.GetFromJsonAsync<JsonElement>("/api/v2/alerts?active=true")).EnumerateArray()];

    private static string Label(JsonElement alert, string name) => alert.GetProperty("labels").GetProperty(name).GetString()!;
}
