using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>Secrets of receivers are kept, and told to nobody but the receiver.</summary>
public sealed class ReceiverSecretTests(TestHost host)
{
    private static readonly string[] Secrets =
    [
        "sesame-signature-key-1",
        "sesame-bearer-value-2",
        "T0SESAME3/B0SESAME4/sesamesesame5",
        "sesame-password-six",
        "sesame7routing7key7sesame7routing",
    ];

    private readonly string _name = $"r-{Guid.NewGuid():N}"[..20];

    [Fact]
    public async Task Secrets_are_in_no_answer_no_page_no_log_and_not_readable_in_the_database()
    {
        await using var bench = await DeliveryBench.OpenAsync();
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (request, response) =>
        {
            // The worst receiver: it repeats everything it was told, and refuses it.
            response.StatusCode = 500;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                response,
                string.Join(' ', request.Headers.Values) + request.Path + request.Text
            );
        };
        await using var mails = new SmtpSink
        {
            Answer = line =>
                line.StartsWith("AUTH", StringComparison.Ordinal) ? $"535 no, not with {line} which is sesame-password-six" : null,
        };
        var specifications = Specifications(sink, mails);
        var seen = new List<string>();
        foreach (var (kind, body) in specifications)
            seen.AddRange(await DeclareAsync(bench, kind, body));

        foreach (
            var page in new[]
            {
                "/v1/receivers",
                "/v1/deliveries?limit=500",
                "/settings",
                $"/settings?receiver={_name}-webhook",
                "/settings/deliveries",
                "/self",
            }
        )
        {
            seen.Add(await host.Client.GetStringAsync(page));
        }

        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened, AlertSeverity.Critical));
        await bench.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(11));
        Assert.Equal(4, (await bench.RecordsAsync()).Count(record => record is { State: DeliveryState.Waiting, Attempts: > 0 }));
        seen.AddRange(await InsideAsync(bench));
        Assert.NotEmpty(bench.Log.Text);
        Assert.All(seen, text => Assert.DoesNotContain("sesame", text, StringComparison.OrdinalIgnoreCase));
        // They were used all the same.
        Assert.Contains(sink.Requests, request => request["Authorization"] == $"Bearer {Secrets[1]}");
        Assert.Contains(sink.Requests, request => request.Text.Contains(Secrets[4], StringComparison.Ordinal));
        Assert.True(
            JsonDocument
                .Parse(await host.Client.GetStringAsync($"/v1/receivers/{_name}-webhook"))
                .RootElement.GetProperty("secret")
                .GetProperty("set")
                .GetBoolean()
        );
        foreach (var (kind, _) in specifications)
            (await host.Client.DeleteAsync($"/v1/receivers/{_name}-{kind}")).Dispose();
    }

    [Fact]
    public async Task A_left_out_secret_is_kept_until_the_destination_changes_and_survives_a_restart()
    {
        await using var bench = await DeliveryBench.OpenAsync();
        var first = new ReceiverSpecification
        {
            Kind = "webhook",
            ["url"] = "https://one.example.com/a",
            ["secret"] = "a-secret-of-sixteen",
        };
        await bench.PutAsync("hook", first);
        var kept = await bench.PutAsync("hook", first.With(("secret", null), ("url", "https://one.example.com/b")) with { Digest = true });
        Assert.Equal(["secret"], kept.SecretsSet);
        await bench.RestartAsync();
        var restarted = bench.Get<ReceiverCatalog>().Find("hook")!;
        Assert.Equal("a-secret-of-sixteen", restarted.SecretOf("secret"));
        Assert.Equal("https://one.example.com/b", restarted.Declared.Text("url"));
        Assert.Empty((await bench.PutAsync("hook", first.With(("secret", "")))).SecretsSet);
        await bench.PutAsync("hook", first);
        Assert.Empty((await bench.PutAsync("hook", first.With(("secret", null), ("url", "https://evil.example.com/a")))).SecretsSet);

        var mail = new ReceiverSpecification
        {
            Kind = "email",
            ["host"] = "mail.example.com",
            ["user_name"] = "u",
            ["password"] = "p",
            ["from"] = "a@example.com",
            ["to"] = new[] { "b@example.com" },
        };
        await bench.PutAsync("mail", mail);
        await bench.PutAsync("mail", mail.With(("password", null), ("to", new[] { "c@example.com" })));
        var (moved, _, errors) = await bench
            .Get<ReceiverCatalog>()
            .PutAsync("mail", mail.With(("password", null), ("host", "evil.example.com")), "test", CancellationToken.None);
        Assert.Null(moved);
        Assert.Equal("password", Assert.Single(errors).Field);

        // Without the keys the secrets are lost, and that is said.
        Directory.Delete(Path.Combine(bench.Folder, "keys"), recursive: true);
        await bench.PutAsync("hook", first);
        await bench.RestartAsync();
        Assert.True(bench.Get<ReceiverCatalog>().Find("mail")!.SecretsLost);
    }

    private static (string Kind, object Body)[] Specifications(HttpSink sink, SmtpSink mails) =>
        [
            (
                "webhook",
                new
                {
                    kind = "webhook",
                    url = sink.Url,
                    secret = Secrets[0],
                    authorization = $"Bearer {Secrets[1]}",
                }
            ),
            ("slack", new { kind = "slack", url = $"http://127.0.0.1:{sink.Port}/services/{Secrets[2]}" }),
            (
                "email",
                new
                {
                    kind = "email",
                    host = "127.0.0.1",
                    port = mails.Port,
                    tls = "none",
                    user_name = "u",
                    password = Secrets[3],
                    from = "a@example.com",
                    to = new[] { "b@example.com" },
                }
            ),
            (
                "pagerduty",
                new
                {
                    kind = "pagerduty",
                    url = sink.Url,
                    routing_key = Secrets[4],
                }
            ),
        ];

    /// <summary>Declares a receiver, well and badly, and tries it: everything that was answered.</summary>
    private async Task<List<string>> DeclareAsync(DeliveryBench bench, string kind, object body)
    {
        var seen = new List<string>();
        var address = $"/v1/receivers/{_name}-{kind}";
        using var put = await host.Client.PutAsJsonAsync(address, body);
        seen.Add(await put.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var again = await host.Client.PutAsJsonAsync(
            address,
            new
            {
                kind,
                port = 99999,
                url = "ftp://x",
                secret = Secrets[0][..4],
            }
        );
        seen.Add(await again.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        using var broken = await host.Client.PutAsync(
            address,
            new StringContent($"{{\"secret\": {Secrets[0]}", Encoding.UTF8, "application/json")
        );
        seen.Add(await broken.Content.ReadAsStringAsync());
        using var test = await host.Client.PostAsync(address + "/test", null);
        seen.Add(await test.Content.ReadAsStringAsync());
        Assert.False(JsonDocument.Parse(seen[^1]).RootElement.GetProperty("delivered").GetBoolean());
        seen.Add(await host.Client.GetStringAsync(address));
        // The same receivers where the log can be read.
        await bench.PutAsync(
            kind,
            JsonSerializer.Deserialize<ReceiverSpecification>(JsonSerializer.Serialize(body), ReceiverSpecification.Json)!
        );
        return seen;
    }

    /// <summary>What the log, the records, the receivers and the database have.</summary>
    private static async Task<List<string>> InsideAsync(DeliveryBench bench)
    {
        var seen = new List<string>();
        seen.Add(bench.Log.Text);
        seen.Add(string.Join('\n', (await bench.RecordsAsync()).Select(record => record.Detail)));
        seen.Add(
            string.Join(
                '\n',
                bench
                    .Get<ReceiverCatalog>()
                    .All.Select(receiver =>
                        $"{receiver} {receiver.Declared} {JsonSerializer.Serialize(receiver.Declared, ReceiverSpecification.Json)}"
                    )
            )
        );
        await using (var db = await bench.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync())
            seen.Add(string.Join('\n', (await db.Receivers.ToListAsync()).Select(row => row.Specification + row.Secrets)));
        return seen;
    }
}
