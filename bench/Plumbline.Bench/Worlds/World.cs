using Plumbline.Statistics;

namespace Plumbline.Bench.Worlds;

/// <summary>What a model is compared with.</summary>
internal enum WorldReference
{
    /// <summary>Nothing: all is learned from production.</summary>
    None,

    /// <summary>Labelled rows of two weeks a year before, without their times.</summary>
    WithoutTimes,

    /// <summary>Labelled rows of the two weeks before the start.</summary>
    TwoWeeks,
}

/// <summary>Trouble that a world has.</summary>
/// <param name="FromDay">When it begins, in days from the start.</param>
/// <param name="ToDay">When it ends; null when it goes on.</param>
/// <param name="Causes">The first cause of the incident that it makes; any of these is right.</param>
/// <param name="Windows">Hours from its beginning to the onset that are right; slow changes and what is seen in days have more.</param>
internal sealed record Planted(double FromDay, double? ToDay, string[] Causes, int Windows = 3);

/// <summary>Sixty days of a model's life.</summary>
internal sealed record World(string Name, string What)
{
    public DayOfWeek Starts { get; init; } = DayOfWeek.Monday;

    public WorldReference Reference { get; init; } = WorldReference.TwoWeeks;

    /// <summary>Rows that are expected in the hour that begins then.</summary>
    public Func<DateTimeOffset, double> Rate { get; init; } = _ => 80;

    /// <summary>Changes what is asked; the day is counted from the start and negative in the reference.</summary>
    public Action<WorldRow, double, RandomSource> Before { get; init; } = (_, _, _) => { };

    /// <summary>Changes what comes out.</summary>
    public Action<WorldRow, double, RandomSource> After { get; init; } = (_, _, _) => { };

    /// <summary>Trouble, each of which is one incident; none in a quiet world.</summary>
    public IReadOnlyList<Planted> Troubles { get; init; } = [];
}
