using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Alerting.Delivery;

/// <summary>Messages to receivers.</summary>
public sealed class DeliveryInstruments : CapabilityInstruments
{
    public DeliveryInstruments(IMeterFactory meters, TimeProvider time)
        : base(meters, time, "Delivery") => Attempt = Work("plumbline.message.attempt", "an attempt to deliver a message to a receiver");

    /// <summary>An attempt.</summary>
    internal WorkInstrument Attempt { get; }
}
