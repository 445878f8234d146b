using Plumbline.Statistics;

namespace Plumbline.Bench.Worlds;

/// <summary>
/// A prediction of a simulated model that answers yes or no: its law is one for all worlds, and a world changes what is asked before the
/// answer, or what comes out after it.
/// </summary>
internal sealed class WorldRow
{
    private static readonly (string Name, double Share, double Effect)[] Countries =
    [
        ("AT", 0.6, 0),
        ("BE", 0.25, 0.4),
        ("CZ", 0.15, -0.6),
    ];

    private WorldRow(DateTimeOffset time) => Time = time;

    public DateTimeOffset Time { get; }

    public double Age { get; set; }

    /// <summary>Null where the caller sends none.</summary>
    public double? Amount { get; set; }

    public string Country { get; set; } = "";

    public string Version { get; set; } = "v1";

    public string Status { get; set; } = "ok";

    public double Latency { get; set; }

    /// <summary>What the model says: the probability of yes.</summary>
    public double Score { get; private set; }

    public bool Answer => Score > 0.5;

    /// <summary>What turns out to be true.</summary>
    public bool Truth { get; set; }

    /// <summary>What would have turned out in a world without the planted trouble.</summary>
    public bool TruthWithout { get; private set; }

    /// <summary>Days from the prediction to its label.</summary>
    public double LabelAfterDays { get; set; } = 1;

    /// <summary>Draws a row.</summary>
    /// <param name="time">Its time.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="before">Changes what is asked.</param>
    /// <param name="after">Changes what comes out.</param>
    public static WorldRow Draw(
        DateTimeOffset time,
        RandomSource random,
        Action<WorldRow, RandomSource> before,
        Action<WorldRow, RandomSource> after
    )
    {
        var row = new WorldRow(time)
        {
            Age = 40 + (12 * random.NextGaussian()),
            Amount = Math.Exp(3.5 + (0.6 * random.NextGaussian())),
            Latency = Math.Exp(3.4 + (0.3 * random.NextGaussian())),
            Status = random.NextDouble() < 0.005 ? "error" : "ok",
        };
        var country = random.NextDouble();
        row.Country = Countries.First(one => (country -= one.Share) < 0 || one.Name == "CZ").Name;
        var amount = row.Amount.Value;
        before(row, random);
        // What is true depends on the customer, what the model says on what it was told.
        var truly = Probability(row.Age, amount, row.Country);
        row.Score = Probability(row.Age, row.Amount ?? Math.Exp(3.5), row.Country);
        row.Truth = row.TruthWithout = random.NextDouble() < truly;
        after(row, random);
        return row;
    }

    private static double Probability(double age, double amount, string country)
    {
        var logit =
            -0.3
            + (1.6 * (age - 40) / 12)
            + (1.2 * Math.Clamp((Math.Log(Math.Max(amount, 1e-3)) - 3.5) / 0.6, -5, 5))
            + Countries.First(one => one.Name == country).Effect;
        return 1 / (1 + Math.Exp(-logit));
    }
}
