using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Registry.Access;

/// <summary>Requests that were turned away, by reason.</summary>
public sealed class AccessInstruments : CapabilityInstruments
{
    public AccessInstruments(IMeterFactory meters, TimeProvider time, AccessCounters counters)
        : base(meters, time, "Access") =>
        Meter.CreateObservableCounter(
            "plumbline.requests.refused",
            () => Refused(counters.Snapshot),
            "{request}",
            "requests refused before they did anything, since the start"
        );

    private static Measurement<long>[] Refused(AccessRefusals refused)
    {
        return
        [
            Of("host", refused.Hosts),
            Of("origin", refused.Origins),
            Of("body_type", refused.BodyTypes),
            Of("locked_out", refused.LockedOut),
            Of("request_limit", refused.RequestLimit),
            Of("row_limit", refused.RowLimit),
        ];

        static Measurement<long> Of(string reason, long count) => new(count, new KeyValuePair<string, object?>("reason", reason));
    }
}
