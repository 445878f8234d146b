namespace TicketRouter.Scenario;

/// <summary>
/// The history's plot. The chapters lie at fixed places of a period of fourteen days that ends at the anchor; another length stretches
/// them. After the anchor (live traffic) whatever has no end goes on.
/// </summary>
public sealed class DemoScenario
{
    public const int MaxDays = 90;

    private readonly ChapterKind _kinds;

    /// <param name="anchor">The end of the history; rounded down to the hour.</param>
    /// <param name="days">Length of the history, 1..90.</param>
    /// <param name="kinds">Which chapters happen; tests leave some out to see the effect of one alone.</param>
    public DemoScenario(DateTimeOffset anchor, int days, ChapterKind kinds = ChapterKind.All)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MaxDays);
        var utc = anchor.ToUniversalTime();
        Anchor = new DateTimeOffset(utc.Year, utc.Month, utc.Day, utc.Hour, 0, 0, TimeSpan.Zero);
        Days = days;
        _kinds = kinds;
        Chapters = [.. All().Where(chapter => kinds.HasFlag(chapter.Kind)).OrderBy(chapter => chapter.From)];
    }

    public DateTimeOffset Anchor { get; }
    public int Days { get; }
    public DateTimeOffset Start => Anchor.AddDays(-Days);
    public IReadOnlyList<Chapter> Chapters { get; }

    public WorldConditions At(DateTimeOffset time) =>
        new()
        {
            DriftProgress = Chapter(ChapterKind.SlowDrift) is { } drift ? Math.Clamp((time - drift.From) / (Anchor - drift.From), 0, 1) : 0,
            Outage = Happens(ChapterKind.Concentration, time),
            BrokenPortal = Happens(ChapterKind.BadSegment, time),
            Reorganised = Happens(ChapterKind.ConceptChange, time),
            AmountLost = Happens(ChapterKind.MissingLeak, time),
            Version =
                Happens(ChapterKind.BadRelease, time) ? "v3"
                : Happens(ChapterKind.GoodRelease, time) ? "v2"
                : "v1",
        };

    private Chapter? Chapter(ChapterKind kind) => Chapters.FirstOrDefault(chapter => chapter.Kind == kind);

    private bool Happens(ChapterKind kind, DateTimeOffset time) =>
        _kinds.HasFlag(kind) && Chapter(kind) is { } chapter && time >= chapter.From && (chapter.To is null || time < chapter.To);

    private IEnumerable<Chapter> All()
    {
        yield return new(
            ChapterKind.SlowDrift,
            "Slow input drift: younger accounts, larger orders",
            "ticket-router, Inputs: account_age_days and order_amount climb steadily in the ranking.",
            Day(2),
            null
        );
        yield return new(
            ChapterKind.GoodRelease,
            "Release v2: trained on more tickets",
            "All models, Performance: accuracy rises a little when v2 takes over.",
            Day(3),
            null
        );
        yield return new(
            ChapterKind.Concentration,
            "An outage: 40 % of all requests end in one queue",
            "ticket-router, Outputs: the share of technical doubles while every single answer is right.",
            Day(4.5),
            Day(5.5)
        );
        yield return new(
            ChapterKind.MissingLeak,
            "The app stops sending order_amount",
            "Inputs: missing rate of order_amount jumps, in channel=app only.",
            Day(6),
            Day(7.25)
        );
        yield return new(
            ChapterKind.BadSegment,
            "country=BR goes bad while the global number looks fine",
            "ticket-router, Performance: compare the segment country=BR with all; a portal replaces the customers' words.",
            Day(7.5),
            null
        );
        yield return new(
            ChapterKind.BadRelease,
            "Bad release v3: errors, slow answers, worse ones; rolled back",
            "All models: error rate, latency and accuracy of version v3.",
            Day(9),
            Day(9.25)
        );
        yield return new(
            ChapterKind.ConceptChange,
            "Double charges now belong to refund, lost two-factor codes to account",
            "ticket-router, Performance: accuracy falls once ground truth arrives; inputs and outputs do not move.",
            Day(10.5),
            null
        );
    }

    /// <summary>A place in the fourteen days of the plot, on the period's own scale, on the hour.</summary>
    private DateTimeOffset Day(double day) => Start.AddHours(Math.Round(day * Days * 24 / 14));
}
