namespace Plumbline.Bench.Review;

/// <summary>
/// What one draw of each kind brought. Accuracy in percent, or the mean absolute error; gains are positive where the policy is better.
/// </summary>
/// <param name="Chance">On the weak segment, trained with what chance drew.</param>
/// <param name="Policy">On the weak segment, trained with what the policy drew.</param>
/// <param name="Gain">Policy against chance on the weak segment.</param>
/// <param name="GainAlike">The same, with the answers to the policy all weighed alike.</param>
/// <param name="GainOfAll">As <paramref name="Gain"/>, on all judged rows.</param>
/// <param name="InWeak">Answered rows of the weak segment: by chance, by the policy.</param>
/// <param name="WrongInWeak">Those of them that the watched model was wrong at; of numbers all.</param>
internal sealed record LiftRun(
    double Chance,
    double Policy,
    double Gain,
    double GainAlike,
    double GainOfAll,
    (int Chance, int Policy) InWeak,
    (int Chance, int Policy) WrongInWeak
)
{
    public static LiftRun Of(
        LiftWorld world,
        bool[] weak,
        int[] inWeak,
        IReadOnlyList<(int Row, double Probability)> byPolicy,
        IReadOnlyList<(int Row, double Probability)> byChance
    )
    {
        var sign = world.IsNumber ? -1 : 1;
        // By chance every row has the same probability, so that both ways of weighing are one.
        var chance = world.Train([.. byChance.Select(row => (row.Row, 1.0))]);
        var policy = world.Train([.. byPolicy.Select(row => (row.Row, Math.Sqrt(1 / row.Probability)))]);
        var alike = world.Train([.. byPolicy.Select(row => (row.Row, 1.0))]);
        var (ofChance, ofPolicy) = (world.Judge(chance, inWeak), world.Judge(policy, inWeak));
        return new LiftRun(
            ofChance,
            ofPolicy,
            sign * (ofPolicy - ofChance),
            sign * (world.Judge(alike, inWeak) - ofChance),
            sign * (world.Judge(policy, world.Judged) - world.Judge(chance, world.Judged)),
            (byChance.Count(row => weak[row.Row]), byPolicy.Count(row => weak[row.Row])),
            (byChance.Count(row => weak[row.Row] && world.IsWrong(row.Row)), byPolicy.Count(row => weak[row.Row] && world.IsWrong(row.Row)))
        );
    }
}
