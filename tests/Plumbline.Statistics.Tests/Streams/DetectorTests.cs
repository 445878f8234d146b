using System.Text.Json.Nodes;
using Plumbline.Statistics.Streams;
using Plumbline.Statistics.Tests.Oracles;

namespace Plumbline.Statistics.Tests.Streams;

public sealed class DetectorTests
{
    [Fact]
    public void Golden_page_hinkley()
    {
        var detector = new PageHinkley(0.005, 20);
        for (var t = 1; t <= 75; t++)
            Assert.Equal(StreamState.Stable, detector.Add(t <= 50 ? 0 : 1));
        Assert.Equal(StreamState.Drift, detector.Add(1));
        Check.Near(20.635409348, detector.Statistic, 1e-9);
        Assert.Equal(0, detector.Count);
    }

    [Fact]
    public void Ddm_warns_then_alarms_then_starts_afresh()
    {
        var detector = new DriftDetectionMethod();
        int alarm = 0,
            warning = 0;
        for (var t = 1; t <= 3000 && alarm == 0; t++)
        {
            var state = detector.Add(t % (t <= 1500 ? 10 : 2) == 0);
            warning = state == StreamState.Warning && warning == 0 ? t : warning;
            alarm = state == StreamState.Drift ? t : 0;
        }

        Assert.InRange(warning, 1501, alarm - 1);
        Assert.InRange(alarm, 1501, 1800);
        Assert.Equal(0, detector.Count);
    }

    [Fact]
    public void Ddm_does_not_alarm_at_the_first_error_of_a_perfect_model()
    {
        var detector = new DriftDetectionMethod();
        for (var t = 0; t < 500; t++)
            Assert.Equal(StreamState.Stable, detector.Add(false));
        Assert.NotEqual(StreamState.Drift, detector.Add(true));
    }

    [Theory]
    [InlineData("bern_0.1_to_0.3_at_2000")]
    [InlineData("bern_no_change_0.2")]
    [InlineData("bern_0.3_to_0.1")]
    public void Agrees_with_the_peers_on_error_streams(string name)
    {
        var oracle = DataSets.Oracle("streaming.json");
        var stream = oracle["streams"]![name]!.AsArray().Select(v => (int)v! > 0).ToArray();
        var ddm = new DriftDetectionMethod();
        var adwin = new Adwin();
        List<int> ddmAlarms = [],
            adwinAlarms = [];
        for (var t = 0; t < stream.Length; t++)
        {
            if (ddm.Add(stream[t]) == StreamState.Drift)
                ddmAlarms.Add(t);
            if (adwin.Add(stream[t] ? 1 : 0) == StreamState.Drift)
                adwinAlarms.Add(t);
        }

        Assert.Equal(Detections(oracle, name, "DDM"), ddmAlarms);
        var expected = Detections(oracle, name, "ADWIN");
        // Same verdict, no false alarm before the change at 2000, and not later than the peer; the published bound is met somewhat earlier
        // than the peer reports.
        Assert.Equal(expected.Length == 0, adwinAlarms.Count == 0);
        if (expected.Length > 0)
            Assert.InRange(adwinAlarms[0], 2000, expected[0]);
    }

    [Fact]
    public void Adwin_holds_the_exact_mean_and_variance_of_its_window()
    {
        var random = new RandomSource(2);
        var adwin = new Adwin(1e-9);
        var values = new List<double>();
        for (var t = 0; t < 3000; t++)
        {
            values.Add(random.NextDouble());
            Assert.Equal(StreamState.Stable, adwin.Add(values[^1]));
        }

        var mean = values.Average();
        Check.Near(mean, adwin.Mean, 1e-12);
        Check.Near(values.Average(v => (v - mean) * (v - mean)), adwin.Variance, 1e-12);
        Assert.Equal(3000, adwin.Count);
    }

    [Fact]
    public void Adwin_forgets_what_came_before_a_change()
    {
        var random = new RandomSource(3);
        var adwin = new Adwin();
        for (var t = 0; t < 2000; t++)
            adwin.Add(0.2 * random.NextDouble());
        for (var t = 0; t < 1000; t++)
            adwin.Add(0.5 + 0.2 * random.NextDouble());
        Assert.InRange(adwin.Mean, 0.58, 0.62);
        Assert.InRange(adwin.Count, 800, 1100);
        Assert.Throws<ArgumentOutOfRangeException>(() => adwin.Add(1.5));
    }

    [Fact]
    public void Cusum_sees_shifts_both_ways()
    {
        foreach (var sign in new[] { 1, -1 })
        {
            var cusum = new Cusum(10, 2);
            Assert.Equal(StreamState.Stable, cusum.Add(10));
            var steps = 1;
            // z = 1.5 a step, slack 0.5: one unit a step, above 5 after 6.
            while (cusum.Add(10 + sign * 3) == StreamState.Stable)
                steps++;
            Assert.Equal(6, steps);
            Assert.Equal(0, cusum.Upper);
        }
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void Cusum_run_length_is_the_textbook_one()
    {
        var random = new RandomSource(4);
        var cusum = new Cusum(0, 1);
        var alarms = 0;
        const int Values = 400_000;
        for (var t = 0; t < Values; t++)
            alarms += cusum.Add(random.NextGaussian()) == StreamState.Drift ? 1 : 0;
        Assert.InRange((double)Values / alarms, 425, 505);
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void E_detector_keeps_its_false_alarm_budget_and_still_sees_changes()
    {
        // 2,000 streams of 1,000 values against a run length of 1,000: at most 2,000 alarms are within the bound.
        var alarms = 0;
        Simulations.Run(
            5,
            (random, _) =>
            {
                var detector = new EDetector(0.1, 1000);
                for (var t = 0; t < 1000; t++)
                {
                    if (detector.Add(random.NextDouble() < 0.1 ? 1 : 0) == StreamState.Drift)
                        Interlocked.Increment(ref alarms);
                }
            }
        );
        Assert.InRange(alarms, 1, Simulations.Runs);
        var delays = new int[Simulations.Runs];
        Simulations.Run(
            6,
            (random, run) =>
            {
                var detector = new EDetector(0.1, 1000);
                for (var t = 0; t < 200; t++)
                    detector.Add(random.NextDouble() < 0.1 ? 1 : 0);
                while (detector.Add(random.NextDouble() < 0.3 ? 1 : 0) == StreamState.Stable)
                    delays[run]++;
            }
        );
        Assert.True(delays.Average() < 80, $"delay {delays.Average()}");
    }

    private static int[] Detections(JsonObject oracle, string stream, string detector) =>
        [.. oracle["river"]![stream]![detector]!["detections"]!.AsArray().Select(v => (int)v!)];
}
