using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>A clock that was put back does not keep what was computed before alive.</summary>
public sealed class ClockCorrectionTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2025, 3, 3, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_is_computed_after_the_clock_was_put_back_counts()
    {
        var name = await host.CreateModelAsync(new { task = "regression" }, "clock");
        object[] Rows(string prefix, int count) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new
                    {
                        prediction_id = $"{prefix}{i}",
                        timestamp = Start.AddMinutes(i % 50),
                        prediction = 1,
                        features = new { x = i },
                    }),
            ];
        await host.PostAsync(name, "predictions", Rows("a", 100));
        await host.WaitUntilComputedAsync(name);
        var model = host.Get<ModelCatalog>().Find(name)!;
        var query = new MetricQuery
        {
            Metrics = ["input.rows"],
            Segment = "",
            Version = "",
            From = Start,
            To = Start.AddHours(1),
            Window = model.Window,
            Limit = 10,
        };
        Assert.Equal(100, Assert.Single(await host.Get<MetricPointStore>().ReadAsync(model, query, default)).Value);

        // As another run of the server on a clock that lost ten days.
        var slow = new LateClock(TimeSpan.FromDays(10));
        using var clock = new GenerationClock(host.Get<IColumnStore>(), slow);
        var points = new MetricPointStore(host.Get<IColumnStore>(), clock, slow);
        await points.WriteAsync(
            model.Id,
            [
                new MetricPoint
                {
                    Metric = "input.rows",
                    WindowStart = Start,
                    WindowEnd = Start.AddHours(1),
                    Value = 120,
                    N = 120,
                    Status = MetricStatus.Ok,
                },
            ],
            default
        );
        Assert.Equal(120, Assert.Single(await host.Get<MetricPointStore>().ReadAsync(model, query, default)).Value);

        await host.Get<IColumnStore>().ExecuteAsync(new SqlStatement(TwentyRows(model.Id)), default);
        var profiles = new ProfileStore(
            host.Get<IColumnStore>(),
            host.Get<ModelTables>(),
            host.Get<ModelCatalog>(),
            host.Get<BaselineCatalog>(),
            host.Get<SegmentValues>(),
            clock
        );
        await profiles.ComputeAsync(model, [Start], default);
        var stored = await host.Get<ProfileStore>()
            .ReadAsync(model, Start, Start.AddHours(1), new ProfileQuery { Features = ["x"] }, default);
        Assert.Equal(120, Assert.Single(stored).Rows);
    }

    [Fact]
    public async Task Generations_only_grow_however_many_ask_at_once()
    {
        using var clock = new GenerationClock(host.Get<IColumnStore>(), new LateClock(TimeSpan.FromDays(3)));
        var all = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () => await clock.NextAsync(default))));
        Assert.Equal(200, all.Distinct().Count());
    }

    private sealed class LateClock(TimeSpan late) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - late;
    }

    private static string TwentyRows(int model) =>
        $"INSERT INTO {ModelTables.Predictions(model)} (prediction_id, timestamp, role, f0) SELECT toString(number), "
        + $"toDateTime64({Start.ToUnixTimeSeconds()}, 3, 'UTC'), 'primary', 1 FROM numbers(20)";
}
