using System.ComponentModel.DataAnnotations.Schema;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Incidents;

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

    /// <summary>The effect as a multiple of the metric's floor, so that changes in different units can be compared.</summary>
    [NotMapped]
    public double EffectInFloors =>
        (Numbers.Effect ?? 0) / (KnownMetrics.Of(Metric).Floor is { IsRelative: false } floor ? Math.Max(1e-9, floor.Size) : 1);
}

/// <summary>Alerts about one cause.</summary>
public sealed class IncidentRow
{
    public long Id { get; set; }

    /// <summary>The model in which it was seen first.</summary>
    public int ModelId { get; set; }

    /// <summary>See <see cref="IncidentState"/>.</summary>
    public int State { get; set; }

    public int Severity { get; set; }

    public long OnsetMs { get; set; }

    public long FiredMs { get; set; }

    /// <summary>When this server wrote it down, by the clock.</summary>
    public long OpenedAtMs { get; set; }

    public long? AcknowledgedAtMs { get; set; }

    public string? AcknowledgedBy { get; set; }

    /// <summary>End of the window after which nothing fired any more, or the moment when somebody closed it.</summary>
    public long? ResolvedMs { get; set; }

    public string? ResolvedBy { get; set; }

    /// <summary>The incident whose effect this one is; nobody is told of it.</summary>
    public long? InhibitedBy { get; set; }

    /// <summary>True when alerts joined or ended since the summary was written.</summary>
    public bool Stale { get; set; }

    /// <summary>The severity that people were told, or -1 while they were not.</summary>
    public int ToldSeverity { get; set; } = -1;

    public bool ToldResolved { get; set; }

    /// <summary>How often it came back after people were told that it was over.</summary>
    public int Reopened { get; set; }

    public required string Headline { get; set; }

    /// <summary>The JSON of the IncidentSummary.</summary>
    public required string Summary { get; set; }
}

/// <summary>An entry of an incident's timeline.</summary>
public sealed class IncidentNoteRow
{
    public long Id { get; set; }

    public long IncidentId { get; set; }

    public long AtMs { get; set; }

    public required string Kind { get; set; }

    /// <summary>Who did it; empty for the server itself.</summary>
    public required string Who { get; set; }

    public required string Text { get; set; }
}
