namespace TicketRouter.Tests;

public class ServingTests
{
    private const string Charge =
        """{"ticket_id":"a","subject":"Charged twice for order 7","body":"My card statement shows 20.00 EUR two times.","plan":"pro","country":"US"}""";

    [Fact]
    public async Task One_ticket_gets_one_answer_of_each_model()
    {
        await using var router = await RunningTicketRouter.StartAsync();
        var (status, route) = await router.SendAsync(HttpMethod.Post, "/route", Charge);
        Assert.Equal(200, status);
        Assert.Equal("billing", route.GetProperty("prediction").GetString());
        Assert.Equal("v2", route.GetProperty("version").GetString());
        Assert.Equal(1, route.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 3);
        Assert.InRange(route.GetProperty("latency_ms").GetDouble(), 0.5, 30_000);
        var (_, refund) = await router.SendAsync(HttpMethod.Post, "/refund-risk", Charge);
        Assert.InRange(refund.GetProperty("score").GetDouble(), 0, 1);
        var (_, handling) = await router.SendAsync(HttpMethod.Post, "/handling-time", Charge);
        Assert.InRange(handling.GetProperty("prediction").GetDouble(), 1, 300);
    }

    [Fact]
    public async Task Many_tickets_get_an_answer_each_in_their_order()
    {
        await using var router = await RunningTicketRouter.StartAsync();
        var (status, answers) = await router.SendAsync(
            HttpMethod.Post,
            "/route",
            $$"""[{{Charge}},{"ticket_id":"b","body":"The courier left the wet parcel in front of the door."}]"""
        );
        Assert.Equal(200, status);
        Assert.Equal(
            ["a:billing", "b:shipping"],
            answers.EnumerateArray().Select(x => $"{x.GetProperty("ticket_id")}:{x.GetProperty("prediction")}")
        );
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("{\"ticket_id\":\"a\",", null)]
    [InlineData("[]", "")]
    [InlineData("7", "")]
    [InlineData("""{"ticket_id":"a"}""", "body")]
    [InlineData("""{"subject":"no id"}""", "")]
    [InlineData("""{"ticket_id":"a","subject":null,"body":"x"}""", "subject")]
    [InlineData("""{"ticket_id":"a","subject":"x","order_amount":-1}""", "order_amount")]
    [InlineData("""{"ticket_id":"a","subject":"x","order_amount":1e400}""", "order_amount")]
    [InlineData("""{"ticket_id":"a","subject":"x","open_tickets":"many"}""", "open_tickets")]
    public async Task Bad_input_is_named_and_never_a_500(string body, string? field)
    {
        await using var router = await RunningTicketRouter.StartAsync();
        var (status, problem) = await router.SendAsync(HttpMethod.Post, "/route", body);
        Assert.Equal(400, status);
        if (field is null)
            Assert.Contains("byte", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        else
            Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task Hostile_bodies_get_a_4xx()
    {
        await using var router = await RunningTicketRouter.StartAsync();
        byte[] invalidUtf8 = [.. """{"ticket_id":"a","subject":"x"""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal(400, await PostAsync(invalidUtf8));
        Assert.Equal(400, await PostAsync([.. """{"ticket_id":"\ud800","subject":"x"}"""u8]));
        Assert.Equal(400, await PostAsync(System.Text.Encoding.UTF8.GetBytes(new string('[', 100) + new string(']', 100))));
        Assert.Equal(400, await PostAsync([0, 0, 0]));
        Assert.Equal(413, await PostAsync(new byte[Serving.TicketReading.MaxBytes + 1]));
        Assert.Equal(
            200,
            await PostAsync([.. """{"ticket_id":"a","ticket_id":"b","subject":"<script>' OR 1=1 --","country":"\u0000"}"""u8])
        );

        async Task<int> PostAsync(byte[] body)
        {
            // A server that refuses a body by its length does not read it: a client that sends it at once may find the connection closed
            // first.
            using var request = new HttpRequestMessage(HttpMethod.Post, "/route")
            {
                Content = new ByteArrayContent(body),
                Headers = { ExpectContinue = true },
            };
            using var response = await router.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task The_bad_ticket_of_many_is_named_by_its_index()
    {
        await using var router = await RunningTicketRouter.StartAsync();
        var (status, problem) = await router.SendAsync(HttpMethod.Post, "/route", $$"""[{{Charge}},{"ticket_id":"b","subject":3}]""");
        Assert.Equal(400, status);
        Assert.Equal(
            (1, "subject"),
            (
                problem.GetProperty("errors")[0].GetProperty("index").GetInt32(),
                problem.GetProperty("errors")[0].GetProperty("field").GetString()
            )
        );
    }

    [Fact]
    public async Task Faults_are_injected_with_a_release()
    {
        await using var router = await RunningTicketRouter.StartAsync();
        Assert.Equal(400, (await router.SendAsync(HttpMethod.Put, "/release", """{"version":"v9"}""")).Status);
        Assert.Equal(400, (await router.SendAsync(HttpMethod.Put, "/release", """{"version":"v2","error_share":2}""")).Status);
        Assert.Equal(400, (await router.SendAsync(HttpMethod.Put, "/release", "[")).Status);
        Assert.Equal(200, (await router.SendAsync(HttpMethod.Put, "/release", """{"version":"v1","extra_latency_ms":150}""")).Status);
        var (_, slow) = await router.SendAsync(HttpMethod.Post, "/route", Charge);
        Assert.Equal("v1", slow.GetProperty("version").GetString());
        Assert.True(slow.GetProperty("latency_ms").GetDouble() >= 150);
        await router.SendAsync(HttpMethod.Put, "/release", """{"version":"v3","error_share":1}""");
        Assert.Contains((await router.SendAsync(HttpMethod.Post, "/route", Charge)).Status, new[] { 503, 504 });
        var (_, health) = await router.SendAsync(HttpMethod.Get, "/healthz");
        Assert.Equal("v3", health.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("--days", "0")]
    [InlineData("--days", "many")]
    [InlineData("--per-hour", "1e9")]
    [InlineData("--anchor", "yesterday")]
    [InlineData("--plumbline", "ftp://x")]
    public void A_wrong_switch_is_named(string name, string value)
    {
        var wrong = Assert.Throws<ArgumentException>(() => TicketRouterHost.Build([name, value], TimeProvider.System));
        Assert.Contains(name, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(value, wrong.Message, StringComparison.Ordinal);
    }
}
