using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RightNumbers;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>A request first and its answer later are one prediction, in either order and however late.</summary>
public sealed class PartialEventTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_become_one_prediction_whichever_comes_first()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new
            {
                task = "binary",
                positive_class = "1",
                label_delay = "1h",
                segments = new[] { "country" },
                features = new { country = new { type = "categorical" } },
            },
            "parts"
        );
        for (var i = 0; i < 60; i++)
        {
            // A third comes with the request first, a third with the answer first, a third in one batch.
            var request =
                $$$"""{"prediction_id":"p{{{i}}}","partial":true,"timestamp":"{{{At(i)}}}","version":"v1","features":{"amount":{{{i}}},"country":"FR"},"metadata":{"from":"gateway"}}""";
            var answer =
                $$$"""{"prediction_id":"p{{{i}}}","partial":true,"timestamp":"{{{At(i + 1)}}}","prediction":"{{{i % 2}}}","score":0.{{{i + 10}}},"latency_ms":{{{i}}},"features":{"late":true}}""";
            switch (i % 3)
            {
                case 0:
                    await SendAsync(model, request);
                    break;
                case 1:
                    await SendAsync(model, answer);
                    break;
                default:
                    await SendAsync(model, request + "\n" + answer);
                    break;
            }
        }

        await model.ComputedAsync();
        // Answers without their requests have no version yet: 40 of v1 and 20 of none.
        Assert.Equal((60, 40), (await model.ValueAsync("input.rows", null), (await RowsAsync(model, "version=v1")).N));
        Assert.Equal((20, "ok"), await RowsAsync(model, "segment=country%3D%40missing"));
        for (var i = 0; i < 60; i++)
        {
            var request =
                $$$"""{"prediction_id":"p{{{i}}}","partial":true,"timestamp":"{{{At(i)}}}","version":"v1","features":{"amount":{{{i}}},"country":"FR"},"metadata":{"from":"gateway"}}""";
            var answer =
                $$$"""{"prediction_id":"p{{{i}}}","partial":true,"timestamp":"{{{At(i + 1)}}}","prediction":"{{{i % 2}}}","score":0.{{{i + 10}}},"latency_ms":{{{i}}},"features":{"late":true}}""";
            if (i % 3 == 0)
                await SendAsync(model, answer);
            if (i % 3 == 1)
                await SendAsync(model, request);
            // Sent again it changes nothing, and another value under the same name neither.
            if (i % 10 == 0)
                await SendAsync(model, request.Replace("\"FR\"", "\"DE\"", StringComparison.Ordinal) + "\n" + answer);
        }

        await host.PostAsync(
            model.Name,
            "ground-truth",
            [
                .. Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"p{i}",
                                timestamp = At(i + 2),
                                value = i < 45 ? $"{i % 2}" : $"{(i + 1) % 2}",
                            }
                    ),
            ]
        );
        await model.ComputedAsync();
        var rows = (await model.GetAsync("/predictions?limit=500"))
            .GetProperty("predictions")
            .EnumerateArray()
            .ToDictionary(row => row.GetProperty("prediction_id").GetString()!);
        Assert.Equal(60, rows.Count);
        for (var i = 0; i < 60; i++)
        {
            var row = await model.GetAsync($"/predictions/p{i}");
            var features = row.GetProperty("features");
            Assert.Equal(
                (
                    $"{i % 2}",
                    "v1",
                    i,
                    i,
                    "FR",
                    true,
                    DateTimeOffset.Parse(At(i % 3 == 1 ? i + 1 : i), System.Globalization.CultureInfo.InvariantCulture)
                ),
                (
                    row.GetProperty("prediction").GetString(),
                    row.GetProperty("version").GetString(),
                    row.GetProperty("latency_ms").GetDouble(),
                    features.GetProperty("amount").GetDouble(),
                    features.GetProperty("country").GetString(),
                    features.GetProperty("late").GetBoolean(),
                    row.GetProperty("timestamp").GetDateTimeOffset()
                )
            );
        }

        // Every row is of v1 and of France now, and no group that had the rows before still counts them.
        Assert.Equal((60, 60), (await model.ValueAsync("input.rows", null), (await RowsAsync(model, "version=v1")).N));
        Assert.Equal((60, "ok"), await RowsAsync(model, "segment=country%3DFR"));
        Assert.Equal((0, "insufficient_data"), await RowsAsync(model, "segment=country%3D%40missing"));
        Assert.Equal(60, (await RowsAsync(model, "version=v1", "1d")).N);
        Assert.Equal((0, "insufficient_data"), await RowsAsync(model, "segment=country%3D%40missing", "1d"));
        var accuracy = await model.PointAsync("performance.accuracy", null);
        Assert.Equal((0.75, 60), (accuracy.GetProperty("value").GetDouble(), accuracy.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task What_was_matched_to_a_part_before_it_was_merged_counts_no_more()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new
            {
                task = "binary",
                positive_class = "1",
                label_delay = "1h",
            },
            "parts"
        );
        for (var i = 0; i < 40; i++)
            await SendAsync(model, $$"""{"prediction_id":"p{{i}}","partial":true,"timestamp":"{{At(i)}}","prediction":"{{i % 2}}" }""");
        await host.PostAsync(
            model.Name,
            "ground-truth",
            [
                .. Enumerable
                    .Range(0, 40)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"p{i}",
                                timestamp = At(i + 2),
                                value = i < 30 ? $"{i % 2}" : $"{(i + 1) % 2}",
                            }
                    ),
            ]
        );
        await model.ComputedAsync();
        Assert.Equal(0.75, await model.ValueAsync("performance.accuracy", null), 1e-12);
        // As it is left when the process dies between storing a block of second parts and merging them, and ground truth is matched first
        // after the start.
        var id = host.Get<ModelCatalog>().Find(model.Name)!.Id;
        await host.Get<IColumnStore>()
            .ExecuteAsync(
                new SqlStatement(
                    $$"""
                    INSERT INTO matched (model_id, timestamp, id_hash, prediction_id, value, value_number, labelled_at, source)
                    SELECT {model:UInt32}, timestamp + INTERVAL 1 SECOND, id_hash, prediction_id, value, value_number, labelled_at, source
                    FROM {{ModelTables.Matched(id)}} WHERE value = '1'
                    """,
                    new SqlParameter("model", id)
                ),
                Ct
            );
        for (var i = 0; i < 40; i++)
            await SendAsync(model, $$"""{"prediction_id":"p{{i}}","partial":true,"timestamp":"{{At(i)}}","features":{"x":1 } }""");
        await model.ComputedAsync();
        var point = await model.PointAsync("performance.accuracy", null);
        Assert.Equal((0.75, 40), (point.GetProperty("value").GetDouble(), point.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task A_part_names_its_prediction_and_a_whole_event_is_a_duplicate_of_it()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "parts");
        var refused = await SendAsync(model, """{"partial":true,"prediction":1}""", accepted: 0);
        Assert.Equal(
            ("field_missing", "prediction_id"),
            (
                refused.GetProperty("rejected")[0].GetProperty("code").GetString(),
                refused.GetProperty("rejected")[0].GetProperty("field").GetString()
            )
        );
        refused = await SendAsync(model, """{"prediction_id":"a","partial":"yes","prediction":1}""", accepted: 0);
        Assert.Equal("partial", refused.GetProperty("rejected")[0].GetProperty("field").GetString());
        await SendAsync(model, """{"prediction_id":"a","partial":true,"features":{"x":1}}""");
        await model.ComputedAsync();
        var whole = await SendAsync(model, """{"prediction_id":"a","prediction":7}""", accepted: 0);
        Assert.Equal(1, whole.GetProperty("duplicates").GetInt32());
        await SendAsync(model, """{"prediction_id":"a","partial":true,"prediction":7}""");
        await model.ComputedAsync();
        Assert.Equal(7, (await model.GetAsync("/predictions/a")).GetProperty("prediction").GetDouble());
    }

    private static async Task<(long N, string? Status)> RowsAsync(SmallModel model, string filter, string window = "1h")
    {
        var point = Assert.Single(await model.PointsAsync("input.rows", window, filter));
        return (point.GetProperty("n").GetInt64(), point.GetProperty("status").GetString());
    }

    private static string At(int minutes) =>
        SmallModel.Start.AddSeconds(minutes * 50).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonElement> SendAsync(SmallModel model, string rows, int? accepted = null)
    {
        using var content = new StringContent(rows, Encoding.UTF8, "application/x-ndjson");
        using var answer = await host.Client.PostAsync(new Uri($"/v1/models/{model.Name}/predictions", UriKind.Relative), content, Ct);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(accepted ?? rows.Split('\n').Length, body.GetProperty("accepted").GetInt32());
        return body;
    }
}
