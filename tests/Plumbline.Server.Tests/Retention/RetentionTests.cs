using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plumbline.Events;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Retention;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Retention;

/// <summary>What a model declares under <c>retention</c> is carried out, and what was computed before stays right.</summary>
public sealed class RetentionTests(TestHost host)
{
    private const int Rows = 40;

    // Older than 60 days and the month in which the 60th lies; and well within 60 days.
    private static readonly DateTimeOffset Old = Hour(100);
    private static readonly DateTimeOffset Young = Hour(50);

    [Fact]
    public async Task Old_months_are_deleted_and_what_was_computed_of_them_stays()
    {
        var model = await WithHistoryAsync("kept-sixty-days");
        var before = await PointsAsync(model, Old);
        Assert.NotEmpty(before);

        await DeclareAsync(model, """{"predictions":"60d"}""");
        var predictions = await DeletedAsync(model, EventRows.Predictions);
        Assert.Equal((Rows, "60d"), (predictions.GetProperty("deleted_rows").GetInt32(), predictions.GetProperty("kept").GetString()));
        Assert.Equal(Rows, (await DeletedAsync(model, EventRows.GroundTruth)).GetProperty("deleted_rows").GetInt32());
        Assert.Equal(Rows, (await DeletedAsync(model, EventRows.Signals)).GetProperty("deleted_rows").GetInt32());
        Assert.True(predictions.GetProperty("deleted_before").GetDateTimeOffset() > Old);
        Assert.True(predictions.GetProperty("deletes_next_at").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());

        var id = Id(model);
        foreach (
            var table in new[]
            {
                ModelTables.Predictions(id),
                ModelTables.Matched(id),
                ModelTables.Attributed(id),
                ModelTables.GroundTruth(id),
                ModelTables.Signals(id),
            }
        )
        {
            Assert.Equal((0, Rows), (await CountAsync(table, "timestamp <", Young), await CountAsync(table, "timestamp >=", Young)));
        }

        // Neither another reference nor late ground truth makes numbers anew whose rows are gone; those of kept rows are.
        using var reference = new StringContent(
            $"prediction,x\n{string.Join('\n', Enumerable.Range(0, 400).Select(i => $"{i % 2},{i % 7}"))}\n",
            Encoding.UTF8,
            "text/csv"
        );
        using var put = await host.Client.PutAsync($"/v1/models/{model}/reference?prediction=prediction", reference);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        await host.PostAsync(
            model,
            "ground-truth",
            [
                new
                {
                    prediction_id = "old-0",
                    timestamp = TimeProvider.System.GetUtcNow(),
                    value = "0",
                },
            ]
        );
        await host.WaitUntilComputedAsync(model);
        Assert.Equal(before, await PointsAsync(model, Old));
        Assert.Contains(await PointsAsync(model, Young), point => point.StartsWith("drift.psi", StringComparison.Ordinal));

        var progress = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress");
        Assert.Equal((6 * Rows) + 1, progress.GetProperty("stored").GetInt64());
        Assert.Equal(3 * Rows, progress.GetProperty("expired").GetInt64());
        Assert.All(await CountersAsync(model), facts => Assert.True(facts.Agree, facts.ToString()));
    }

    [Fact]
    public async Task What_was_computed_is_kept_for_a_period_of_its_own()
    {
        var model = await WithHistoryAsync("computed-sixty-days");
        await DeclareAsync(model, """{"predictions":"30d","profiles":"60d"}""");
        Assert.True((await DeletedAsync(model, EventRows.MetricPoints)).GetProperty("deleted_rows").GetInt64() > 10);
        Assert.True((await DeletedAsync(model, EventRows.Profiles)).GetProperty("deleted_rows").GetInt64() > 1);
        Assert.Empty(await PointsAsync(model, Old));
        Assert.NotEmpty(await PointsAsync(model, Young));
    }

    [Fact]
    public async Task A_deletion_that_the_process_did_not_survive_is_finished_and_nothing_is_called_lost()
    {
        var model = await WithHistoryAsync("killed-while-deleting");
        var (id, retentionStore, pass) = (Id(model), host.Get<RetentionStore>(), Pass());
        var before = RetentionStore.StartOfMonth(TimeProvider.System.GetUtcNow().AddDays(-60));
        await retentionStore.BeginAsync(id, EventRows.Predictions, before, CancellationToken.None);
        Assert.Equal(new ExpiredRows(Rows), await host.Get<ExpiredEvents>().DropPredictionsBeforeAsync(id, before, CancellationToken.None));

        // As the next start finds it.
        var facts = (await CountersAsync(model)).Single(one => one.Kind == EventKind.Prediction);
        Assert.Equal((2L * Rows, (long)Rows, (long)Rows), (facts.Counted, facts.Rows, facts.Uncounted));
        await retentionStore.AddUncountedAsync(id, EventRows.Predictions, facts.Uncounted, CancellationToken.None);
        await pass.RunAsync(
            host.Get<ModelCatalog>().Find(model)! with
            {
                PredictionRetention = TimeSpan.FromDays(60),
            },
            CancellationToken.None
        );
        Assert.All(await CountersAsync(model), one => Assert.True(one.Agree && one.Uncounted == 0, one.ToString()));
        Assert.Equal(
            (Rows, true),
            ((int)retentionStore.Find(id, EventRows.Predictions)!.Rows, retentionStore.Find(id, EventRows.Predictions)!.IsFinished)
        );
    }

    [Theory]
    [InlineData("""{"predictions":"1h"}""", "retention")]
    [InlineData("""{"predictions":"90d","profiles":"30d"}""", "retention.profiles")]
    public async Task A_period_that_cannot_be_kept_is_refused(string retention, string field)
    {
        using var body = new StringContent($$"""{"task":"binary","retention":{{retention}}}""", Encoding.UTF8, "application/json");
        using var answer = await host.Client.PutAsync($"/v1/models/{host.NewModelName("odd")}", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"field\":\"{field}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_no_declared_period_is_kept_for_ever()
    {
        var model = await host.CreateModelAsync(new { task = "binary" }, "for-ever");
        var answer = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/retention");
        Assert.Equal(
            [EventRows.Predictions, EventRows.GroundTruth, EventRows.Signals, EventRows.Profiles, EventRows.MetricPoints],
            answer.GetProperty("data").EnumerateArray().Select(kept => kept.GetProperty("name").GetString())
        );
        Assert.All(
            answer.GetProperty("data").EnumerateArray(),
            kept => Assert.Equal(JsonValueKind.Null, kept.GetProperty("deletes_next_at").ValueKind)
        );
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/v1/models/nobody/retention")).StatusCode);
    }

    private async Task<string> WithHistoryAsync(string prefix)
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                signals = new
                {
                    click = new
                    {
                        kind = "rate",
                        good = "up",
                        attribution_window = "1d",
                    },
                },
            },
            prefix
        );
        foreach (var (name, start) in new[] { ("old", Old), ("young", Young) })
        {
            var rows = Enumerable
                .Range(0, Rows)
                .Select(i => (Id: $"{name}-{i}", At: start.AddMinutes(i), Value: (i % 2).ToString(CultureInfo.InvariantCulture)))
                .ToList();
            await host.PostAsync(
                model,
                "predictions",
                [
                    .. rows.Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At,
                        prediction = row.Value,
                        features = new { x = row.At.Minute % 7 },
                    }),
                ]
            );
            await host.PostAsync(
                model,
                "ground-truth",
                [
                    .. rows.Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At.AddHours(1),
                        value = row.Value,
                    }),
                ]
            );
            await host.PostAsync(
                model,
                "signals",
                [
                    .. rows.Select(row => new
                    {
                        prediction_id = row.Id,
                        name = "click",
                        timestamp = row.At.AddHours(1),
                        value = 1,
                        signal_id = row.Id,
                    }),
                ]
            );
        }

        await host.WaitUntilComputedAsync(model);
        return model;
    }

    private async Task DeclareAsync(string model, string retention)
    {
        using var body = new StringContent(
            $$$"""{"task":"binary","positive_class":"1","signals":{"click":{"kind":"rate","good":"up","attribution_window":"1d"}},"retention":{{{retention}}}}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await host.Client.PutAsync($"/v1/models/{model}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    // What the endpoint says of one kind of data, once something of it was deleted.
    private async Task<JsonElement> DeletedAsync(string model, string data)
    {
        for (var wait = 0; ; wait++)
        {
            var answer = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/retention");
            var found = answer.GetProperty("data").EnumerateArray().Single(kept => kept.GetProperty("name").GetString() == data);
            if (found.GetProperty("deleted_rows").GetInt64() > 0 || wait == 400)
                return found;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private async Task<IReadOnlyList<string>> PointsAsync(string model, DateTimeOffset start)
    {
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"from={start:yyyy-MM-ddTHH:mm:ssZ}&to={start.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}&window=1h&limit=5000"
        );
        var answer = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/metrics?{query}");
        return
        [
            .. answer
                .GetProperty("points")
                .EnumerateArray()
                .Select(point => $"{point.GetProperty("metric").GetString()} {point}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private async Task<int> CountAsync(string table, string comparison, DateTimeOffset time)
    {
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    $"SELECT count() FROM {table} WHERE {comparison} {{time:DateTime64(3, 'UTC')}}",
                    new SqlParameter("time", time)
                ),
                CancellationToken.None
            );
        rows.Read();
        return (int)rows.ReadUInt64();
    }

    private Task<IReadOnlyList<CounterFacts>> CountersAsync(string model) =>
        CounterCheck.ReadAsync(
            host.Get<Spool>(),
            host.Get<IColumnStore>(),
            [Id(model)],
            host.Get<RetentionStore>().All,
            CancellationToken.None
        );

    private RetentionPass Pass() => host.Services.GetServices<IHostedService>().OfType<RetentionPass>().Single();

    private int Id(string model) => host.Get<ModelCatalog>().Find(model)!.Id;

    private static DateTimeOffset Hour(int daysAgo)
    {
        var at = TimeProvider.System.GetUtcNow().AddDays(-daysAgo);
        return new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero);
    }
}
