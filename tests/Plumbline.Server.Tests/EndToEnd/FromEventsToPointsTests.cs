using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.EndToEnd;

/// <summary>Events in over HTTP, metric points out over HTTP; everything between is real.</summary>
public sealed class FromEventsToPointsTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2025, 5, 6, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Reference_predictions_and_ground_truth_become_drift_quality_outputs_and_performance()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, [.. Enumerable.Range(0, 1000).Select(i => (i / 10.0, i % 2 == 0 ? "FR" : "DE"))]);
        // Hour 0 as the reference; hour 1 shifted by 50, with a country that the reference never had and every fourth amount missing.
        await PostAsync(model, 0, 400, i => new { amount = (double?)(i / 4.0), country = i % 2 == 0 ? "FR" : "DE" });
        await PostAsync(
            model,
            1,
            400,
            i => new { amount = i % 4 == 0 ? null : (double?)(50 + (i / 4.0)), country = i % 2 == 0 ? "FR" : "BR" }
        );
        await PostGroundTruthAsync(model, 0, 400, i => "1");
        await host.WaitUntilComputedAsync(model);

        var points = await PointsAsync(model, "1h");
        Assert.True(Value(points, "drift.psi", 0, "amount") < 0.05);
        Assert.True(Value(points, "drift.psi", 1, "amount") > 1);
        Assert.Equal(0.5, Value(points, "drift.ks", 1, "amount"), 0.02);
        Assert.Equal(0, Value(points, "drift.total_variation", 0, "country"), 1e-12);
        Assert.Equal(0.5, Value(points, "drift.total_variation", 1, "country"), 1e-12);
        Assert.Equal(0.25, Value(points, "input.missing_rate", 1, "amount"));
        Assert.Equal(0.5, Value(points, "input.unseen_rate", 1, "country"));
        Assert.Equal(400, Value(points, "input.rows", 1, null));
        Assert.Equal(0.25, Value(points, "performance.accuracy", 0, null));
        Assert.Equal(1, Value(points, "performance.label_coverage", 0, null));
        Assert.Equal(0, Value(points, "performance.label_coverage", 1, null));
        Assert.Equal(12, Value(points, "system.latency_ms.p50", 1, null), 0.5);

        var days = await PointsAsync(model, "1d");
        Assert.Equal(800, Value(days, "input.rows", 0, null));
        Assert.Equal(0.125, Value(days, "input.missing_rate", 0, "amount"));
        Assert.Equal(0.5, Value(days, "performance.label_coverage", 0, null));
    }

    [Fact]
    public async Task Late_events_and_ground_truth_reopen_their_windows_only()
    {
        var model = await NewModelAsync();
        await PostAsync(model, 0, 100, i => new { amount = 1.0, country = "FR" });
        await PostAsync(model, 5, 100, i => new { amount = 1.0, country = "FR" });
        await host.WaitUntilComputedAsync(model);
        Assert.Equal(100, Value(await PointsAsync(model, "1h"), "input.rows", 0, null));

        await PostAsync(model, 0, 50, i => new { amount = 2.0, country = "FR" }, firstId: 1000);
        await PostGroundTruthAsync(model, 5, 100, i => i < 25 ? "1" : "0");
        await host.WaitUntilComputedAsync(model);

        var points = await PointsAsync(model, "1h");
        Assert.Equal(150, Value(points, "input.rows", 0, null));
        Assert.Equal(100, Value(points, "input.rows", 5, null));
        Assert.Equal(1, Value(points, "performance.label_coverage", 5, null));
        Assert.Equal(250, Value(await PointsAsync(model, "1d"), "input.rows", 0, null));
    }

    [Fact]
    public async Task Without_a_reference_the_outputs_are_still_told()
    {
        var model = await NewModelAsync();
        await PostAsync(model, 0, 100, i => new { amount = 1.0, country = "FR" });
        await host.WaitUntilComputedAsync(model);
        var points = await PointsAsync(model, "1h");
        Assert.Equal(
            0.25,
            points
                .Single(point => Name(point) == "output.share" && point.GetProperty("class").GetString() == "1")
                .GetProperty("value")
                .GetDouble()
        );
        Assert.Equal(0.75, Value(points, "output.top_share", 0, null));
        Assert.DoesNotContain(points, point => Name(point).StartsWith("drift.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_open_window_is_answered_live_and_marked_incomplete()
    {
        var model = await NewModelAsync();
        var now = TimeProvider.System.GetUtcNow();
        var rows = Enumerable.Range(0, 60).Select(i => Row($"live-{i}", now, i, new { amount = (double?)i, country = "FR" }));
        using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/predictions", rows);
        Assert.True(response.IsSuccessStatusCode);
        await host.WaitUntilComputedAsync(model);
        var answer = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/metrics?metric=input.rows");
        var point = Assert.Single(answer.GetProperty("points").EnumerateArray());
        Assert.Equal("incomplete", point.GetProperty("status").GetString());
        Assert.Equal(60, point.GetProperty("value").GetDouble());
    }

    [Fact]
    public async Task A_new_reference_recomputes_every_window()
    {
        var model = await NewModelAsync();
        await PostAsync(model, 0, 100, i => new { amount = (double)i, country = "FR" });
        await host.WaitUntilComputedAsync(model);
        await PutReferenceAsync(model, [.. Enumerable.Range(0, 1000).Select(i => (i / 10.0, "FR"))]);
        await host.WaitUntilComputedAsync(model);
        Assert.True(Value(await PointsAsync(model, "1h"), "drift.psi", 0, "amount") < 0.1);
        await PutReferenceAsync(model, [.. Enumerable.Range(0, 1000).Select(i => (500 + (i / 10.0), "FR"))]);
        await host.WaitUntilComputedAsync(model);
        Assert.True(Value(await PointsAsync(model, "1h"), "drift.psi", 0, "amount") > 1);
    }

    [Fact]
    public async Task Segments_and_versions_have_their_own_points_and_hide_nothing()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, [.. Enumerable.Range(0, 1000).Select(i => (i / 10.0, i % 2 == 0 ? "FR" : "DE"))]);
        // FR as the reference, DE at one value.
        await PostAsync(model, 0, 800, i => new { amount = i % 2 == 0 ? i / 8.0 : 99.5, country = i % 2 == 0 ? "FR" : "DE" });
        await host.WaitUntilComputedAsync(model);
        var points = await PointsAsync(model, "1h", "&segment=*&version=*&metric=drift.psi&feature=amount");
        double Psi(string? segment, string? version) =>
            points
                .Single(point => point.GetProperty("segment").GetString() == segment && point.GetProperty("version").GetString() == version)
                .GetProperty("value")
                .GetDouble();
        Assert.True(Psi("country=FR", null) < 0.1);
        Assert.True(Psi("country=DE", null) > 2);
        Assert.Equal(Psi("country=DE", null), Psi("country=DE", "v1"), 1e-12);
    }

    private static string Name(JsonElement point) => point.GetProperty("metric").GetString()!;

    private static double Value(IEnumerable<JsonElement> points, string metric, int hour, string? feature) =>
        points
            .Single(point =>
                Name(point) == metric
                && point.GetProperty("feature").GetString() == feature
                && point.GetProperty("window_start").GetDateTimeOffset() == Start.AddHours(hour)
            )
            .GetProperty("value")
            .GetDouble();

    private static object Row(string id, DateTimeOffset time, int i, object features) =>
        new
        {
            prediction_id = id,
            timestamp = time,
            version = "v1",
            features,
            prediction = i % 4 == 0 ? "1" : "0",
            score = i % 4 == 0 ? 0.8 : 0.3,
            latency_ms = 12.0,
        };

    private async Task<string> NewModelAsync()
    {
        var model = host.NewModelName("e2e");
        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{model}",
            new
            {
                task = "binary",
                positive_class = "1",
                features = new { amount = new { type = "numeric" }, country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        Assert.True(put.IsSuccessStatusCode);
        return model;
    }

    private async Task PutReferenceAsync(string model, IReadOnlyList<(double Amount, string Country)> rows)
    {
        var csv =
            "amount,country\n"
            + string.Join('\n', rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Amount},{row.Country}")));
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var response = await host.Client.PutAsync($"/v1/models/{model}/reference", content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task PostAsync(string model, int hour, int count, Func<int, object> features, int firstId = 0)
    {
        var rows = Enumerable.Range(0, count).Select(i => Row($"{hour}-{firstId + i}", Start.AddHours(hour).AddSeconds(i), i, features(i)));
        using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/predictions", rows);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(count, answer.GetProperty("accepted").GetInt32());
    }

    private async Task PostGroundTruthAsync(string model, int hour, int count, Func<int, string> value)
    {
        var rows = Enumerable
            .Range(0, count)
            .Select(i => new
            {
                prediction_id = $"{hour}-{i}",
                timestamp = Start.AddDays(1),
                value = value(i),
            });
        using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/ground-truth", rows);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<List<JsonElement>> PointsAsync(string model, string window, string more = "")
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?from=2025-05-06T00:00:00Z&to=2025-05-07T00:00:00Z&window={window}&limit=100000{more}"
        );
        return [.. answer.GetProperty("points").EnumerateArray()];
    }
}
