using Plumbline.Alerting.Evaluation;

namespace Plumbline.Alerting.Backtests;

/// <summary>One time that a rule would have fired.</summary>
/// <param name="At">When it could have been known.</param>
/// <param name="Onset">Since when.</param>
/// <param name="EndedAt">When it would have ended; null when it did not.</param>
/// <param name="Stream">What it would have been about.</param>
/// <param name="Small">Certain, and too small to tell anybody.</param>
/// <param name="Evidence">The numbers; null for the usual defaults.</param>
public sealed record BacktestFiring(
    DateTimeOffset At,
    DateTimeOffset Onset,
    DateTimeOffset? EndedAt,
    string Stream,
    bool Small,
    AlertEvidence? Evidence
);

/// <summary>How a rule would have met an incident that is known.</summary>
public enum BacktestVerdict
{
    /// <summary>Sooner than it was found.</summary>
    Early,

    /// <summary>At the same window.</summary>
    Same,
    Late,

    /// <summary>Not at all.</summary>
    Blind,
}

/// <summary>A known incident and when the rule would have fired in it; <paramref name="LeadHours"/> is positive when sooner.</summary>
public sealed record BacktestMeeting(
    long IncidentId,
    string Headline,
    DateTimeOffset Onset,
    DateTimeOffset FoundAt,
    DateTimeOffset? EndedAt,
    BacktestVerdict Verdict,
    double? LeadHours
);

/// <summary>How much of the period a rule could judge.</summary>
/// <param name="Windows">Windows of the period of which anything is stored.</param>
/// <param name="Judged">Those in which the rule could judge at least one of its series.</param>
/// <param name="Reasons">Why it could not judge others: windows and series by reason, the most frequent first; at most 5.</param>
public sealed record BacktestCoverage(int Windows, int Judged, IReadOnlyList<KeyValuePair<string, int>> Reasons);

/// <summary>What one way of alerting would have done.</summary>
/// <param name="Name">The rule's name, or what the usual default is.</param>
/// <param name="Streams">Series that it would have watched.</param>
/// <param name="Firings">Oldest first; at most <see cref="MaxFirings"/>.</param>
/// <param name="Count">All of them, also those beyond the list, without the small ones.</param>
/// <param name="PerWeek">Per week of the period.</param>
/// <param name="OutsideIncidents">Firings while no known incident was going on.</param>
/// <param name="Meetings">Every known incident of the period.</param>
public sealed record BacktestOutcome(
    string Name,
    int Streams,
    IReadOnlyList<BacktestFiring> Firings,
    int Count,
    double PerWeek,
    int OutsideIncidents,
    IReadOnlyList<BacktestMeeting> Meetings
)
{
    public const int MaxFirings = 1_000;

    /// <summary>What fired before the period and had not ended when it began; without the small ones.</summary>
    public IReadOnlyList<BacktestFiring> FiringAtStart { get; init; } = [];

    /// <summary>How much of the period could be judged; null for the usual defaults, which judge everything.</summary>
    public BacktestCoverage? Coverage { get; init; }
}

/// <summary>A rule beside what the usual defaults would have done on the same metric points.</summary>
public sealed record BacktestResult(
    DateTimeOffset From,
    DateTimeOffset To,
    int Windows,
    BacktestOutcome Rule,
    IReadOnlyList<BacktestOutcome> UsualDefaults
);
