using Plumbline.Alerting.Health;
using Plumbline.Registry.Text;
using Plumbline.Review.Proof;
using Plumbline.Statistics;

namespace Plumbline.Dashboard.Pages.Proof;

/// <summary>Words about comparisons of versions.</summary>
internal static class ProofWords
{
    /// <summary>What the cases of a slice have in common.</summary>
    public static string Name(ProofSlice slice) =>
        slice.Kind switch
        {
            ProofSliceKind.All => "All of them",
            ProofSliceKind.Asked => "Chosen by a score",
            ProofSliceKind.Chance => "Chosen by chance",
            ProofSliceKind.Score => $"Task made by {slice.Name.Replace('_', ' ')}",
            ProofSliceKind.Label => $"Truth is {slice.Name}",
            _ => slice.Name,
        };

    /// <summary>A mean: accuracy, or the mean absolute error of numbers.</summary>
    public static string Mean(Estimate mean, bool areShares) =>
        mean.Value is not { } value ? "not enough data"
        : areShares ? Figures.Format(value, "ratio")
        : Figures.Format(-value);

    /// <summary>A difference with its interval.</summary>
    public static string Gain(Estimate gain, bool areShares) =>
        gain is { Value: { } value, Lower: { } lower, Upper: { } upper }
            ? areShares
                ? $"{Points(value)} points ({Points(lower)} to {Points(upper)})"
                : $"{Figures.Signed(value)} ({Figures.Signed(lower)} to {Figures.Signed(upper)})"
            : "not enough data";

    /// <summary>The verdict in a word or two.</summary>
    public static string Said(Verdict verdict) =>
        verdict switch
        {
            Verdict.Better => "Better",
            Verdict.Worse => "Worse",
            Verdict.NotShown => "Not shown to be better",
            _ => "Not enough data",
        };

    /// <summary>The verdict as a state: what is not shown is no failure.</summary>
    public static HealthState Mark(Verdict verdict) =>
        verdict switch
        {
            Verdict.Better => HealthState.Ok,
            Verdict.Worse => HealthState.Bad,
            Verdict.NotShown => HealthState.Watch,
            _ => HealthState.Unknown,
        };

    private static string Points(double share) => Figures.Signed(Math.Round(100 * share, 1));
}
