using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>/v1/receivers, /v1/silences and /v1/deliveries on the real host.</summary>
public sealed class ReceiverEndpointTests(TestHost host)
{
    private readonly string _name = $"r-{Guid.NewGuid():N}"[..20];

    [Theory]
    [InlineData("webhook", "http://169.254.169.254/latest/meta-data", "link-local")]
    [InlineData("webhook", "http://[fe80::1]/", "link-local")]
    [InlineData("webhook", "http://[::ffff:169.254.169.254]/", "link-local")]
    [InlineData("webhook", "http://metadata.google.internal/", "link-local")]
    [InlineData("webhook", "http://2852039166/", "link-local")]
    [InlineData("webhook", "http://0.0.0.0/", "link-local")]
    [InlineData("webhook", "http://192.0.0.192/opc/v2/", "link-local")]
    [InlineData("webhook", "http://[::169.254.169.254]/", "link-local")]
    [InlineData("webhook", "http://[::ffff:0:169.254.169.254]/", "link-local")]
    [InlineData("webhook", "http://[64:ff9b::169.254.169.254]/", "link-local")]
    [InlineData("webhook", "http://[64:ff9b:1::169.254.169.254]/", "link-local")]
    [InlineData("webhook", "http://[64:ff9b:1:a9fe:a9:fe00::]/", "link-local")]
    [InlineData("webhook", "http://[2002:a9fe:a9fe::1]/", "link-local")]
    [InlineData("webhook", "http://[2001:0:a9fe:a9fe::1]/", "link-local")]
    [InlineData("webhook", "http://[2001:0:102:304::5601:5601]/", "link-local")]
    [InlineData("webhook", "http://[2001:db8::5efe:169.254.169.254]/", "link-local")]
    [InlineData("webhook", "http://[2002:c000:c0::]/", "link-local")]
    [InlineData("webhook", "http://[fd20:ce::254]/", "link-local")]
    [InlineData("webhook", "http://[fd00:ec2::254]/", "link-local")]
    [InlineData("webhook", "file:///etc/passwd", "https://")]
    [InlineData("webhook", "gopher://x", "https://")]
    [InlineData("webhook", "https://u:p@example.com", "user and password")]
    [InlineData("webhook", "https://example.com/#a", "'#'")]
    [InlineData("webhook", "", "needed")]
    [InlineData("slack", "http://169.254.169.254/", "link-local")]
    public void An_address_that_must_not_be_called_is_refused(string kind, string url, string reason)
    {
        var errors = ReceiverRules.Check("r", new ReceiverSpecification { Kind = kind, ["url"] = url }, allowLinkLocal: false);
        Assert.Contains(errors, error => error.Field == "url" && error.Reason.Contains(reason, StringComparison.Ordinal));
        if (reason == "link-local")
            Assert.Empty(ReceiverRules.Check("r", new ReceiverSpecification { Kind = kind, ["url"] = url }, allowLinkLocal: true));
    }

    [Theory]
    [InlineData("http://10.0.0.5/hook")]
    [InlineData("http://[::1]:9093/")]
    [InlineData("http://[2002:c000:204::1]/")]
    [InlineData("http://[64:ff9b::192.0.2.4]/")]
    [InlineData("http://[2001:db8::1]/")]
    public void Where_receivers_of_ones_own_network_live_is_allowed(string url) =>
        Assert.Empty(ReceiverRules.Check("r", new ReceiverSpecification { Kind = "webhook", ["url"] = url }, allowLinkLocal: false));

    [Theory]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("192.0.0.192")]
    public async Task A_resolved_address_that_leads_there_by_a_tunnel_or_translator_is_refused(string address) =>
        await Assert.ThrowsAsync<Plumbline.Registry.Outbound.OutboundRefusedException>(() =>
            Plumbline.Registry.Outbound.OutboundAddress.ConnectAsync(
                new DnsEndPoint(address, 80),
                allowLinkLocal: false,
                CancellationToken.None
            )
        );

    [Fact]
    public async Task A_test_tells_the_status_and_nothing_of_what_was_answered()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (_, response) =>
        {
            response.StatusCode = 403;
            await response.WriteAsync("the-secret-of-another-service");
        };
        var address = $"/v1/receivers/{host.NewModelName("quiet")}";
        using var put = await host.Client.PutAsJsonAsync(address, new { kind = "webhook", url = sink.Url });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        using var test = await host.Client.PostAsync($"{address}/test", content: null);
        var answer = await test.Content.ReadAsStringAsync();
        Assert.Contains("it answered 403 Forbidden", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-another", await host.Client.GetStringAsync("/v1/deliveries"), StringComparison.Ordinal);
        using var gone = await host.Client.DeleteAsync(address);
    }

    [Fact]
    public async Task A_name_that_leads_to_a_refused_address_is_refused_when_connecting()
    {
        // No name of this machine leads there, so the check of the connection is asked itself.
        var refused = await Assert.ThrowsAsync<Plumbline.Registry.Outbound.OutboundRefusedException>(() =>
            Plumbline.Registry.Outbound.OutboundAddress.ConnectAsync(
                new DnsEndPoint("169.254.169.254", 80),
                allowLinkLocal: false,
                CancellationToken.None
            )
        );
        Assert.Contains("delivery.allow_link_local", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_told_by_field_and_unknown_keys_are_refused()
    {
        var address = $"/v1/receivers/{_name}";
        using var wrong = await host.Client.PutAsJsonAsync(
            address,
            new
            {
                kind = "webhook",
                host = "x",
                minimum_severity = "digest",
                models = new[] { "a b" },
                secret = "short",
            }
        );
        var problem = await wrong.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.BadRequest, "receiver_invalid"), (wrong.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Equal(
            ["host", "minimum_severity", "models", "secret", "url"],
            problem
                .GetProperty("errors")
                .EnumerateArray()
                .Select(error => error.GetProperty("field").GetString())
                .Order(StringComparer.Ordinal)
        );
        foreach (
            var (body, code) in new[]
            {
                ("{\"kind\":\"webhook\",\"ulr\":\"http://x\"}", "json_invalid"),
                ("[]", "json_invalid"),
                ("null", "body_missing"),
                ("{\"kind\":\"email\",\"to\":null}", "receiver_invalid"),
                ("{\"kind\":\"pigeon\"}", "receiver_invalid"),
            }
        )
        {
            using var response = await host.Client.PutAsync(address, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(
                (HttpStatusCode.BadRequest, code),
                (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString())
            );
        }

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.PostAsync(address + "/test", null)).StatusCode);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await host.Client.PutAsync(address, new ByteArrayContent(new byte[300_000]))).StatusCode
        );
    }

    [Fact]
    public async Task A_test_is_delivered_and_recorded_past_silences_and_the_loop_of_the_host_delivers_by_itself()
    {
        await using var sink = await HttpSink.StartAsync();
        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/receivers/{_name}",
            new
            {
                kind = "webhook",
                url = sink.Url,
                models = new[] { _name },
            }
        );
        using var test = await host.Client.PostAsync($"/v1/receivers/{_name}/test", null);
        Assert.True((await test.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("delivered").GetBoolean());
        Assert.Equal("test", Assert.Single(sink.Requests).Json.GetProperty("notifications")[0].GetProperty("kind").GetString());
        var incident = new Notification
        {
            Key = $"{_name}-opened",
            Kind = NotificationKind.Opened,
            IncidentId = null,
            Model = _name,
            Severity = AlertSeverity.Critical,
            Headline = "h",
            Body = "b",
            StartedAt = TimeProvider.System.GetUtcNow(),
            Path = "/x",
        };
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync())
        {
            host.Get<NotificationOutbox>().Add(db, incident);
            await db.SaveChangesAsync();
        }

        host.Get<NotificationOutbox>().Wake();
        for (var i = 0; sink.Requests.Count < 2 && i < 400; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        Assert.Equal(incident.Key, sink.Requests[1]["Plumbline-Idempotency-Key"]);
        JsonElement page = default;
        for (var i = 0; i < 100; i++)
        {
            page = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/deliveries?receiver={_name}&state=delivered&limit=1");
            if (page.GetProperty("deliveries")[0].GetProperty("key").GetString() == incident.Key)
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Equal(incident.Key, page.GetProperty("deliveries")[0].GetProperty("key").GetString());
        var next = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/deliveries?receiver={_name}&cursor={page.GetProperty("next").GetString()}"
        );
        Assert.Equal(
            "test",
            Assert.Single(next.GetProperty("deliveries").EnumerateArray()).GetProperty("notifications")[0].GetProperty("kind").GetString()
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/v1/deliveries?state=lost")).StatusCode);
        (await host.Client.DeleteAsync($"/v1/receivers/{_name}")).Dispose();
    }

    [Fact]
    public async Task Silences_are_declared_listed_and_ended()
    {
        using var wrong = await host.Client.PostAsJsonAsync("/v1/silences", new { matchers = Array.Empty<object>(), comment = "" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var posted = await host.Client.PostAsJsonAsync(
            "/v1/silences",
            new
            {
                matchers = new[] { new { label = "model", value = _name } },
                comment = "why",
                @for = "2h",
            }
        );
        var silence = await posted.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            (HttpStatusCode.Created, true, "open"),
            (posted.StatusCode, silence.GetProperty("active").GetBoolean(), silence.GetProperty("created_by").GetString())
        );
        var id = silence.GetProperty("id").GetInt64();
        Assert.Contains(id, await IdsAsync("/v1/silences"));
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync($"/v1/silences/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync($"/v1/silences/{id}")).StatusCode);
        Assert.DoesNotContain(id, await IdsAsync("/v1/silences"));
        Assert.Contains(id, await IdsAsync("/v1/silences?expired=true"));
    }

    private async Task<IEnumerable<long>> IdsAsync(string address) =>
        (await host.Client.GetFromJsonAsync<JsonElement>(address))
            .GetProperty("silences")
            .EnumerateArray()
            .Select(silence => silence.GetProperty("id").GetInt64());
}
