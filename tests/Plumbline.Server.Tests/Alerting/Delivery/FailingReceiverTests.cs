using Microsoft.AspNetCore.Http;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>Receivers that refuse, fail, lead elsewhere or never end: what is given up is counted and said; nobody else waits.</summary>
public sealed class FailingReceiverTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(11);

    [Fact]
    public async Task What_is_refused_or_never_delivered_is_given_up_counted_and_told_why()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync(new DeliveryOptions { GiveUpAfter = TimeSpan.FromHours(2) });
        sink.Answer = async (request, response) =>
        {
            response.StatusCode = request.Path == "/refuses" ? 400 : 403;
            await response.WriteAsync($"no, and you said {request["Authorization"]}");
        };
        await bench.PutAsync(
            "refuses",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = $"http://127.0.0.1:{sink.Port}/refuses",
                ["authorization"] = "Bearer open-sesame-12345",
            }
        );
        await bench.PutAsync("forbids", new ReceiverSpecification { Kind = "webhook", ["url"] = $"http://127.0.0.1:{sink.Port}/forbids" });
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(1));
        var records = (await bench.RecordsAsync()).ToDictionary(record => record.Receiver!);
        Assert.All(records.Values, record => Assert.Equal(DeliveryState.Failed, record.State));
        Assert.Equal(1, records["refuses"].Attempts);
        Assert.StartsWith("refused: it answered 400", records["refuses"].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", records["refuses"].Detail! + bench.Log.Text, StringComparison.Ordinal);
        Assert.StartsWith("given up after 2h: it answered 403", records["forbids"].Detail, StringComparison.Ordinal);
        // 5 s doubling to 5 min: some thirty attempts in two hours, not one a minute.
        Assert.InRange(records["forbids"].Attempts, 20, 40);
        var totals = await bench.History.TotalsAsync(CancellationToken.None);
        Assert.Equal((0, 2), (totals.Waiting, totals.Failed));
    }

    [Fact]
    public async Task One_message_that_always_fails_holds_up_its_own_group_only()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync("hook", new ReceiverSpecification { Kind = "webhook", ["url"] = sink.Url });
        sink.Answer = (request, response) =>
        {
            response.StatusCode = request.Text.Contains("poison", StringComparison.Ordinal) ? 500 : 200;
            return Task.CompletedTask;
        };
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened, model: "poison"));
        await bench.PassAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30));
        await bench.AddAsync(bench.Incident(2, NotificationKind.Opened), bench.Incident(3, NotificationKind.Opened, model: "poison"));
        await bench.PassAsync(Wait, Wait);
        Assert.Equal(
            "incident-2-opened",
            Assert.Single(sink.Requests, request => !request.Text.Contains("poison", StringComparison.Ordinal))["Plumbline-Idempotency-Key"]
        );
        Assert.DoesNotContain(sink.Requests, request => request.Text.Contains("incident-3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirects_are_not_followed_and_an_endless_answer_is_not_read()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var other = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync(new DeliveryOptions { Timeout = TimeSpan.FromSeconds(2) });
        await bench.PutAsync(
            "redirects",
            new ReceiverSpecification { Kind = "webhook", ["url"] = $"http://127.0.0.1:{sink.Port}/redirects" }
        );
        await bench.PutAsync("endless", new ReceiverSpecification { Kind = "webhook", ["url"] = $"http://127.0.0.1:{sink.Port}/endless" });
        await bench.PutAsync("hangs", new ReceiverSpecification { Kind = "webhook", ["url"] = $"http://127.0.0.1:{sink.Port}/hangs" });
        sink.Answer = async (request, response) =>
        {
            if (request.Path == "/redirects")
            {
                response.Redirect(other.Url);
            }
            else if (request.Path == "/hangs")
            {
                await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, response.HttpContext.RequestAborted);
            }
            else
            {
                for (var i = 0; i < 100_000 && !response.HttpContext.RequestAborted.IsCancellationRequested; i++)
                    await response.WriteAsync(new string('x', 10_000), response.HttpContext.RequestAborted);
            }
        };
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(Wait, Wait);
        var records = (await bench.RecordsAsync()).ToDictionary(record => record.Receiver!);
        Assert.Contains("redirects are not followed", records["redirects"].Detail, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, records["endless"].State);
        Assert.Equal("no answer within 2 s", records["hangs"].Detail);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public void Pauses_double_up_to_the_limit_and_keep_to_what_the_receiver_asks()
    {
        var longest = TimeSpan.FromMinutes(5);
        var pauses = Enumerable.Range(1, 60).Select(attempt => RetrySchedule.Pause("k", attempt, longest, null)).ToList();
        Assert.InRange(pauses[0].TotalSeconds, 4, 5);
        Assert.InRange(pauses[3].TotalSeconds, 32, 40);
        Assert.All(pauses.Skip(7), pause => Assert.InRange(pause.TotalMinutes, 4, 5));
        Assert.Equal(TimeSpan.FromMinutes(9), RetrySchedule.Pause("k", 1, longest, TimeSpan.FromMinutes(9)));
    }
}
