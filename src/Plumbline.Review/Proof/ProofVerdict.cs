using System.Globalization;
using Plumbline.Statistics;

namespace Plumbline.Review.Proof;

/// <summary>
/// What follows from the comparisons. A version is called better when it is better on the cases that asked for it, its whole interval
/// above 0, and nothing says that it is worse than the margin on the whole: neither the held-out rows nor live traffic.
/// </summary>
internal static class ProofVerdict
{
    /// <summary>Fewer cases say nothing.</summary>
    public const int FewestCases = 30;

    public static (Verdict Verdict, IReadOnlyList<string> Reasons) Of(
        IReadOnlyList<ProofSlice> heldOut,
        LiveProof live,
        double margin,
        bool areShares
    )
    {
        List<string> reasons = [];
        var all = heldOut.FirstOrDefault(slice => slice.Kind == ProofSliceKind.All);
        if (all is null || all.Compared.Difference.N == 0)
            return (Verdict.NotEnoughData, ["It has not answered the held-out rows of a data set yet."]);
        var asked = heldOut.FirstOrDefault(slice => slice.Kind == ProofSliceKind.Asked);
        if (asked is null || asked.Compared.Difference.N < FewestCases)
        {
            reasons.Add(
                Text(
                    $"Of the cases that asked for it {asked?.Compared.Difference.N ?? 0} are held out; all held-out rows stand in for them."
                )
            );
            asked = all;
        }

        if (asked.Compared.Difference.N < FewestCases)
            return (Verdict.NotEnoughData, [Text($"{asked.Compared.Difference.N} held-out cases; {FewestCases} are needed.")]);
        var verdict = OfHeldOut(asked, all, margin, areShares, reasons);
        var liveVerdict = OfLive(live, margin, areShares, reasons);
        foreach (var worse in heldOut.Where(IsWorsePart))
            reasons.Add($"It is worse for {NameOf(worse)}: {Figures(worse, areShares)}.");
        foreach (var worse in live.Slices.Where(IsWorsePart))
            reasons.Add($"On live traffic it is worse for {NameOf(worse)}: {Figures(worse, areShares)}.");
        return (liveVerdict == Verdict.Worse ? Verdict.Worse : verdict, reasons);
    }

    private static bool IsWorsePart(ProofSlice slice) => slice.IsWorse && slice.Kind != ProofSliceKind.All;

    private static Verdict OfHeldOut(ProofSlice asked, ProofSlice all, double margin, bool areShares, List<string> reasons)
    {
        var difference = asked.Compared.Difference;
        reasons.Add(
            difference switch
            {
                { Lower: > 0 } => $"It is better on {NameOf(asked)}: {Figures(asked, areShares)}.",
                { Upper: < 0 } => $"It is worse on {NameOf(asked)}: {Figures(asked, areShares)}.",
                _ => $"It is not shown to be better on {NameOf(asked)}: {Figures(asked, areShares)}.",
            }
        );
        var whole = all.Compared.Difference;
        if (whole.Upper < -margin)
        {
            reasons.Add($"It is worse on all held-out rows: {Figures(all, areShares)}.");
        }
        else if (whole.Lower < -margin)
        {
            reasons.Add(
                $"All held-out rows leave open that it is worse by more than {Size(margin, areShares)}: {Figures(all, areShares)}."
            );
        }

        if (difference.Upper < 0 || whole.Upper < -margin)
            return Verdict.Worse;
        return difference.Lower > 0 && whole.Lower >= -margin ? Verdict.Better : Verdict.NotShown;
    }

    private static Verdict OfLive(LiveProof live, double margin, bool areShares, List<string> reasons)
    {
        var all = live.Slices.FirstOrDefault(slice => slice.Kind == ProofSliceKind.All);
        if (live.Pairs == 0)
        {
            reasons.Add("It has not answered live traffic beside the old one yet.");
            return Verdict.NotEnoughData;
        }

        if (all is null || all.Compared.Difference.N < FewestCases)
        {
            reasons.Add(
                Text($"It has answered {live.Pairs:N0} live requests; ground truth of {all?.Compared.Difference.N ?? 0} of them is known.")
            );
            return Verdict.NotEnoughData;
        }

        // Looked at while traffic comes: only an interval that holds at all times may decide.
        var upper = areShares ? live.AnyTime?.Upper : all.Compared.Difference.Upper;
        reasons.Add(
            upper < -margin
                ? $"It is worse on live traffic: {Figures(all, areShares)}."
                : $"On {Text($"{all.Compared.Difference.N:N0}")} live requests with ground truth: {Figures(all, areShares)}."
        );
        return upper < -margin ? Verdict.Worse : Verdict.NotShown;
    }

    private static string NameOf(ProofSlice slice) =>
        slice.Kind switch
        {
            ProofSliceKind.All => "all held-out rows",
            ProofSliceKind.Asked => "the cases that asked for it",
            ProofSliceKind.Chance => "cases chosen by chance",
            ProofSliceKind.Score => $"cases with {slice.Name}",
            ProofSliceKind.Label => $"the class {slice.Name}",
            _ => slice.Name,
        };

    private static string Figures(ProofSlice slice, bool areShares)
    {
        var (before, after, difference) = (slice.Compared.Before, slice.Compared.After, slice.Compared.Difference);
        return areShares
            ? Text($"{before.Value:P1} before, {after.Value:P1} after")
                + Text($" ({100 * difference.Lower:+0.0;-0.0} to {100 * difference.Upper:+0.0;-0.0} points)")
            : Text($"mean error {-before.Value:G4} before, {-after.Value:G4} after")
                + Text($" ({-difference.Upper:+0.###;-0.###} to {-difference.Lower:+0.###;-0.###})");
    }

    private static string Size(double margin, bool areShares) => areShares ? Text($"{100 * margin:0.##} points") : Text($"{margin:G3}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
