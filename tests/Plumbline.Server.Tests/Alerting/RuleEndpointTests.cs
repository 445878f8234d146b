using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Alerting.Incidents;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Rules and backtests over HTTP.</summary>
public sealed class RuleEndpointTests(TestHost host)
{
    private const int Week = 7 * 24;

    [Theory]
    [InlineData("binary", "roc_auc")]
    [InlineData("multiclass", "accuracy")]
    [InlineData("regression", "mae")]
    public async Task Every_model_has_rules_for_all_four_layers_without_a_word(string task, string main)
    {
        var name = await host.CreateModelAsync(new { task });
        var rules = (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}/rules"))
            .GetProperty("rules")
            .EnumerateArray()
            .ToList();

        var metrics = rules.Select(rule => rule.GetProperty("rule").GetProperty("metric").GetString()!).ToList();
        Assert.All(
            new[]
            {
                "input.rows",
                "system.error_rate",
                "drift.calibrated",
                "input.missing_rate",
                $"performance.{main}",
                $"estimated.{main}",
            },
            metric => Assert.Contains(metric, metrics)
        );
        Assert.Contains(metrics, metric => metric.StartsWith("output.", StringComparison.Ordinal));
        Assert.All(rules, rule => Assert.Equal("default", rule.GetProperty("source").GetString()));
    }

    [Fact]
    public async Task Many_who_change_one_rule_at_a_time_are_all_answered()
    {
        var model = await host.CreateModelAsync(new { task = "binary" }, "rules-at-once");
        var address = $"/v1/models/{model}/rules/shared";
        var rule = new
        {
            kind = "threshold",
            metric = "performance.accuracy",
            direction = "below",
            value = 0.8,
        };
        for (var round = 0; round < 20; round++)
        {
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(i => i % 4 == 3 ? host.Client.DeleteAsync(address) : host.Client.PutAsJsonAsync(address, rule))
            );
            Assert.All(answers, answer => Assert.InRange((int)answer.StatusCode, 200, 404));
            foreach (var answer in answers)
                answer.Dispose();
        }
    }

    [Fact]
    public async Task A_rule_is_written_read_switched_and_deleted()
    {
        var path = $"/v1/models/{await host.CreateModelAsync(new { task = "binary" })}/rules";
        var put = await host.Client.PutAsJsonAsync(
            $"{path}/floor",
            new
            {
                kind = "threshold",
                metric = "performance.accuracy",
                direction = "below",
                value = 0.8,
                for_windows = 2,
                of_windows = 3,
                severity = "critical",
                window = "1d",
            }
        );
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("api", await SourceOf("floor"));

        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.PostAsync($"{path}/floor/disable", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.PostAsync($"{path}/latency/disable", null)).StatusCode);
        Assert.False((await Find("floor")).GetProperty("rule").GetProperty("enabled").GetBoolean());
        Assert.False((await Find("latency")).GetProperty("rule").GetProperty("enabled").GetBoolean());
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync($"{path}/floor")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync($"{path}/floor")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.PostAsync($"{path}/none/enable", null)).StatusCode);

        async Task<JsonElement> Find(string name) =>
            (await host.Client.GetFromJsonAsync<JsonElement>(path))
                .GetProperty("rules")
                .EnumerateArray()
                .Single(rule => rule.GetProperty("rule").GetProperty("name").GetString() == name);
        async Task<string?> SourceOf(string name) => (await Find(name)).GetProperty("source").GetString();
    }

    [Theory]
    [InlineData("""{"kind":"threshold","metric":"performance.accuracy","direction":"below"}""", "value")]
    [InlineData("""{"kind":"threshold","metric":"no.such","direction":"below","value":1}""", "metric")]
    [InlineData("""{"kind":"drift","metric":"drift.calibrated","value":1}""", "value")]
    [InlineData("""{"kind":"threshold","metric":"performance.accuracy","value":1}""", "direction")]
    [InlineData(
        """{"kind":"threshold","metric":"performance.accuracy","value":1,"direction":"below","for_windows":4,"of_windows":3}""",
        "for_windows"
    )]
    [InlineData("""{"kind":"threshold","metric":"drift.psi","value":1,"direction":"above","features":["no_such"]}""", "features")]
    [InlineData("""{"kind":"threshold","metric":"drift.psi","value":1,"direction":"above","segment":"planet=mars"}""", "segment")]
    [InlineData("""{"kind":"ratio","metric":"system.error_rate","value":1,"direction":"above"}""", "than_version")]
    [InlineData("""{"kind":"threshold","metric":"drift.psi","value":1,"direction":"above","window":"2h"}""", "window")]
    public async Task A_rule_that_cannot_be_judged_is_refused_with_its_field(string body, string field)
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await host.Client.PutAsync($"/v1/models/{name}/rules/x", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(problem.GetProperty("errors").EnumerateArray(), error => error.GetProperty("field").GetString() == field);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("""{"kind":"nonsense","metric":"drift.psi"}""")]
    [InlineData("""{"kind":"drift","metric":"drift.psi","surprise":1}""")]
    [InlineData("""{"kind":"threshold","metric":"performance.accuracy","direction":"below","value":0.8,"a":1,"a":true}""")]
    public async Task What_is_no_rule_is_a_bad_request(string body)
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.PutAsync($"/v1/models/{name}/rules/x", content)).StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/rules/x")]
    [InlineData("POST", "/backtest")]
    public async Task A_body_that_is_too_long_is_refused_though_it_does_not_say_how_long_it_is(string method, string path)
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        var body = $$"""{"kind":"drift","metric":"drift.calibrated","features":["{{new string('x', 100_000)}}"]}""";
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/v1/models/{name}{path}")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_rule_on_trial_is_on_record_and_makes_no_incident()
    {
        var world = await AlertingWorld.CreateAsync(host, 20);
        await host.Client.PostAsync($"/v1/models/{world.Model.Name}/rules/accuracy/disable", null);
        var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{world.Model.Name}/rules/trial",
            new
            {
                kind = "threshold",
                metric = "performance.accuracy",
                direction = "below",
                value = 0.85,
                dry_run = true,
            }
        );
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await world.Rows(Week).Series("performance.accuracy", Week, before => before <= 20 ? 0.7 : 0.9).EvaluateAsync();

        Assert.Empty(await world.IncidentsAsync());
        var alerts = await host.Get<IncidentReader>().AlertsAsync(world.Model, firingOnly: true, 10, TestContext.Current.CancellationToken);
        Assert.Equal("trial", Assert.Single(alerts).Rule);
    }

    [Fact]
    public async Task A_backtest_finds_what_was_found_live_and_says_how_often_and_how_soon()
    {
        var world = await AlertingWorld.CreateAsync(host, 21);
        await world
            .Rows(Week)
            .Series("performance.accuracy", Week, before => before is <= 40 and > 12 ? 0.75 : 0.9)
            .Series("drift.psi", Week, before => before % 50 < 3 ? 0.2 : 0.02, "amount", noise: 0)
            .EvaluateAsync();
        var live = Assert.Single(await world.IncidentsAsync());

        var same = await BacktestAsync(
            world,
            new
            {
                rule_name = "accuracy",
                from = world.HoursBeforeEnd(Week),
                to = world.End,
            }
        );
        var rule = same.GetProperty("result").GetProperty("rule");
        Assert.Equal(1, rule.GetProperty("count").GetInt32());
        Assert.Equal(live.Incident.FiredAt, rule.GetProperty("firings")[0].GetProperty("at").GetDateTimeOffset());
        Assert.Equal("same", rule.GetProperty("meetings")[0].GetProperty("verdict").GetString());
        Assert.Equal(0, rule.GetProperty("outside_incidents").GetInt32());
        var psi = same.GetProperty("result").GetProperty("usual_defaults")[0];
        Assert.Equal(4, psi.GetProperty("count").GetInt32());
        Assert.True(psi.GetProperty("outside_incidents").GetInt32() >= 2);

        var tight = await BacktestAsync(
            world,
            new
            {
                rule = new
                {
                    name = "unsaved",
                    kind = "threshold",
                    metric = "performance.accuracy",
                    direction = "below",
                    value = 0.5,
                },
            }
        );
        Assert.Equal(
            "blind",
            tight.GetProperty("result").GetProperty("rule").GetProperty("meetings")[0].GetProperty("verdict").GetString()
        );
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync($"/v1/models/{world.Model.Name}/backtest/none")).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await host.Client.PostAsJsonAsync($"/v1/models/{world.Model.Name}/backtest", new { from = "2026-01-01T00:00:00Z" })).StatusCode
        );
    }

    [Fact]
    public async Task The_fatigue_report_suggests_a_floor_for_a_rule_that_nobody_heeds()
    {
        var world = await AlertingWorld.CreateAsync(host, 22);
        await world
            .Rows(2 * Week)
            .Series(
                "output.share",
                2 * Week,
                before => before is (> 80 and <= 95) or (> 50 and <= 65) or (> 20 and <= 35) ? 0.6 : 0.3,
                @class: "a"
            )
            .EvaluateAsync();

        var report = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{world.Model.Name}/rules/fatigue");
        var rule = report.GetProperty("rules").EnumerateArray().Single();
        Assert.Equal((3, 3), (rule.GetProperty("fired").GetInt32(), rule.GetProperty("ignored").GetInt32()));
        Assert.Contains("effect_floor", rule.GetProperty("suggestion").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> BacktestAsync(AlertingWorld world, object request)
    {
        var answer = await host.Client.PostAsJsonAsync($"/v1/models/{world.Model.Name}/backtest", request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
