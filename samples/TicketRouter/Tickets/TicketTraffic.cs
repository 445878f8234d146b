using TicketRouter.Scenario;

namespace TicketRouter.Tickets;

/// <summary>
/// When tickets come. The history is made hour by hour and the live traffic second by second, each from its own stream: the same seed,
/// scenario and time give the same tickets, however and how often they are asked for.
/// </summary>
public sealed class TicketTraffic(DemoScenario scenario, long seed, double perHour, double livePerSecond)
{
    public const double MaxPerHour = 20_000;
    public const double MaxLivePerSecond = 50;

    private const long HistoryStream = 1;
    private const long LiveStream = 2;
    private const long PastStream = 3;

    private readonly TicketGenerator _generator = new();

    public DemoScenario Scenario { get; } = scenario;
    public double PerHour { get; } = perHour;
    public double LivePerSecond { get; } = livePerSecond;

    /// <summary>The tickets of one hour of the history, in the order of time.</summary>
    public IReadOnlyList<SimulatedTicket> Hour(DateTimeOffset hour)
    {
        var number = hour.ToUnixTimeSeconds() / 3600;
        var world = Scenario.At(hour);
        // Randomness depends on the hour's distance from the anchor, so that two runs at different times tell the same scenario.
        var position = (hour - Scenario.Anchor).Ticks / TimeSpan.TicksPerHour;
        var random = new SeededRandom(seed, HistoryStream, position);
        var count = random.Poisson(PerHour * Tide(hour) * (world.Outage ? 1.35 : 1));
        var tickets = new SimulatedTicket[count];
        for (var i = 0; i < count; i++)
        {
            var at = hour.AddMilliseconds((i + random.Next()) / count * 3_599_000);
            tickets[i] = _generator.Write($"t-{number:x}-{i}", at, Scenario.At(at), Own(HistoryStream, position, i));
        }

        return tickets;
    }

    /// <summary>The live tickets of one second.</summary>
    public IReadOnlyList<SimulatedTicket> Second(DateTimeOffset second)
    {
        var number = second.ToUnixTimeSeconds();
        var random = new SeededRandom(seed, LiveStream, number);
        var tickets = new SimulatedTicket[random.Poisson(LivePerSecond)];
        for (var i = 0; i < tickets.Length; i++)
        {
            tickets[i] = _generator.Write(
                $"l-{number:x}-{i}",
                second.AddMilliseconds(random.Next(1000)),
                Scenario.At(second),
                Own(LiveStream, number, i)
            );
        }

        return tickets;
    }

    /// <summary>Tickets of the quiet weeks before the history: what the releases are trained on and the reference is made of.</summary>
    /// <param name="stream">Training and held-out tickets use different streams.</param>
    /// <param name="count">How many.</param>
    public IReadOnlyList<SimulatedTicket> Past(int stream, int count)
    {
        var tickets = new SimulatedTicket[count];
        for (var i = 0; i < count; i++)
        {
            var random = Own(PastStream + stream, 0, i);
            var at = Scenario.Start.AddSeconds(-Math.Ceiling(28 * 86_400 * random.Next()));
            tickets[i] = _generator.Write($"p{stream}-{i}", at, WorldConditions.Quiet, random);
        }

        return tickets;
    }

    private SeededRandom Own(long purpose, long position, int index) => new(seed, (purpose << 8) + 7, (position * 100_003) + index);

    /// <summary>The tide of the day and the week, with mean about 1: quiet nights, a morning peak, slow week-ends.</summary>
    public static double Tide(DateTimeOffset hour)
    {
        var angle = (hour.UtcDateTime.Hour - 13) / 24.0 * 2 * Math.PI;
        var day = 1 + (0.55 * Math.Cos(angle));
        return hour.UtcDateTime.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? day * 0.68 : day * 1.13;
    }
}
