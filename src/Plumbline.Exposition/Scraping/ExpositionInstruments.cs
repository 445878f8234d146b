using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Exposition.Scraping;

/// <summary>What giving numbers to others costs, and what they did not get.</summary>
public sealed class ExpositionInstruments : CapabilityInstruments
{
    private long _series;

    public ExpositionInstruments(IMeterFactory meters, TimeProvider time)
        : base(meters, time, "Exposition")
    {
        Scrape = Work("plumbline.scrape", "an answer to a scrape of /metrics made");
        Export = Work("plumbline.otlp.export", "a message of own metrics or spans sent by OTLP");
        Dropped = Meter.CreateCounter<long>(
            "plumbline.series.dropped",
            "{series}",
            "series that answers to scrapes left out since the start, because there were too many; counted again with each scrape"
        );
        Meter.CreateObservableUpDownCounter(
            "plumbline.series",
            () => Volatile.Read(ref _series),
            "{series}",
            "series of metric points in the newest answer to a scrape"
        );
    }

    /// <summary>Answers to scrapes.</summary>
    internal WorkInstrument Scrape { get; }

    /// <summary>Messages by OTLP.</summary>
    internal WorkInstrument Export { get; }

    /// <summary>Series left out.</summary>
    internal Counter<long> Dropped { get; }

    /// <summary>Takes note of how many series an answer has.</summary>
    internal void Served(long series) => Volatile.Write(ref _series, series);
}
