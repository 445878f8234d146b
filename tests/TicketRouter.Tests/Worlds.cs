using TicketRouter.Releases;
using TicketRouter.Scenario;
using TicketRouter.Tickets;

namespace TicketRouter.Tests;

/// <summary>One scenario with its traffic and its trained releases, made once for all tests that only read them.</summary>
public sealed class Worlds
{
    public static readonly DateTimeOffset Anchor = new(2026, 3, 20, 9, 0, 0, TimeSpan.Zero);

    public DemoScenario Scenario { get; } = new(Anchor, 14);
    public TicketTraffic Traffic { get; }
    public ReleaseCatalog Releases { get; }

    public Worlds()
    {
        Traffic = new TicketTraffic(Scenario, 1, 240, 1);
        Releases = ReleaseCatalog.Train(Traffic, 1);
    }

    public static TicketTraffic Of(ChapterKind kinds, long seed = 1) => new(new DemoScenario(Anchor, 14, kinds), seed, 240, 1);

    public Chapter Chapter(ChapterKind kind) => Scenario.Chapters.Single(chapter => chapter.Kind == kind);

    /// <summary>All tickets of a span of whole hours.</summary>
    public static List<SimulatedTicket> Tickets(TicketTraffic traffic, DateTimeOffset from, double hours)
    {
        List<SimulatedTicket> tickets = [];
        for (var hour = from; hour < from.AddHours(hours); hour = hour.AddHours(1))
            tickets.AddRange(traffic.Hour(hour));
        return tickets;
    }

    public double Accuracy(string version, IReadOnlyCollection<SimulatedTicket> tickets)
    {
        var release = Releases.Find(version)!;
        return tickets.Count(t => release.Answer(t.Ticket).Queue == t.Outcome.Queue) / (double)tickets.Count;
    }
}
