using System.ComponentModel.DataAnnotations.Schema;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Alerts;

/// <summary>One stream that fires or fired.</summary>
public sealed class AlertRow : StreamRow
{
    private AlertEvidence? _numbers;

    public long IncidentId { get; set; }

    /// <summary>Most likely start of the change.</summary>
    public long OnsetMs { get; set; }

    /// <summary>End of the window that made it fire: the earliest moment at which it could be known.</summary>
    public long FiredMs { get; set; }

    /// <summary>End of the window that ended it; null while it fires.</summary>
    public long? ResolvedMs { get; set; }

    public int Severity { get; set; }

    /// <summary>The JSON of the AlertEvidence.</summary>
    public required string Evidence
    {
        get;
        set => (field, _numbers) = (value, null);
    }

    /// <summary>The numbers in <see cref="Evidence"/>, read once: alerts are compared with many others.</summary>
    [NotMapped]
    public AlertEvidence Numbers => _numbers ??= AlertEvidence.Read(Evidence);

    /// <summary>
    /// Whether it began at a moment that the model's windows, longer than an hour, do not let anybody know better than to one of them.
    /// </summary>
    [NotMapped]
    internal bool IsKnownToALongWindow => Numbers is { Shortest: true, WindowSeconds: > 3600 };

    /// <summary>The same stream as if it had been found later: what it is compared with then is what goes on then.</summary>
    internal AlertRow FoundAt(long firedMs) =>
        new()
        {
            ModelId = ModelId,
            Rule = Rule,
            Metric = Metric,
            Feature = Feature,
            Class = Class,
            Segment = Segment,
            Version = Version,
            OnsetMs = OnsetMs,
            FiredMs = firedMs,
            ResolvedMs = ResolvedMs,
            Severity = Severity,
            Evidence = Evidence,
        };

    /// <summary>The effect as a multiple of the metric's floor, so that changes in different units can be compared.</summary>
    [NotMapped]
    public double EffectInFloors =>
        (Numbers.Effect ?? 0) / (KnownMetrics.Of(Metric).Floor is { IsRelative: false } floor ? Math.Max(1e-9, floor.Size) : 1);
}
