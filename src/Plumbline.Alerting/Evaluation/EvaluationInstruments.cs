using System.Diagnostics.Metrics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Alerting.Evaluation;

/// <summary>Looks at the rules of models.</summary>
public sealed class EvaluationInstruments : CapabilityInstruments
{
    public EvaluationInstruments(IMeterFactory meters, TimeProvider time)
        : base(meters, time, "Alerting")
    {
        Look = Work("plumbline.rules.look", "a look at the rules of one model");
        Settle = Work("plumbline.incidents.settle", "incidents that changed written up and reported");
    }

    /// <summary>A look at one model.</summary>
    internal WorkInstrument Look { get; }

    /// <summary>What is made of all looks of a round.</summary>
    internal WorkInstrument Settle { get; }
}
