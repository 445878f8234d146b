using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>The pipeline from the outbox to a real HTTP receiver: who is told, when, and how often.</summary>
public sealed class PipelineTests
{
    private const string Secret = "wonderful-secret-of-the-webhook";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(11);

    [Fact]
    public async Task The_stages_can_be_read_as_a_list()
    {
        await using var bench = await DeliveryBench.OpenAsync();
        Assert.Equal(["silence", "inhibit", "route", "deduplicate", "group and wait"], bench.Get<NotificationRouting>().Stages);
    }

    [Fact]
    public async Task A_webhook_gets_one_signed_message_for_what_happens_together()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "hook",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = sink.Url + "?tenant=a",
                ["secret"] = Secret,
                ["authorization"] = "Bearer of-good-news",
            }
        );
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened), bench.Incident(2, NotificationKind.Opened, feature: "income"));
        await bench.RunAsync();
        Assert.Empty(sink.Requests);
        await bench.PassAsync(Wait, Wait);
        var request = Assert.Single(sink.Requests);
        Assert.Equal(
            ("POST", "/hook?tenant=a", "application/json", "Bearer of-good-news"),
            (request.Method, request.Path, request["Content-Type"], request["Authorization"])
        );
        var timestamp = request["Plumbline-Timestamp"];
        Assert.Equal(bench.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), timestamp);
        // The documented way to check it, written down here a second time.
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. request.Body];
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed);
        Assert.Equal("sha256=" + Convert.ToHexStringLower(expected), request["Plumbline-Signature"]);
        Assert.StartsWith("group-", request["Plumbline-Idempotency-Key"], StringComparison.Ordinal);
        var told = request.Json.GetProperty("notifications").EnumerateArray().ToList();
        Assert.Equal(["incident-1-opened", "incident-2-opened"], told.Select(item => item.GetProperty("key").GetString()));
        Assert.Equal("https://plumbline.example.com/incidents/1", told[0].GetProperty("url").GetString());
        Assert.Equal("Line one of 1\nLine two", told[0].GetProperty("body").GetString());
        await bench.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));
        Assert.Single(sink.Requests);
        Assert.Equal(DeliveryState.Delivered, Assert.Single(await bench.RecordsAsync()).State);
    }

    [Fact]
    public async Task A_receiver_that_is_down_for_an_hour_loses_nothing_and_gets_nothing_twice()
    {
        var port = FreePort.Find();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "hook",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = $"http://127.0.0.1:{port}/hook",
                ["secret"] = Secret,
            }
        );
        var expected = new List<string>();
        // Something happens every two minutes; half way through, the server restarts as well.
        for (var minute = 0; minute < 60; minute++)
        {
            if (minute % 2 == 0)
            {
                var kind = minute % 4 == 0 ? NotificationKind.Opened : NotificationKind.Resolved;
                var notification = bench.Incident(1 + (minute / 4), kind);
                expected.Add(notification.Key);
                await bench.AddAsync(notification);
            }

            if (minute == 30)
                await bench.RestartAsync();
            await bench.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20));
        }

        var down = (await bench.History.ReceiversAsync(CancellationToken.None))["hook"];
        Assert.Equal((0, 0), (down.Delivered, down.Failed));
        Assert.Equal(30, (await bench.RecordsAsync()).Sum(record => record.Notifications.Count));
        Assert.NotNull(down.Trouble);
        var retrying = (await bench.RecordsAsync()).Max(record => record.Attempts);
        Assert.InRange(retrying, 5, 30);
        await using var sink = await HttpSink.StartAsync(port);
        await bench.PassAsync(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(20));
        var told = sink
            .Requests.SelectMany(request => request.Json.GetProperty("notifications").EnumerateArray())
            .Select(item => item.GetProperty("key").GetString()!)
            .ToList();
        Assert.Equal(expected, told);
        Assert.All(await bench.RecordsAsync(), record => Assert.Equal(DeliveryState.Delivered, record.State));
        Assert.Null((await bench.History.ReceiversAsync(CancellationToken.None))["hook"].Trouble);
    }

    [Fact]
    public async Task An_answer_that_got_lost_is_asked_for_again_with_the_same_key_and_body()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "hook",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = sink.Url,
                ["secret"] = Secret,
            }
        );
        var calls = 0;
        sink.Answer = (_, response) =>
        {
            response.StatusCode = ++calls < 3 ? 500 : 200;
            return Task.CompletedTask;
        };
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened), bench.Incident(2, NotificationKind.Opened));
        await bench.PassAsync(Wait, Wait);
        await bench.AddAsync(bench.Incident(1, NotificationKind.Resolved));
        await bench.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
        Assert.Equal(4, sink.Requests.Count);
        Assert.Single(sink.Requests.Take(3).Select(request => request["Plumbline-Idempotency-Key"]).Distinct());
        Assert.Single(sink.Requests.Take(3).Select(request => request.Text).Distinct());
        // What is resolved meanwhile comes after, not into, the message that was sent already.
        Assert.Equal("incident-1-resolved", sink.Requests[3]["Plumbline-Idempotency-Key"]);
    }

    [Fact]
    public async Task A_key_is_told_once_even_when_it_is_added_again()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync("hook", new ReceiverSpecification { Kind = "webhook", ["url"] = sink.Url });
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened), bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(Wait, Wait);
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(Wait, Wait);
        Assert.Equal(1, Assert.Single(sink.Requests).Json.GetProperty("notifications").GetArrayLength());
        Assert.Equal(2, (await bench.RecordsAsync()).Count(record => record.State == DeliveryState.Duplicate));
    }

    [Fact]
    public async Task Routing_looks_at_severity_and_model_and_the_end_goes_to_those_who_know_the_beginning()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync("all", new ReceiverSpecification { Kind = "webhook", ["url"] = $"http://127.0.0.1:{sink.Port}/all" });
        await bench.PutAsync(
            "critical",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = $"http://127.0.0.1:{sink.Port}/critical",
                MinimumSeverity = "critical",
            }
        );
        await bench.PutAsync(
            "fraud",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = $"http://127.0.0.1:{sink.Port}/fraud",
                Models = ["fraud"],
            }
        );
        await bench.PutAsync(
            "off",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = $"http://127.0.0.1:{sink.Port}/off",
                Enabled = false,
            }
        );
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(Wait, Wait);
        await bench.AddAsync(bench.Incident(2, NotificationKind.Opened, AlertSeverity.Critical));
        await bench.PassAsync(Wait, Wait);
        await bench.AddAsync(
            bench.Incident(1, NotificationKind.Resolved, AlertSeverity.Critical),
            bench.Incident(2, NotificationKind.Resolved, AlertSeverity.Digest),
            bench.Incident(9, NotificationKind.Resolved)
        );
        await bench.PassAsync(Wait, Wait);
        string[] Keys(string path) =>
            [
                .. sink
                    .Requests.Where(request => request.Path == path)
                    .SelectMany(request => request.Json.GetProperty("notifications").EnumerateArray())
                    .Select(item => item.GetProperty("key").GetString()!),
            ];
        Assert.Equal(["incident-1-opened", "incident-2-opened", "incident-1-resolved", "incident-2-resolved"], Keys("/all"));
        Assert.Equal(["incident-2-opened", "incident-2-resolved"], Keys("/critical"));
        Assert.Empty(Keys("/fraud"));
        Assert.Empty(Keys("/off"));
        var unrouted = Assert.Single(await bench.RecordsAsync(), record => record.State == DeliveryState.Unrouted);
        Assert.Equal(("incident-9-resolved", "nobody was told that it began"), (unrouted.Key, unrouted.Detail));
    }

    [Fact]
    public async Task Silenced_and_inhibited_notifications_are_on_the_record_with_the_reason()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync("hook", new ReceiverSpecification { Kind = "webhook", ["url"] = sink.Url });
        var silence = await bench
            .Get<Silences>()
            .AddAsync(
                new SilenceSpecification
                {
                    Matchers = [new("feature", "inc.*", "=~"), new("rule", "drift")],
                    Comment = "the table moves",
                    For = "1h",
                },
                "ann",
                CancellationToken.None
            );
        await bench.AddAsync(
            bench.Incident(1, NotificationKind.Opened, feature: "income"),
            bench.Incident(2, NotificationKind.Opened) with
            {
                InhibitedBy = "incident-7",
            }
        );
        await bench.PassAsync(Wait, Wait);
        Assert.Empty(sink.Requests);
        var records = await bench.RecordsAsync();
        Assert.Equal(
            [(DeliveryState.Inhibited, "caused by incident-7"), (DeliveryState.Silenced, $"silence {silence!.Id} of ann: the table moves")],
            records.Select(record => (record.State, record.Detail!))
        );
        Assert.All(records, record => Assert.Single(record.Notifications));
        await bench.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await bench.AddAsync(bench.Incident(3, NotificationKind.Opened, feature: "income"));
        await bench.PassAsync(Wait, Wait);
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task The_digest_is_one_message_per_model_and_day_and_none_when_there_is_nothing()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync(new DeliveryOptions { DigestHour = 8, TimeZone = "Europe/Paris" });
        await bench.PutAsync(
            "digest",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = sink.Url,
                Digest = true,
            }
        );
        await bench.PutAsync("pager", new ReceiverSpecification { Kind = "webhook", ["url"] = $"http://127.0.0.1:{sink.Port}/pager" });
        for (var i = 1; i <= 3; i++)
        {
            await bench.AddAsync(bench.Incident(i, NotificationKind.Digest, AlertSeverity.Digest, feature: $"f{i}"));
            await bench.PassAsync(TimeSpan.FromHours(2), TimeSpan.FromHours(1));
        }

        await bench.AddAsync(bench.Incident(4, NotificationKind.Opened, AlertSeverity.Digest, model: "fraud"));
        Assert.Empty(sink.Requests);
        // From Monday 15:30 UTC to Tuesday 07:00 UTC, which is 08:00 in Paris in winter.
        await bench.PassAsync(TimeSpan.FromHours(15), TimeSpan.FromMinutes(30));
        Assert.Empty(sink.Requests);
        await bench.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(30));
        Assert.Equal([3, 1], sink.Requests.Select(request => request.Json.GetProperty("notifications").GetArrayLength()).OrderDescending());
        Assert.All(sink.Requests, request => Assert.True(request.Path == "/hook" && request.Json.GetProperty("is_digest").GetBoolean()));
        await bench.PassAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(6));
        Assert.Equal(2, sink.Requests.Count);
    }

    [Fact]
    public async Task Old_records_are_forgotten_but_not_while_the_end_of_their_incident_is_to_be_told()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync("hook", new ReceiverSpecification { Kind = "webhook", ["url"] = sink.Url });
        await bench.AddAsync(
            bench.Incident(1, NotificationKind.Opened),
            bench.Incident(1, NotificationKind.Resolved),
            bench.Incident(2, NotificationKind.Opened, model: "fraud")
        );
        await bench.PassAsync(Wait, Wait);
        Assert.Equal(2, (await bench.RecordsAsync()).Count);
        await bench.PassAsync(TimeSpan.FromDays(91), TimeSpan.FromDays(91));
        Assert.Equal("incident-2-opened", Assert.Single(await bench.RecordsAsync()).Key);
        await bench.AddAsync(bench.Incident(2, NotificationKind.Resolved, model: "fraud"));
        await bench.PassAsync(Wait, Wait);
        Assert.Equal("incident-2-resolved", sink.Requests[^1]["Plumbline-Idempotency-Key"]);
    }
}
