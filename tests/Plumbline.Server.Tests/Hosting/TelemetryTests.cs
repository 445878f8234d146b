using System.Collections.Concurrent;
using System.Diagnostics;
using Plumbline.Registry.Telemetry;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.Hosting;

/// <summary>What the server measures of itself, and that others can listen to it.</summary>
public sealed class TelemetryTests(TestHost host)
{
    private static readonly DateTimeOffset Hour = new(2026, 2, 3, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Work_is_counted_timed_and_traced_from_the_event_to_the_rules()
    {
        var spans = new ConcurrentBag<(string Source, string Name, string Subject, ActivityStatusCode Status)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith(CapabilityInstruments.Prefix, StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
                spans.Add((span.Source.Name, span.OperationName, $"{span.GetTagItem("plumbline.subject")}", span.Status)),
        };
        ActivitySource.AddActivityListener(listener);
        var before = Readings();
        var model = await host.CreateModelAsync(new { task = "binary" });
        await host.PostAsync(
            model,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 30)
                    .Select(i => new
                    {
                        prediction_id = $"t{i}",
                        timestamp = Hour.AddMinutes(i),
                        prediction = "1",
                    }),
            ]
        );
        await host.WaitUntilEvaluatedAsync(model);

        var after = Readings();
        foreach (var work in (string[])["plumbline.block.duration", "plumbline.window.batch.duration", "plumbline.rules.look.duration"])
        {
            Assert.True(Count(after, work) > Count(before, work), work);
            Assert.InRange(after[(work, "")].Longest, 1e-9, 600);
            Assert.True(after[(work, "")].IsWork);
        }

        Assert.True(after[("plumbline.windows", "")].Value > (before.GetValueOrDefault(("plumbline.windows", ""))?.Value ?? 0));
        Assert.True(Events(after, "received") >= Events(before, "received") + 30);
        Assert.True(Events(after, "stored") >= 30);
        Assert.True(after[("plumbline.statements", "")].Value > 0);
        Assert.True(after.ContainsKey(("plumbline.requests.refused", "reason=host")));
        Assert.Contains(spans, span => span is { Source: "Plumbline.Monitoring", Name: "plumbline.window.batch" } && span.Subject == model);
        Assert.Contains(spans, span => span is { Source: "Plumbline.Alerting", Name: "plumbline.rules.look" } && span.Subject == model);
        Assert.Contains(spans, span => span is { Source: "Plumbline.Ingestion", Name: "plumbline.block" });
    }

    [Fact]
    public async Task A_failure_is_counted_with_its_type_and_marks_its_span()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Plumbline.Probe",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var probe = new Probe(host.Get<System.Diagnostics.Metrics.IMeterFactory>());
        using (var run = probe.Try.Start("x"))
            run.Failed(new TimeoutException("too slow"));
        using (probe.Try.Start("y"))
            await Task.Yield();

        var reading = Readings()[("plumbline.probe.duration", "")];
        Assert.Equal((2, 1, "Probe", "s"), (reading.Count, reading.Failed, reading.Capability, reading.Unit));
        Assert.Equal(2, spans.Count);
        Assert.Contains(spans, span => span.Status == ActivityStatusCode.Error && span.StatusDescription == "too slow");
    }

    [Fact]
    public void Every_instrument_is_documented_with_its_unit()
    {
        var documented = File.ReadLines(Path.Combine(Checkout.Root, "docs", "telemetry.md"))
            .Where(line => line.StartsWith("| Plumbline.", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (Meter: cells[1], Name: cells[2].Trim('`'), Unit: cells[3]));
        Assert.Equal(
            host.Get<InstrumentReader>()
                .Instruments.Where(instrument => instrument.Meter.Name != "Plumbline.Probe")
                .Select(instrument => (Meter: instrument.Meter.Name, instrument.Name, Unit: instrument.Unit ?? ""))
                .Order(),
            documented.Order()
        );
    }

    private Dictionary<(string, string), InstrumentReading> Readings() =>
        host.Get<InstrumentReader>().Read().ToDictionary(reading => (reading.Name, reading.Attributes));

    private static long Count(Dictionary<(string, string), InstrumentReading> readings, string name) =>
        readings.GetValueOrDefault((name, ""))?.Count ?? 0;

    private static double Events(Dictionary<(string, string), InstrumentReading> readings, string outcome) =>
        readings[("plumbline.events", $"outcome={outcome}")].Value;

    private sealed class Probe(System.Diagnostics.Metrics.IMeterFactory meters)
        : CapabilityInstruments(meters, TimeProvider.System, "Probe")
    {
        public WorkInstrument Try => field ??= Work("plumbline.probe", "a probe");
    }
}
