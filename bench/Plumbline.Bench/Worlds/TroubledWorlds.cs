using Plumbline.Statistics;

namespace Plumbline.Bench.Worlds;

/// <summary>Worlds with planted trouble, each of which is to be one incident.</summary>
internal static class TroubledWorlds
{
    public static IReadOnlyList<World> All { get; } =
    [
        new("outage in the first days", "every answer an error for six hours of the second day, then never again; no reference")
        {
            Reference = WorldReference.None,
            Before = (row, day, random) => Fail(row, random, day, 1.25, 1.5, 1),
            Troubles = [new Planted(1.25, 1.5, [""])],
        },
        new("concept change", "for a week a third of what is true is the other way; inputs unchanged")
        {
            After = OtherTruth,
            Troubles = [new Planted(35, 42, ["concept_change"])],
        },
        new("canary", "a version with 5 % of the traffic fails in 40 % of its answers for two days")
        {
            Before = BadCanary,
            Troubles = [new Planted(35, 37, ["worse_version", "version_rollout"])],
        },
        new("slow drift", "customers grow older by a tenth of a standard deviation a day, for twelve days")
        {
            Before = (row, day, _) => row.Age += 1.2 * Math.Clamp(day - 30, 0, 12),
            Troubles = [new Planted(30, null, ["feature_drift"], Windows: 96)],
        },
        new(
            "leak and concept change",
            "the truth is another for a week; from its second day on a third of the amounts is missing for two days"
        )
        {
            Before = (row, day, random) => LoseAmounts(row, random, day),
            After = OtherTruth,
            Troubles = [new Planted(35, 42, ["concept_change"]), new Planted(36, 38, ["missing_values"])],
        },
        new("unit change in one country", "amounts from CZ come a hundred times as large for three days")
        {
            Before = CentsInOneCountry,
            Troubles = [new Planted(35, 38, ["unit_change", "segment", "feature_drift"])],
        },
        new("late labels", "for three days labels come five days after their prediction instead of one")
        {
            After = (row, day, _) => row.LabelAfterDays = day is >= 35 and < 38 ? 5 : 1,
            Troubles = [new Planted(35, 38, ["late_ground_truth"])],
        },
        new("outage", "six of ten answers are errors for six hours")
        {
            Before = (row, day, random) => Fail(row, random, day, 35, 35.25, 0.6),
            Troubles = [new Planted(35, 35.25, [""])],
        },
    ];

    private static void Fail(WorldRow row, RandomSource random, double day, double from, double to, double share)
    {
        if (day >= from && day < to && random.NextDouble() < share)
            row.Status = "error";
    }

    private static void OtherTruth(WorldRow row, double day, RandomSource random)
    {
        if (day is >= 35 and < 42 && random.NextDouble() < 0.35)
            row.Truth = !row.Truth;
    }

    private static void LoseAmounts(WorldRow row, RandomSource random, double day)
    {
        if (day is >= 36 and < 38 && random.NextDouble() < 0.33)
            row.Amount = null;
    }

    private static void BadCanary(WorldRow row, double day, RandomSource random)
    {
        if (day is < 35 or >= 37 || random.NextDouble() >= 0.05)
            return;
        row.Version = "v2";
        if (random.NextDouble() < 0.4)
            row.Status = "error";
    }

    private static void CentsInOneCountry(WorldRow row, double day, RandomSource random)
    {
        if (day is >= 35 and < 38 && row.Country == "CZ")
            row.Amount *= 100;
    }
}
