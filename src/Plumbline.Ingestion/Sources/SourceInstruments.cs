using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Ingestion.Sources;

/// <summary>Pulls of outcomes from places outside.</summary>
public sealed class SourceInstruments : CapabilityInstruments
{
    public SourceInstruments(IMeterFactory meters, TimeProvider time)
        : base(meters, time, "Sources") => Pull = Work("plumbline.source.pull", "a pull of a source");

    /// <summary>A pull.</summary>
    internal WorkInstrument Pull { get; }
}
