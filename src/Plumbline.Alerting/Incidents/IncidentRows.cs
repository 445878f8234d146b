using System.ComponentModel.DataAnnotations.Schema;
using Plumbline.Alerting.Alerts;

namespace Plumbline.Alerting.Incidents;

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

    /// <summary>True when alerts joined or ended since the facts were found.</summary>
    public bool Stale { get; set; }

    /// <summary>The severity that people were told, or -1 while they were not.</summary>
    public int ToldSeverity { get; set; } = -1;

    public bool ToldResolved { get; set; }

    /// <summary>How often it came back after people were told that it was over.</summary>
    public int Reopened { get; set; }

    /// <summary>How often what carries it fired again after it was over.</summary>
    public int Regressions { get; set; }

    /// <summary>Who is to look after it; null for nobody in particular.</summary>
    public string? AssignedTo { get; set; }

    /// <summary>From when to when it goes, and whether people are told of it.</summary>
    [NotMapped]
    internal IncidentSpan Span => new(Id, OnsetMs, ResolvedMs, Severity >= (int)AlertSeverity.Warning);

    /// <summary>An incident that begins with an alert.</summary>
    internal static IncidentRow Begin(AlertRow alert, DateTimeOffset now) =>
        new()
        {
            ModelId = alert.ModelId,
            State = (int)IncidentState.Open,
            Severity = (int)AlertSeverity.Digest,
            OnsetMs = alert.OnsetMs,
            FiredMs = alert.FiredMs,
            OpenedAtMs = now.ToUnixTimeMilliseconds(),
            Facts = IncidentFacts.Empty.Write(),
        };

    /// <summary>The headline that former releases wrote; empty in what is written now.</summary>
    public string Headline { get; set; } = "";

    /// <summary>The JSON of the <see cref="IncidentFacts"/>.</summary>
    public required string Facts { get; set; }
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

    /// <summary>What somebody wrote, or what former releases wrote for the server.</summary>
    public required string Text { get; set; }

    /// <summary>The JSON of the <see cref="NoteFacts"/>; null where there is nothing to know beyond the kind.</summary>
    public string? Facts { get; set; }

    internal static IncidentNoteRow Of(IncidentRow incident, DateTimeOffset at, string kind, NoteFacts? facts = null, string who = "") =>
        new()
        {
            IncidentId = incident.Id,
            AtMs = at.ToUnixTimeMilliseconds(),
            Kind = kind,
            Who = who,
            Text = "",
            Facts = facts?.Write(),
        };
}

/// <summary>From when to when an incident goes.</summary>
/// <param name="Id">The incident.</param>
/// <param name="FromMs">Its onset, epoch ms.</param>
/// <param name="ToMs">Its end; null while it goes on.</param>
/// <param name="IsTold">Whether people are told of it.</param>
public readonly record struct IncidentSpan(long Id, long FromMs, long? ToMs, bool IsTold)
{
    /// <summary>Whether a time lies in it.</summary>
    public bool Holds(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds() >= FromMs && (ToMs is not { } to || time.ToUnixTimeMilliseconds() < to);
}
