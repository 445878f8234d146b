using Plumbline.Statistics;

namespace Plumbline.Bench.Worlds;

/// <summary>Worlds in which nothing is wrong, however much moves.</summary>
internal static class QuietWorlds
{
    public static IReadOnlyList<World> All { get; } =
    [
        new("independent rows", "every row from one law; a reference of the two weeks before"),
        new("nothing declared", "every row from one law; nothing to compare with but its own past") { Reference = WorldReference.None },
        new("year-old sample", "every row from one law; a labelled sample without times as reference")
        {
            Reference = WorldReference.WithoutTimes,
        },
        new("starts on a Saturday", "working days answer yes far more rarely than weekends; starts on a Saturday, no reference")
        {
            Starts = DayOfWeek.Saturday,
            Reference = WorldReference.None,
            Before = OlderAtWeekends,
        },
        new("starts on a Monday", "the same, started on a Monday") { Reference = WorldReference.None, Before = OlderAtWeekends },
        new("daily load", "traffic, latency, errors, answers and their quality rise and fall with the hour; no reference")
        {
            Reference = WorldReference.None,
            Rate = time => 80 * (1 + (0.7 * Load(time))),
            Before = BusyAtNoon,
        },
        new("office hours", "asked on working days from 8 to 18 only; no reference")
        {
            Reference = WorldReference.None,
            Rate = time => IsWeekend(time) || time.Hour is < 8 or >= 18 ? 0 : 120,
        },
        new("tiny traffic", "1.5 rows an hour; no reference") { Reference = WorldReference.None, Rate = _ => 1.5 },
        new("small groups", "8 rows an hour in all, 15 % of them in the smallest country; no reference")
        {
            Reference = WorldReference.None,
            Rate = _ => 8,
        },
    ];

    private static void OlderAtWeekends(WorldRow row, double day, RandomSource random) => row.Age += IsWeekend(row.Time) ? 4 : -5;

    private static void BusyAtNoon(WorldRow row, double day, RandomSource random)
    {
        row.Latency *= 1 + (0.8 * Math.Max(0, Load(row.Time)));
        row.Age += 4 * Load(row.Time);
        if (random.NextDouble() < 0.01 * Math.Max(0, Load(row.Time)))
            row.Status = "error";
    }

    private static bool IsWeekend(DateTimeOffset time) => time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    // -1 in the night, 1 at 13:00.
    private static double Load(DateTimeOffset time) => Math.Cos(2 * Math.PI * (time.Hour - 13) / 24.0);
}
