using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Windows that are computed, and the batches in which that is done.</summary>
public sealed class WindowInstruments : CapabilityInstruments
{
    public WindowInstruments(IMeterFactory meters, TimeProvider time)
        : base(meters, time, "Monitoring")
    {
        Batch = Work("plumbline.window.batch", "a batch of windows of one model computed");
        Computed = Meter.CreateCounter<long>("plumbline.windows", "{window}", "windows computed since the start");
    }

    /// <summary>Computing of a batch.</summary>
    internal WorkInstrument Batch { get; }

    /// <summary>Windows computed.</summary>
    internal Counter<long> Computed { get; }
}
