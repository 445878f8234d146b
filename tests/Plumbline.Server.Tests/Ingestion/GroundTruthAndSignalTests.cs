using System.Net;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Ingestion.Writing;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

public sealed class GroundTruthAndSignalTests(TestHost host)
{
    [Fact]
    public async Task Ground_truth_finds_its_prediction_in_either_order_and_the_last_one_counts()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                classes = new[] { "0", "1" },
                positive_class = "1",
            }
        );
        await host.AcceptAsync(
            model,
            "predictions",
            """[{"prediction_id":"first","timestamp":"2026-03-01T08:15:00Z","prediction":"1"},{"prediction_id":"alone","timestamp":"2026-03-01T08:20:00Z","prediction":"1"}]"""
        );
        await host.StoredAsync(model);
        await host.AcceptAsync(
            model,
            "ground-truth",
            """
            [{"prediction_id":"first","timestamp":"2026-03-05T00:00:00Z","value":"0","source":"crm"},{"prediction_id":"later","timestamp":"2026-03-05T00:00:00Z","value":1},
             {"prediction_id":"never","timestamp":"2026-03-05T00:00:00Z","value":"1"}]
            """
        );
        await host.StoredAsync(model);
        await host.AcceptAsync(
            model,
            "ground-truth",
            """{"prediction_id":"first","timestamp":"2026-03-06T00:00:00Z","value":"1","source":"audit"}"""
        );
        await host.AcceptAsync(model, "predictions", """{"prediction_id":"later","timestamp":"2026-03-04T23:59:59Z","prediction":"0"}""");
        await host.StoredAsync(model);
        var matched = await host.QueryAsync(
            $"SELECT prediction_id, timestamp, value, value_number, source FROM {ModelTables.Matched(host.Model(model).Id)} ORDER "
                + "BY prediction_id",
            r => (r.ReadString(), r.ReadDateTime64(), r.ReadString(), r.ReadDouble(), r.ReadString())
        );
        Assert.Equal(
            [
                ("first", new DateTimeOffset(2026, 3, 1, 8, 15, 0, TimeSpan.Zero), "1", double.NaN, "audit"),
                ("later", new DateTimeOffset(2026, 3, 4, 23, 59, 59, TimeSpan.Zero), "1", 1.0, ""),
            ],
            matched
        );
        Assert.Equal(
            [4UL],
            await host.QueryAsync($"SELECT count() FROM {ModelTables.GroundTruth(host.Model(model).Id)}", r => r.ReadUInt64())
        );
    }

    [Fact]
    public async Task The_same_ground_truth_is_a_duplicate_and_a_correction_is_not()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        const string Truth =
            """[{"prediction_id":"a","timestamp":"2026-03-05T00:00:00Z","value":1.5},{"prediction_id":"a","timestamp":"2026-03-05T00:00:00Z","value":1.5}]""";
        Assert.Equal((1, 1, 0), (await host.AcceptAsync(model, "ground-truth", Truth)).Counts());
        Assert.Equal((0, 2, 0), (await host.AcceptAsync(model, "ground-truth", Truth)).Counts());
        await host.StoredAsync(model);
        Assert.Equal((0, 2, 0), (await host.AcceptAsync(model, "ground-truth", Truth)).Counts());
        Assert.Equal(
            (1, 1, 0),
            (await host.AcceptAsync(model, "ground-truth", Truth.Replace("1.5", "1.25", StringComparison.Ordinal))).Counts()
        );
        Assert.Equal(
            (1, 1, 0),
            (await host.AcceptAsync(model, "ground-truth", Truth.Replace("-05T", "-06T", StringComparison.Ordinal))).Counts()
        );
        Assert.Equal(3, (await host.StoredAsync(model)).Stored);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_value_that_comes_back_after_a_correction_of_the_same_time_counts(bool storedBetween)
    {
        var model = await host.CreateModelAsync(new { task = "binary", positive_class = "1" });
        await host.AcceptAsync(model, "predictions", """{"prediction_id":"a","timestamp":"2026-03-04T23:59:59Z","prediction":"0"}""");
        foreach (var value in new[] { 0, 1, 0, 1, 0 })
        {
            var truth = $$"""{"prediction_id":"a","timestamp":"2026-03-05T00:00:00Z","value":{{value}}}""";
            Assert.Equal((1, 0, 0), (await host.AcceptAsync(model, "ground-truth", truth)).Counts());
            Assert.Equal((0, 1, 0), (await host.AcceptAsync(model, "ground-truth", truth)).Counts());
            if (!storedBetween)
                continue;
            await host.StoredAsync(model);
            Assert.Equal((0, 1, 0), (await host.AcceptAsync(model, "ground-truth", truth)).Counts());
        }

        Assert.Equal(
            (1, 1, 0),
            (
                await host.AcceptAsync(
                    model,
                    "ground-truth",
                    """[{"prediction_id":"a","timestamp":"2026-03-05T00:00:00Z","value":0},{"prediction_id":"a","timestamp":"2026-03-05T00:00:00Z","value":1}]"""
                )
            ).Counts()
        );
        Assert.Equal(
            (1, 0, 0),
            (
                await host.AcceptAsync(model, "ground-truth", """{"prediction_id":"a","timestamp":"2026-03-05T00:00:00Z","value":0}""")
            ).Counts()
        );
        await host.StoredAsync(model);
        Assert.Equal(["0"], await host.QueryAsync($"SELECT value FROM {ModelTables.Matched(host.Model(model).Id)}", r => r.ReadString()));
        Assert.Equal(
            [7UL],
            await host.QueryAsync($"SELECT count() FROM {ModelTables.GroundTruth(host.Model(model).Id)}", r => r.ReadUInt64())
        );
    }

    [Fact]
    public async Task Ground_truth_of_the_wrong_kind_is_refused()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        using var response = await host.PostAsync(model, "ground-truth", """{"prediction_id":"a","value":"high"}""");
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("value", problem.GetProperty("rejected")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task Signals_are_stored()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        Assert.Equal(
            (2, 0, 1),
            (
                await host.AcceptAsync(
                    model,
                    "signals",
                    """[{"name":"click","timestamp":"2026-03-05T00:00:00Z","value":2.5,"prediction_id":"p","version":"v","segment":"plan=a"},{"name":"seen"},{"value":1}]"""
                )
            ).Counts()
        );
        await host.StoredAsync(model);
        Assert.Equal(
            [("click", 2.5, "p", "v", "plan=a"), ("seen", 1.0, "", "", "")],
            await host.QueryAsync(
                $"SELECT name, value, prediction_id, version, segment FROM {ModelTables.Signals(host.Model(model).Id)} ORDER BY name",
                r => (r.ReadString(), r.ReadDouble(), r.ReadString(), r.ReadString(), r.ReadString())
            )
        );
    }

    [Fact]
    public async Task A_signal_with_an_id_is_taken_once_and_one_without_every_time()
    {
        const string Signals =
            """[{"name":"click","timestamp":"2026-03-05T00:00:00Z","signal_id":"s-1","prediction_id":"p"},{"name":"click","timestamp":"2026-03-05T00:00:00Z","signal_id":"s-2","prediction_id":"p"},{"name":"click","timestamp":"2026-03-05T00:00:00Z","prediction_id":"p"}]""";
        var model = await host.CreateModelAsync(new { task = "binary" });
        Assert.Equal((3, 0, 0), (await host.AcceptAsync(model, "signals", Signals)).Counts());
        Assert.Equal((1, 2, 0), (await host.AcceptAsync(model, "signals", Signals)).Counts());
        await host.StoredAsync(model);
        Assert.Equal((1, 2, 0), (await host.AcceptAsync(model, "signals", Signals)).Counts());
        host.Get<KnownEvents>().Forget(host.Model(model).Id);
        // What the filter learns again from the column store, as after a restart; and an id at another time is still the same id.
        Assert.Equal(
            (1, 2, 0),
            (await host.AcceptAsync(model, "signals", Signals.Replace("-05T", "-06T", StringComparison.Ordinal))).Counts()
        );
        await host.StoredAsync(model);
        Assert.Equal(
            [("", 4UL), ("s-1", 1UL), ("s-2", 1UL)],
            await host.QueryAsync(
                $"SELECT signal_id, count() FROM {ModelTables.Signals(host.Model(model).Id)} GROUP BY signal_id ORDER BY signal_id",
                r => (r.ReadString(), r.ReadUInt64())
            )
        );
    }

    [Fact]
    public async Task A_signal_s_id_must_not_be_empty()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        using var response = await host.PostAsync(model, "signals", """{"name":"click","signal_id":""}""");
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("signal_id", problem.GetProperty("rejected")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task Totals_add_up_over_all_models()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        await host.AcceptAsync(model, "signals", """[{"name":"a"},{"name":""}]""");
        await host.AcceptAsync(model, "predictions", """[{"prediction_id":"a"},{"prediction_id":"a"}]""");
        var total = host.Get<IngestionProgress>().Total;
        Assert.Equal(total.Received, total.Stored + total.Duplicate + total.Rejected + total.InSpool);
        Assert.InRange(total.Received, 4, long.MaxValue);
    }
}
