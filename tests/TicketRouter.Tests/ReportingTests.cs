using System.Net;
using System.Text.Json;
using TicketRouter.Reporting;

namespace TicketRouter.Tests;

public class ReportingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_are_reported_in_the_background_through_refusals()
    {
        await using var plumbline = await RecordingPlumbline.StartAsync(refusals: 3);
        await using var router = await RunningTicketRouter.StartAsync("--plumbline", plumbline.Url.ToString());
        var tickets = string.Join(
            ',',
            Enumerable
                .Range(0, 40)
                .Select(i => $$"""{"ticket_id":"t{{i}}","subject":"Return label for order 4","plan":"pro","order_amount":12.5}""")
        );
        await router.SendAsync(HttpMethod.Post, "/route", $"[{tickets}]");
        await UntilAsync(() => plumbline.Events.Count >= 40);
        var events = plumbline.Of("ticket-router", "predictions");
        Assert.Equal(40, events.Select(e => e.GetProperty("prediction_id").GetString()).Distinct(StringComparer.Ordinal).Count());
        var answered = events.First(e => e.GetProperty("status").GetString() == "ok");
        Assert.Equal("refund", answered.GetProperty("prediction").GetString());
        Assert.Equal(12.5, answered.GetProperty("features").GetProperty("order_amount").GetDouble());
        Assert.Equal(JsonValueKind.Null, answered.GetProperty("features").GetProperty("account_age_days").ValueKind);
    }

    [Fact]
    public async Task A_back_fill_posts_every_ticket_once_with_the_ground_truth_known_by_then()
    {
        await using var plumbline = await RecordingPlumbline.StartAsync();
        await using var router = await RunningTicketRouter.StartAsync(
            "--plumbline",
            plumbline.Url.ToString(),
            "--days",
            "3",
            "--per-hour",
            "60"
        );
        var last = await BackfillAsync(router, "to=2026-03-20T09:20:00Z");
        Assert.True(last.GetProperty("done").GetBoolean(), last.ToString());
        Assert.Equal(
            plumbline.Events.Count,
            last.GetProperty("predictions").GetInt64()
                + last.GetProperty("ground_truth").GetInt64()
                + last.GetProperty("signals").GetInt64()
        );
        var routes = plumbline.Of("ticket-router", "predictions");
        var ids = routes.Select(e => e.GetProperty("prediction_id").GetString()!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(routes.Count, ids.Count);
        Assert.InRange(routes.Count, 72 * 60 * 0.7, 72 * 60 * 1.4);
        Assert.Equal(
            ["v1", "v2", "v3"],
            routes.Select(e => e.GetProperty("version").GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        Assert.All(
            routes,
            e => Assert.InRange(e.GetProperty("timestamp").GetDateTimeOffset(), Worlds.Anchor.AddDays(-3), Worlds.Anchor.AddMinutes(20))
        );
        // A customer whose ticket went to a wrong queue writes again far more often, and each once.
        var again = plumbline.Of("ticket-router", "signals");
        Assert.All(again, s => Assert.Equal("reopened", s.GetProperty("name").GetString()));
        Assert.All(again, s => Assert.True(s.GetProperty("timestamp").GetDateTimeOffset() <= Worlds.Anchor.AddMinutes(20)));
        var reopened = again.Select(s => s.GetProperty("prediction_id").GetString()!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(again.Count, reopened.Count);
        Assert.Subset(ids, reopened);
        var known = plumbline
            .Of("ticket-router", "ground-truth")
            .ToDictionary(
                t => t.GetProperty("prediction_id").GetString()!,
                t => t.GetProperty("value").GetString(),
                StringComparer.Ordinal
            );
        var early = routes
            .Where(e =>
                e.TryGetProperty("prediction", out _)
                && known.ContainsKey(e.GetProperty("prediction_id").GetString()!)
                && e.GetProperty("timestamp").GetDateTimeOffset() < Worlds.Anchor.AddDays(-1)
            )
            .ToList();
        Assert.InRange(ShareReopened(early.Where(IsRight)), 0.03, 0.08);
        Assert.InRange(ShareReopened(early.Where(e => !IsRight(e))), 0.4, 0.7);
        bool IsRight(JsonElement e) => known[e.GetProperty("prediction_id").GetString()!] == e.GetProperty("prediction").GetString();
        double ShareReopened(IEnumerable<JsonElement> some) =>
            some.Average(e => reopened.Contains(e.GetProperty("prediction_id").GetString()!) ? 1.0 : 0);

        var truths = plumbline.Of("ticket-router", "ground-truth");
        Assert.All(truths, t => Assert.Contains(t.GetProperty("prediction_id").GetString()!, ids));
        Assert.All(truths, t => Assert.True(t.GetProperty("timestamp").GetDateTimeOffset() <= Worlds.Anchor.AddMinutes(20)));
        Assert.InRange(truths.Count / (double)routes.Count, 0.5, 0.86);
        Assert.All(plumbline.Of("refund-risk", "predictions"), e => Assert.Contains(e.GetProperty("prediction_id").GetString()!, ids));
        Assert.Equal(JsonValueKind.Number, plumbline.Of("handling-time", "ground-truth")[0].GetProperty("value").ValueKind);
    }

    [Fact]
    public async Task Going_on_later_posts_the_new_span_and_the_facts_found_out_in_it()
    {
        await using var plumbline = await RecordingPlumbline.StartAsync();
        await using var router = await RunningTicketRouter.StartAsync(
            "--plumbline",
            plumbline.Url.ToString(),
            "--days",
            "2",
            "--per-hour",
            "60"
        );
        await BackfillAsync(router, "to=2026-03-20T09:00:00Z");
        var (before, truthsBefore) = (plumbline.Of("ticket-router", "predictions").Count, Ids(plumbline));
        await BackfillAsync(router, "from=2026-03-20T09:00:00Z&to=2026-03-20T14:00:00Z");
        Assert.True(plumbline.Of("ticket-router", "predictions").Count > before + 100);
        var fresh = Ids(plumbline).Skip(truthsBefore.Count).ToList();
        Assert.NotEmpty(
            fresh.Intersect(
                plumbline.Of("ticket-router", "predictions").Take(before).Select(e => e.GetProperty("prediction_id").GetString()!),
                StringComparer.Ordinal
            )
        );
        Assert.Empty(fresh.Intersect(truthsBefore, StringComparer.Ordinal));

        static List<string> Ids(RecordingPlumbline plumbline) =>
            [.. plumbline.Of("ticket-router", "ground-truth").Select(e => e.GetProperty("prediction_id").GetString()!)];
    }

    [Fact]
    public async Task A_refused_back_fill_says_why()
    {
        await using var plumbline = await RecordingPlumbline.StartAsync();
        plumbline.Always = HttpStatusCode.NotFound;
        await using var router = await RunningTicketRouter.StartAsync(
            "--plumbline",
            plumbline.Url.ToString(),
            "--days",
            "1",
            "--per-hour",
            "20"
        );
        var last = await BackfillAsync(router, "to=2026-03-20T09:00:00Z");
        Assert.False(last.GetProperty("done").GetBoolean());
        Assert.Contains("404", last.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from=tomorrow")]
    [InlineData("to=x")]
    [InlineData("from=2026-03-20T09:00:00Z&to=2026-03-20T08:00:00Z")]
    public async Task A_wrong_span_is_refused(string query)
    {
        await using var router = await RunningTicketRouter.StartAsync("--plumbline", "http://127.0.0.1:9");
        Assert.Equal(400, (await router.SendAsync(HttpMethod.Post, "/simulation/backfill?" + query)).Status);
    }

    [Fact]
    public async Task The_reference_has_the_registered_features_the_answer_and_the_ground_truth()
    {
        await using var router = await RunningTicketRouter.StartAsync();
        var (_, simulation) = await router.SendAsync(HttpMethod.Get, "/simulation");
        foreach (var model in simulation.GetProperty("models").EnumerateArray())
        {
            var name = model.GetProperty("name").GetString()!;
            var rows = (await router.Http.GetStringAsync($"/simulation/reference/{name}", Ct)).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            );
            Assert.True(rows.Length > 2000);
            string[] columns = [.. JsonDocument.Parse(rows[0]).RootElement.EnumerateObject().Select(p => p.Name)];
            string[] features = [.. model.GetProperty("registration").GetProperty("features").EnumerateObject().Select(p => p.Name)];
            string[] further =
                name == PredictionEvents.HandlingModel
                    ? ["timestamp", "answer", "ground_truth"]
                    : ["timestamp", "answer", "score", "ground_truth"];
            Assert.Equal(features.Concat(further).Order(StringComparer.Ordinal), columns.Order(StringComparer.Ordinal));
        }

        Assert.Equal(404, (await router.SendAsync(HttpMethod.Get, "/simulation/reference/none")).Status);
    }

    [Fact]
    public async Task Live_customers_use_the_service_and_it_reports()
    {
        await using var plumbline = await RecordingPlumbline.StartAsync();
        await using var router = await RunningTicketRouter.StartAsync("--plumbline", plumbline.Url.ToString(), "--live-rate", "20");
        await router.SendAsync(HttpMethod.Post, "/simulation/live");
        await UntilAsync(() =>
            plumbline.Of("handling-time", "predictions").Count > 20 && plumbline.Of("refund-risk", "predictions").Count > 3
        );
        var (_, live) = await router.SendAsync(HttpMethod.Get, "/simulation/live");
        Assert.Equal(0, live.GetProperty("skipped").GetInt64());
        // Measured by the service's own clock, so a fast machine may need well under a millisecond.
        Assert.All(
            plumbline.Of("ticket-router", "predictions"),
            e => Assert.InRange(e.GetProperty("latency_ms").GetDouble(), 0.01, 60_000)
        );
    }

    private static async Task<JsonElement> BackfillAsync(RunningTicketRouter router, string query)
    {
        using var response = await router.Http.PostAsync("/simulation/backfill?" + query, null, Ct);
        var lines = (await response.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return JsonDocument.Parse(lines[^1]).RootElement;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 300 && !condition(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        Assert.True(condition(), "It did not happen within fifteen seconds.");
    }
}
