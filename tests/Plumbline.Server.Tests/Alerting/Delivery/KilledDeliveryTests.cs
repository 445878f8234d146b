using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>The server dies between sending a message and recording that it was sent: the message comes again, with the same key.</summary>
public sealed class KilledDeliveryTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-killed-delivery-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_message_whose_sender_was_killed_comes_again_with_the_same_key_and_then_no_more()
    {
        await using var sink = await HttpSink.StartAsync();
        using var server = new RestartedServer(_folder);
        var http = server.Client;
        await server.StartAsync();
        using (
            var put = await http.PutAsJsonAsync(
                "/v1/receivers/hook",
                new
                {
                    kind = "webhook",
                    url = sink.Url,
                    secret = "a-secret-of-sixteen",
                }
            )
        )
        {
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        }

        await server.KillAsync();

        // Something happened, the transaction was committed, and nobody was left to wake anybody.
        await AddAsync("incident-1-opened", "incident-2-opened");
        var arrived = new TaskCompletionSource();
        sink.Answer = async (_, response) =>
        {
            arrived.TrySetResult();
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, response.HttpContext.RequestAborted);
        };
        await server.StartAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await server.KillAsync();
        Assert.Single(sink.Requests);

        sink.Answer = (_, _) => Task.CompletedTask;
        await server.StartAsync();
        JsonElement delivery;
        for (var i = 0; ; i++)
        {
            delivery = Assert.Single(
                (await http.GetFromJsonAsync<JsonElement>("/v1/deliveries")).GetProperty("deliveries").EnumerateArray()
            );
            if (delivery.GetProperty("state").GetString() == "delivered")
                break;
            Assert.True(i < 600, delivery.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        Assert.Equal(2, sink.Requests.Count);
        Assert.Equal(sink.Requests[0]["Plumbline-Idempotency-Key"], sink.Requests[1]["Plumbline-Idempotency-Key"]);
        Assert.Equal(sink.Requests[0].Text, sink.Requests[1].Text);
        // The secret was decrypted by a process that did not encrypt it.
        Assert.StartsWith("sha256=", sink.Requests[1]["Plumbline-Signature"], StringComparison.Ordinal);
        Assert.Equal((2, 2), (delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("notifications").GetArrayLength()));
    }

    private async Task AddAsync(params string[] keys)
    {
        await using var db = new StateDbContext(
            new DbContextOptionsBuilder<StateDbContext>()
                .UseSqlite($"Data Source={Path.Combine(_folder, "state.db")};Pooling=False")
                .Options,
            PlumblineHost.StateTables
        );
        using var outbox = new NotificationOutbox(TimeProvider.System);
        foreach (var key in keys)
        {
            outbox.Add(
                db,
                new Notification
                {
                    Key = key,
                    Kind = NotificationKind.Opened,
                    Model = "churn",
                    Severity = AlertSeverity.Critical,
                    Headline = key,
                    Body = "b",
                    StartedAt = TimeProvider.System.GetUtcNow(),
                    Path = "/x",
                }
            );
        }

        await db.SaveChangesAsync();
    }
}
