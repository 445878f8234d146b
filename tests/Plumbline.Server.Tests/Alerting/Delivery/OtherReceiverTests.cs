using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Server.Cli.Configuration;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>Slack, PagerDuty, and receivers of the configuration file.</summary>
public sealed class OtherReceiverTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(11);

    [Fact]
    public async Task Slack_gets_text_and_attachments_in_which_nothing_calls_the_channel()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "slack",
            new ReceiverSpecification { Kind = "slack", ["url"] = $"http://127.0.0.1:{sink.Port}/services/T/B/X" }
        );
        await bench.AddAsync([
            .. Enumerable
                .Range(1, 25)
                .Select(id =>
                    bench.Incident(id, NotificationKind.Opened, id == 1 ? AlertSeverity.Critical : AlertSeverity.Warning) with
                    {
                        Headline = "<!channel> & more",
                    }
                ),
        ]);
        await bench.PassAsync(Wait, Wait);
        var message = Assert.Single(sink.Requests).Json;
        Assert.Equal(
            "Critical: &lt;!channel&gt; &amp; more (and 24 more) (5 are not listed here)",
            message.GetProperty("text").GetString()
        );
        Assert.Equal(20, message.GetProperty("attachments").GetArrayLength());
        Assert.Equal(
            "https://plumbline.example.com/incidents/1",
            message.GetProperty("attachments")[0].GetProperty("title_link").GetString()
        );
        Assert.DoesNotContain("<!channel>", string.Join(' ', Texts(message)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PagerDuty_gets_one_incident_that_escalates_and_resolves_under_one_dedup_key()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        sink.Answer = (_, response) =>
        {
            response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        };
        await bench.PutAsync(
            "pd",
            new ReceiverSpecification
            {
                Kind = "pagerduty",
                ["url"] = sink.Url,
                ["routing_key"] = "0123456789abcdef0123456789abcdef",
            }
        );
        await bench.AddAsync(
            bench.Incident(12, NotificationKind.Opened),
            bench.Incident(13, NotificationKind.Opened),
            bench.Incident(12, NotificationKind.Escalated, AlertSeverity.Critical),
            bench.Incident(12, NotificationKind.Resolved, AlertSeverity.Critical)
        );
        await bench.RunAsync();
        var events = sink.Requests.Select(request => request.Json).ToList();
        Assert.Equal(
            ["trigger warning", "trigger critical", "resolve "],
            events
                .Where(item => item.GetProperty("dedup_key").GetString() == "plumbline-incident-12")
                .Select(item =>
                    $"{item.GetProperty("event_action").GetString()} "
                    + $"{(item.TryGetProperty("payload", out var payload) ? payload.GetProperty("severity").GetString() : "")}"
                )
        );
        Assert.Equal(4, events.Count);
        Assert.All(events, item => Assert.Equal("0123456789abcdef0123456789abcdef", item.GetProperty("routing_key").GetString()));
        var first = events[0].GetProperty("payload");
        Assert.Equal(
            ("churn", "age", "drift"),
            (first.GetProperty("source").GetString(), first.GetProperty("component").GetString(), first.GetProperty("class").GetString())
        );
        var (_, outcome) = await bench
            .Get<TestMessages>()
            .SendAsync(bench.Get<ReceiverCatalog>().Find("pd")!, "ann", CancellationToken.None);
        Assert.Null(outcome.Detail);
        Assert.Equal(["trigger", "resolve"], sink.Requests.Skip(4).Select(request => request.Json.GetProperty("event_action").GetString()));
    }

    [Fact]
    public async Task Receivers_of_the_configuration_file_work_and_cannot_be_changed_over_the_api()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file,
                """
                delivery:
                  group_wait: 1m
                  receivers:
                    - name: hook
                      kind: webhook
                      url: https://example.com/hook
                      secret: a-secret-of-sixteen
                      models: [churn]
                """
            );
            var options = ServerConfiguration.Read(file);
            Assert.DoesNotContain("a-secret-of-sixteen", options.ToString(), StringComparison.Ordinal);
            await using var bench = await DeliveryBench.OpenAsync(options.Delivery);
            var receiver = bench.Get<ReceiverCatalog>().Find("hook")!;
            Assert.Equal((ReceiverSource.Configuration, "a-secret-of-sixteen"), (receiver.Source, receiver.SecretOf("secret")));
            var (changed, _, errors) = await bench
                .Get<ReceiverCatalog>()
                .PutAsync(
                    "hook",
                    new ReceiverSpecification { Kind = "webhook", ["url"] = "https://example.com" },
                    "test",
                    CancellationToken.None
                );
            Assert.Null(changed);
            Assert.Contains("configuration file", Assert.Single(errors).Reason, StringComparison.Ordinal);
            Assert.False(await bench.Get<ReceiverCatalog>().RemoveAsync("hook", CancellationToken.None));

            await File.WriteAllTextAsync(
                file,
                "delivery:\n  digest_hour: 24\n  time_zone: Mars\n  receivers:\n    - name: hook\n      kind: webhook\n      url: ftp://x\n"
            );
            var mistakes = Assert.Throws<ConfigurationException>(() => ServerConfiguration.Read(file)).Mistakes;
            Assert.Equal(
                [(2, "delivery.digest_hour"), (3, "delivery.time_zone"), (7, "delivery.receivers[0].url")],
                mistakes.Select(mistake => ((int)mistake.Line, mistake.Path))
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<string> Texts(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value)),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.String => [element.GetString()!],
            _ => ImmutableArray<string>.Empty,
        };
}
