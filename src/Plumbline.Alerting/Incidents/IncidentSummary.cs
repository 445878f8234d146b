using Plumbline.Alerting.Causes;

namespace Plumbline.Alerting.Incidents;

/// <summary>Where an incident stands.</summary>
public enum IncidentState
{
    Open,

    /// <summary>Somebody looks after it.</summary>
    Acknowledged,

    /// <summary>Nothing fires any more, or somebody closed it.</summary>
    Resolved,
}

/// <summary>What a person reads of an incident: its <see cref="IncidentFacts"/> with words and addresses.</summary>
/// <param name="Models">Names of all models in which it shows.</param>
/// <param name="Segments">Segments in which it shows, the worst first; empty when it shows in all rows.</param>
/// <param name="Versions">Versions in which it shows; empty for all.</param>
/// <param name="Features">Features that moved, the worst first.</param>
/// <param name="Causes">Likely causes, the likeliest first, each with its evidence.</param>
/// <param name="Impact">The loss; null when nothing tells yet.</param>
/// <param name="NextSteps">What to do.</param>
public sealed record IncidentSummary(
    IReadOnlyList<string> Models,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> Versions,
    IReadOnlyList<string> Features,
    IReadOnlyList<IncidentCause> Causes,
    IncidentImpact? Impact,
    IReadOnlyList<NextStep> NextSteps
);

/// <summary>The loss of an incident, with the sentence that says so.</summary>
public sealed record IncidentImpact : ImpactFacts
{
    /// <summary>Facts with their words.</summary>
    public IncidentImpact(ImpactFacts facts, string words)
        : base(facts) => Words = words;

    /// <summary>All of it in a sentence.</summary>
    public string Words { get; }
}
