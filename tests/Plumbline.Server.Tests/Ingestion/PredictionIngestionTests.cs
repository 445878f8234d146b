using System.Net;
using System.Text;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

public sealed class PredictionIngestionTests(TestHost host)
{
    private static readonly object Binary = new
    {
        task = "binary",
        classes = new[] { "0", "1" },
        positive_class = "1",
    };

    [Fact]
    public async Task A_prediction_is_stored_with_everything_that_was_sent_and_derived()
    {
        var model = await host.CreateModelAsync(Binary);
        var answer = await host.AcceptAsync(
            model,
            "predictions",
            """
            { "prediction_id": "p-1", "timestamp": "2026-03-01T08:15:02.123Z", "version": "v3", "features": { "amount": 12.5, "country": "FR", "is_new": true, "age": null },
              "prediction": 1, "probabilities": {"0":0.2,"1":0.8}, "latency_ms": 12.1, "status": "ok", "trace_id": "t", "metadata": {"tenant":"a"} }
            """
        );
        Assert.Equal((1, 0, 0), answer.Counts());
        await host.StoredAsync(model);
        var definition = host.Model(model);
        Assert.Equal(
            [("amount", FeatureType.Numeric), ("country", FeatureType.Categorical), ("is_new", FeatureType.Boolean)],
            definition.Features.Select(f => (f.Name, f.Type))
        );
        Assert.Equal(["v3"], host.Get<ModelCatalog>().Versions(definition.Id));
        var table = ModelTables.Predictions(definition.Id);
        var texts = Assert.Single(
            await host.QueryAsync(
                "SELECT prediction_id, toString(timestamp), version, role, status, prediction, trace_id, metadata, "
                    + $"assumeNotNull(f1) FROM {table}",
                r => Enumerable.Range(0, 9).Select(_ => r.ReadString()).ToArray()
            )
        );
        Assert.Equal(["p-1", "2026-03-01 08:15:02.123", "v3", "primary", "ok", "1", "t", """{"tenant":"a"}""", "FR"], texts);
        var numbers = Assert.Single(
            await host.QueryAsync(
                $"SELECT score, confidence, latency_ms, f0, toFloat64(f2), entropy FROM {table}",
                r => Enumerable.Range(0, 6).Select(i => i == 4 ? r.ReadNullableDouble() ?? -1 : r.ReadDouble()).ToArray()
            )
        );
        Assert.Equal([0.8, 0.8, 12.1, 12.5, 1], numbers[..5]);
        Assert.Equal(-((0.2 * Math.Log(0.2)) + (0.8 * Math.Log(0.8))) / Math.Log(2), numbers[5], 12);
    }

    [Fact]
    public async Task The_same_batch_again_and_a_row_twice_in_a_batch_are_duplicates_before_and_after_storing()
    {
        var model = await host.CreateModelAsync(Binary);
        var body =
            "["
            + string.Join(
                ',',
                Enumerable
                    .Range(0, 500)
                    .Select(i => $$$"""{"prediction_id":"p{{{i % 400}}}","timestamp":"2026-03-01T08:00:00Z","features":{"x":{{{i}}}}}""")
            )
            + "]";
        Assert.Equal((400, 100, 0), (await host.AcceptAsync(model, "predictions", body)).Counts());
        Assert.Equal((0, 500, 0), (await host.AcceptAsync(model, "predictions", body)).Counts());
        await host.StoredAsync(model);
        Assert.Equal((0, 500, 0), (await host.AcceptAsync(model, "predictions", body)).Counts());

        // The same ids at another time are the same predictions.
        Assert.Equal(
            (0, 500, 0),
            (await host.AcceptAsync(model, "predictions", body.Replace("08:00:00", "09:30:00", StringComparison.Ordinal))).Counts()
        );
        var counters = await host.StoredAsync(model);
        Assert.Equal((2000, 1600, 400), (counters.Received, counters.Duplicate, counters.Stored));
        Assert.Equal(
            [(400UL, 400UL)],
            await host.QueryAsync(
                $"SELECT count(), uniqExact(prediction_id) FROM {ModelTables.Predictions(host.Model(model).Id)}",
                r => (r.ReadUInt64(), r.ReadUInt64())
            )
        );
    }

    [Fact]
    public async Task Clients_that_post_the_same_rows_at_once_get_each_row_accepted_once()
    {
        var model = await host.CreateModelAsync(Binary);
        var accepted = 0L;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 40),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
            async (i, _) =>
            {
                // Overlapping pieces: 20 rows each, moved by 5.
                var body =
                    "["
                    + string.Join(
                        ',',
                        Enumerable.Range(i % 10 * 5, 20).Select(n => $$$"""{"prediction_id":"same-{{{n}}}","features":{"x":1}}""")
                    )
                    + "]";
                Interlocked.Add(ref accepted, (await host.AcceptAsync(model, "predictions", body)).Counts().Accepted);
            }
        );
        await host.StoredAsync(model);
        Assert.Equal(65, accepted);
        Assert.Equal(
            [65UL],
            await host.QueryAsync($"SELECT count() FROM {ModelTables.Predictions(host.Model(model).Id)}", r => r.ReadUInt64())
        );
    }

    [Fact]
    public async Task A_value_of_another_type_is_kept_raw_and_missing_in_its_column()
    {
        var model = await host.CreateModelAsync(Binary);
        await host.AcceptAsync(model, "predictions", """[{"prediction_id":"a","features":{"n":1,"c":"x","b":true}}]""");
        await host.AcceptAsync(
            model,
            "predictions",
            """[{"prediction_id":"b","features":{"n":"12'; DROP","c":7,"b":"yes"}},{"prediction_id":"c","features":{"n":"NaN","c":false,"b":1.5}},{"prediction_id":"d","features":{"n":1e999,"c":[1, 2],"b":null}}]"""
        );
        await host.StoredAsync(model);
        var rows = await host.QueryAsync(
            $"SELECT f0, f1, f2, raw FROM {ModelTables.Predictions(host.Model(model).Id)} ORDER BY prediction_id",
            r =>
                (
                    r.ReadDouble(),
                    r.ReadNullableString(),
                    r.ReadNullableBoolean(),
                    string.Join(';', r.ReadStringMap().Select(p => $"{p.Key}={p.Value}"))
                )
        );
        Assert.Equal((1.0, "x", true, ""), rows[0]);
        Assert.Equal((double.NaN, "7", null, "n=\"12\\u0027; DROP\";b=\"yes\""), rows[1]);
        Assert.Equal((double.NaN, "false", null, "b=1.5"), rows[2]);
        Assert.Equal((double.PositiveInfinity, null, null, "c=[1, 2]"), rows[3]);
    }

    [Fact]
    public async Task Five_thousand_features_fit_and_a_row_with_one_more_is_rejected()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        var wide = string.Join(',', Enumerable.Range(0, 4_999).Select(i => $"\"f{i}\":{i}"));
        Assert.Equal(
            (1, 0, 0),
            (await host.AcceptAsync(model, "predictions", $$$"""[{"features":{ {{{wide}}} },"prediction":1}]""")).Counts()
        );
        var answer = await host.AcceptAsync(
            model,
            "predictions",
            """[{"features":{"last":1}},{"features":{"f1":1,"beyond":2}},{"features":{"f2":1,"beyond":null}},{"features":{"f3":3}}]"""
        );
        Assert.Equal((3, 0, 1), answer.Counts());
        var rejection = Assert.Single(answer.GetProperty("rejected").EnumerateArray());
        Assert.Equal(
            (1, "too_many_features", "beyond"),
            (
                rejection.GetProperty("index").GetInt32(),
                rejection.GetProperty("code").GetString(),
                rejection.GetProperty("field").GetString()
            )
        );
        await host.StoredAsync(model);
        Assert.Equal(5_000, host.Model(model).Features.Length);
        Assert.Equal(
            [(4UL, 4_998.0)],
            await host.QueryAsync(
                $"SELECT count(), maxIf(f4998, not isNaN(f4998)) FROM {ModelTables.Predictions(host.Model(model).Id)}",
                r => (r.ReadUInt64(), r.ReadDouble())
            )
        );
    }

    [Fact]
    public async Task Sparse_rows_over_many_columns_are_stored_in_parts()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        for (var batch = 0; batch < 4; batch++)
        {
            var rows = Enumerable
                .Range(batch * 1_000, 1_000)
                .Select(i =>
                    $$$"""{"prediction_id":"s{{{i}}}","timestamp":"2026-03-0{{{1 + batch}}}T00:00:00Z","features":{"f{{{i}}}":{{{i}}}}}"""
                );
            Assert.Equal((1_000, 0, 0), (await host.AcceptAsync(model, "predictions", "[" + string.Join(',', rows) + "]")).Counts());
        }
        Assert.Equal(4_000, (await host.StoredAsync(model)).Stored);
        Assert.Equal(
            [(4_000UL, 17.0, 3_999.0)],
            await host.QueryAsync(
                "SELECT count(), maxIf(f17, not isNaN(f17)), maxIf(f3999, "
                    + $"not isNaN(f3999)) FROM {ModelTables.Predictions(host.Model(model).Id)}",
                r => (r.ReadUInt64(), r.ReadDouble(), r.ReadDouble())
            )
        );
    }

    [Fact]
    public async Task Windows_that_rows_lie_in_are_marked()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                window = "1h",
                allowed_lateness = "1d",
            }
        );
        var now = TimeProvider.System.GetUtcNow();
        await host.AcceptAsync(
            model,
            "predictions",
            $$$"""[{"timestamp":{{{now.ToUnixTimeMilliseconds()}}},"features":{"a":1}},{"timestamp":{{{now.AddHours(-3).ToUnixTimeMilliseconds()}}}}]"""
        );
        await host.StoredAsync(model);
        Assert.Contains(host.Model(model).Id, await host.Get<WindowLedger>().ModelsWithWorkAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_deleted_model_takes_its_events_and_counters_with_it()
    {
        var model = await host.CreateModelAsync(Binary);
        var id = host.Model(model).Id;
        await host.AcceptAsync(model, "predictions", """{"prediction_id":"p","features":{"a":1}}""");
        using var deleted = await host.Client.DeleteAsync($"/v1/models/{model}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(0, host.Get<IngestionProgress>().Of(id).Received);
        using var again = await host.Client.PutAsync(
            $"/v1/models/{model}",
            new StringContent("""{"task":"binary"}""", Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((1, 0, 0), (await host.AcceptAsync(model, "predictions", """{"prediction_id":"p","features":{"a":1}}""")).Counts());
        Assert.Equal(1, (await host.StoredAsync(model)).Stored);
    }
}
