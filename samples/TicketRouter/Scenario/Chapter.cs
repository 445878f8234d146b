namespace TicketRouter.Scenario;

/// <summary>What happens in the scenario.</summary>
[Flags]
public enum ChapterKind
{
    None = 0,
    SlowDrift = 1,
    Concentration = 2,
    ConceptChange = 4,
    BadSegment = 8,
    BadRelease = 16,
    MissingLeak = 32,
    GoodRelease = 64,
    All = 127,
}

/// <summary>One event of the scenario, for people: what, when, and where Plumbline shows it.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Title">A short headline.</param>
/// <param name="Look">What to look at to see it.</param>
/// <param name="From">Its start.</param>
/// <param name="To">Its end (exclusive); null while it goes on.</param>
public sealed record Chapter(ChapterKind Kind, string Title, string Look, DateTimeOffset From, DateTimeOffset? To);
