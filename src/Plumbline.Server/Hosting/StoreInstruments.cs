using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;
using Plumbline.Store;

namespace Plumbline.Server.Hosting;

/// <summary>Statements of the column store.</summary>
internal sealed class StoreInstruments : CapabilityInstruments
{
    public StoreInstruments(IMeterFactory meters, TimeProvider time, IColumnStore store)
        : base(meters, time, "Store")
    {
        Meter.CreateObservableCounter("plumbline.statements", () => store.Timings.Count, "{statement}", "statements run since the start");
        Meter.CreateObservableCounter(
            "plumbline.statements.failed",
            () => store.Timings.Failed,
            "{statement}",
            "of these, those that failed"
        );
        Meter.CreateObservableCounter("plumbline.statements.time", () => store.Timings.TotalMs / 1000, "s", "time that they ran");
        Meter.CreateObservableUpDownCounter(
            "plumbline.statements.waiting",
            () => (long)store.Timings.Waiting,
            "{statement}",
            "statements that wait for a thread"
        );
    }
}
