using System.Globalization;
using Plumbline.Registry.Text;

namespace Plumbline.Monitoring.Scores;

/// <summary>Says in words what scores say in numbers.</summary>
internal static class ScoreReasons
{
    /// <summary>Features that are named at most.</summary>
    private const int MostFeatures = 3;

    /// <summary>Bits from which a feature is named, beyond what chance gives among so many: one row of four.</summary>
    private const double NamedFrom = 2;

    /// <summary>A classifier's answer is called likely wrong from this probability.</summary>
    private const double LikelyWrong = 0.2;

    /// <summary>Spreads from the middle beyond which their number says nothing any more.</summary>
    private const double MostSpreads = 1e4;

    /// <summary>The reasons that are not about the input.</summary>
    public static IEnumerable<ScoreReason> Of(ScoreSet set, IReadOnlyDictionary<ScoreKind, double> values)
    {
        if (Has(ScoreKind.Guard))
            yield return new(ScoreKind.Guard.Name, "", "rejected, or a value of the wrong type");
        if (Has(ScoreKind.Complaint))
            yield return new(ScoreKind.Complaint.Name, "", "a complaint came");
        if (Has(ScoreKind.Disagreement))
            yield return new(ScoreKind.Disagreement.Name, "", "the shadow version answered otherwise");
        if (Has(ScoreKind.ColdSpot))
            yield return new(ScoreKind.ColdSpot.Name, "", "lies in a cold spot");
        if (set.Find(ScoreKind.ExpectedError) is { } error && values.TryGetValue(ScoreKind.ExpectedError, out var wrong))
        {
            if (set.Find(ScoreKind.Uncertainty) is not null && wrong >= LikelyWrong)
                yield return new(ScoreKind.ExpectedError.Name, "", $"wrong with probability {Figures.Format(wrong)}");
            else if (set.Find(ScoreKind.Uncertainty) is null && wrong >= error.Full / 2)
                yield return new(ScoreKind.ExpectedError.Name, "", $"answers such as this one were off by {Figures.Format(wrong)}");
        }

        bool Has(ScoreKind kind) => values.GetValueOrDefault(kind) > 0;
    }

    /// <summary>The rarest features of the input.</summary>
    /// <param name="fit">The reference.</param>
    /// <param name="bits">As <see cref="OddityScore.Parts"/> gives them.</param>
    /// <param name="numbers">Values of the features that are numbers, in their order; NaN missing.</param>
    /// <param name="texts">Values of the others, in their order; empty missing.</param>
    public static IEnumerable<ScoreReason> OfInput(ScoreFit fit, double[] bits, double[] numbers, IReadOnlyList<string> texts)
    {
        var least = Math.Log2(Math.Max(1, bits.Length)) + NamedFrom;
        var (number, text) = (0, 0);
        var values = fit
            .Features.Select(feature => feature.Number is null ? (double.NaN, texts[text++]) : (numbers[number++], ""))
            .ToList();
        var named = Enumerable
            .Range(0, fit.Features.Length)
            .Where(i => bits[i] >= least)
            .OrderByDescending(i => bits[i])
            .Take(MostFeatures)
            .Select(i => (Bits: bits[i], Reason: Of(fit.Features[i], bits[i], values[i])))
            .ToList();
        if (fit.Joint is not null && bits[^1] >= least && named.TrueForAll(one => one.Bits < bits[^1]))
            named.Add((bits[^1], new ScoreReason(ScoreKind.Oddity.Name, "", $"its numbers are rarely together: as {OneOf(bits[^1])}")));
        return named.Select(one => one.Reason);
    }

    private static ScoreReason Of(FeatureRarity feature, double bits, (double Number, string Text) value)
    {
        var words = (feature.Number, feature.Measure) switch
        {
            (null, _) when value.Text.Length == 0 => $"is missing, as in {OneOf(bits)}",
            (null, _) when !feature.Category!.Bits.ContainsKey(value.Text) => $"= {Short(value.Text)} was never in the reference",
            (null, _) => $"= {Short(value.Text)}, as {OneOf(bits)}",
            _ when double.IsNaN(value.Number) => $"is missing, as in {OneOf(bits)}",
            (_, "length") => $"has {Characters(value.Number)} characters, usually {Characters(feature.Number!.Middle)}",
            (_, "script") => $"is written in another script, as {OneOf(bits)}",
            _ => OfNumber(feature, value.Number),
        };
        return new ScoreReason(ScoreKind.Oddity.Name, feature.Feature, $"{feature.Feature} {words}");
    }

    private static string OfNumber(FeatureRarity feature, double value)
    {
        var (middle, unit) = (feature.Number!.Middle, feature.Number.Unit);
        var spreads = unit > 0 ? Math.Abs(value - middle) / unit : double.PositiveInfinity;
        var side = value > middle ? "above" : "below";
        return spreads <= MostSpreads
            ? $"{spreads.ToString("0.#", CultureInfo.InvariantCulture)} sd {side} the reference median"
            : $"= {Figures.Format(value, feature.Unit)}, {side} the reference's {Figures.Format(middle, feature.Unit)}";
    }

    private static string OneOf(double bits) => $"1 of {Figures.Format(Math.Round(Math.Pow(2, bits)))} reference rows";

    private static string Characters(double logarithm) => Figures.Format(Math.Round(Math.Pow(2, logarithm) - 1));

    private static string Short(string text) => text.Length <= 40 ? $"'{text}'" : $"'{text[..40]}..'";
}
