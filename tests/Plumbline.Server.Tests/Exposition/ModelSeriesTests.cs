using System.Buffers;
using System.Text;
using Plumbline.Exposition.Scraping;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Server.Tests.Exposition;

/// <summary>How a model's series follow what is written.</summary>
public sealed class ModelSeriesTests
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_window_replaces_all_but_what_waits_for_ground_truth()
    {
        var series = new ModelSeries("m", Window, 100);
        series.Fill([Point("system.requests", 0, 5), Point("drift.psi", 0, 0.1, "age"), Point("performance.accuracy", 0, 0.9)], 7, 0);
        Assert.Equal((7, 3, Noon.AddHours(1)), (series.Changes, series.Count, series.WindowEnd));

        series.Follow([Point("system.requests", 1, 6) with { AlsoVersion = "v1" }, Point("system.requests", 0, 99)], 8);
        Assert.Equal((8, 3, Noon.AddHours(2)), (series.Changes, series.Count, series.WindowEnd));
        Assert.Equal(Noon.AddHours(1), series.LabelledEnd());
        Assert.Equal(
            """
            plumbline_system_requests{model="m"} 6
            plumbline_system_requests{model="m",version="v1"} 6
            plumbline_performance_accuracy_ratio{model="m"} 0.9

            """,
            Text(series)
        );

        // An older window's ground truth is newer than none, and not newer than what is known.
        series.Follow([Point("performance.accuracy", -1, 0.5), Point("performance.accuracy", 0, 0.8)], 9);
        Assert.Contains("accuracy_ratio{model=\"m\"} 0.8", Text(series), StringComparison.Ordinal);
        series.Follow([Point("performance.accuracy", 1, 0.7)], 10);
        Assert.Equal(Noon.AddHours(2), series.LabelledEnd());
    }

    [Fact]
    public void What_is_of_another_length_or_has_no_value_is_not_given()
    {
        var series = new ModelSeries("m", Window, 100);
        series.Fill([Point("system.requests", 0, 5), Point("drift.psi", 0, 0.1, "age")], 1, 0);
        series.Follow(
            [
                Point("system.requests", 5, 5) with
                {
                    WindowEnd = Noon.AddDays(1),
                },
                Point("drift.psi", 0, 0.1, "age") with
                {
                    Value = null,
                    Status = MetricStatus.InsufficientData,
                },
                Point("no.such.metric", 0, 1),
            ],
            2
        );
        Assert.Equal("plumbline_system_requests{model=\"m\"} 5\n", Text(series));
        Assert.Equal(2, series.Changes);
    }

    [Fact]
    public void A_write_that_was_missed_makes_everything_be_read_again()
    {
        var series = new ModelSeries("m", Window, 100);
        series.Fill([Point("system.requests", 0, 5), Point("performance.accuracy", 0, 0.9)], 1, 0);
        series.Follow([Point("system.requests", 1, 6)], 3);
        Assert.Equal(-1, series.Changes);
        // A number went, and its predecessor is only stored.
        series.Fill([Point("performance.accuracy", 0, 0.9)], 3, 0);
        series.Follow([Point("performance.accuracy", 0, 0.9) with { Value = null, Status = MetricStatus.Undefined }], 4);
        Assert.Equal(-1, series.Changes);
        series.Fill([], 4, 0);
        series.Follow(points: null, 5);
        Assert.Equal(-1, series.Changes);
    }

    [Fact]
    public void Too_many_lose_segments_first_then_versions()
    {
        var series = new ModelSeries("m", Window, 3);
        series.Fill([Point("system.requests", 0, 5)], 1, 0);
        series.Follow(
            [
                Point("drift.psi", 0, 0.1, "age") with
                {
                    Segment = "country=FR",
                },
                Point("drift.psi", 0, 0.2, "age") with
                {
                    Version = "v1",
                },
                Point("drift.psi", 0, 0.3, "age"),
                Point("drift.psi", 0, 0.4, "age") with
                {
                    Segment = "country=DE",
                    Version = "v1",
                },
            ],
            2
        );
        Assert.Equal((3, 2L), (series.Count, series.Left));
        Assert.DoesNotContain("country", Text(series), StringComparison.Ordinal);
        Assert.Contains("version=\"v1\",feature=\"age\"} 0.2", Text(series), StringComparison.Ordinal);
    }

    private static string Text(ModelSeries series)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var place = 0; place < ExposedMetric.All.Count; place++)
            series.Write(place, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static MetricPoint Point(string metric, int hour, double value, string feature = "") =>
        new()
        {
            Metric = metric,
            Feature = feature,
            WindowStart = Noon.AddHours(hour),
            WindowEnd = Noon.AddHours(hour + 1),
            Value = value,
            N = 100,
            Status = MetricStatus.Ok,
        };
}
