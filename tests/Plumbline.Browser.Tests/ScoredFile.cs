using System.Globalization;
using System.Text;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A file such as a data scientist has: scored predictions of a churn model with what came of them. In its last quarter customers pay more
/// than they did, which it makes much of, and it is wrong more often.
/// </summary>
internal static class ScoredFile
{
    public const int Rows = 20_000;

    /// <summary>The feature that moves; no other does.</summary>
    public const string Drifting = "monthly_charge";

    private const int Days = 80;
    private const int GoodDays = 60;
    private const int Seed = 20_261;

    /// <summary>Long ago, as files are: no page may ask whether it happened lately.</summary>
    private static readonly DateTime Start = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);

    public static string Text()
    {
        var random = new Random(Seed);
        var text = new StringBuilder(
            "timestamp,prediction,score,ground_truth,tenure_months,monthly_charge,support_calls,contract,country\n"
        );
        for (var row = 0; row < Rows; row++)
        {
            var day = (double)Days * row / Rows;
            var gone = day >= GoodDays;
            var tenure = 1 - (24 * Math.Log(1 - random.NextDouble()));
            var charge = 62 + (14 * Normal(random)) + (gone ? 17 : 0);
            var calls = random.Next(0, 6);
            var contract = random.NextDouble() switch
            {
                < 0.5 => "monthly",
                < 0.8 => "yearly",
                _ => "two_years",
            };
            var country = new[] { "FR", "DE", "PT" }[random.Next(3)];
            var monthly = contract == "monthly" ? 0.9 : -0.9;
            var score = Logistic((0.06 * (charge - 62)) + (0.5 * (calls - 2.5)) - (0.05 * (tenure - 18)) + monthly);
            // What was a good guess is none any more: every fifth customer decides otherwise.
            var truth = random.NextDouble() < score ^ (gone && random.NextDouble() < 0.2);
            var (said, came) = (score >= 0.5 ? 1 : 0, truth ? 1 : 0);
            text.Append(CultureInfo.InvariantCulture, $"{Start.AddDays(day):yyyy-MM-ddTHH:mm:ssZ},{said},{score:0.####},{came},")
                .AppendLine(CultureInfo.InvariantCulture, $"{tenure:0.#},{charge:0.##},{calls},{contract},{country}");
        }

        return text.ToString();
    }

    private static double Logistic(double value) => 1 / (1 + Math.Exp(-value));

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
