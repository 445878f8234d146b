using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Ingestion.Writing;

/// <summary>Events by what became of them, what waits in the spool, and the blocks on their way into the column store.</summary>
public sealed class IngestionInstruments : CapabilityInstruments
{
    public IngestionInstruments(IMeterFactory meters, TimeProvider time, IngestionProgress progress)
        : base(meters, time, "Ingestion")
    {
        Block = Work("plumbline.block", "a block of events brought from the spool into the column store");
        Meter.CreateObservableCounter("plumbline.events", () => Events(progress), "{event}", "events by what became of them, ever");
        Meter.CreateObservableUpDownCounter(
            "plumbline.spool.events",
            () => progress.Total.InSpool,
            "{event}",
            "events that wait in the spool"
        );
        Meter.CreateObservableUpDownCounter("plumbline.spool.size", () => progress.SpoolBytes, "By", "bytes that wait in the spool");
    }

    /// <summary>Storing of a block.</summary>
    internal WorkInstrument Block { get; }

    private static Measurement<long>[] Events(IngestionProgress progress)
    {
        var total = progress.Total;
        return
        [
            Of("received", total.Received),
            Of("stored", total.Stored),
            Of("duplicate", total.Duplicate),
            Of("rejected", total.Rejected),
        ];

        static Measurement<long> Of(string outcome, long count) => new(count, new KeyValuePair<string, object?>("outcome", outcome));
    }
}
