using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Spooling;

namespace Plumbline.Dashboard.Pages;

/// <summary>The way of events into the store, with the sum that must hold.</summary>
public sealed partial class IngestionPanel
{
    private Flow Read()
    {
        var counters = Ingestion.Total;
        return new Flow(
            counters,
            Ingestion.Rates,
            Ingestion.SpoolBytes,
            Ingestion.SpoolMaxBytes,
            counters.Received - counters.Stored - counters.Duplicate - counters.Rejected - counters.InSpool,
            Ingestion.FailingBlocks,
            Ingestion.DuplicateFilterFull
        );
    }

    private sealed record Flow(
        SpoolCounters Counters,
        IngestionRates Rates,
        long SpoolBytes,
        long SpoolMaxBytes,
        long Missing,
        IReadOnlyList<FailingBlock> Failing,
        bool FilterFull
    );
}
