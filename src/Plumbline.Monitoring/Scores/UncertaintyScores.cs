using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>How unsure a model is of its answer: what active labelling selects by (Settles 2009).</summary>
internal static class UncertaintyScores
{
    /// <summary>The three of them; none for numbers.</summary>
    public static IEnumerable<PredictionScore> Of(ModelDefinition model, ScoreFit fit)
    {
        if (model.Task == ModelTask.Regression)
            return [];
        var (entropy, margin, least) = model.Task == ModelTask.Binary ? OfScore(fit.Temperature) : OfProbabilities(model, fit.Temperature);
        return
        [
            new(ScoreKind.Uncertainty, entropy, 1, []),
            new(ScoreKind.Margin, margin, 1, []),
            new(ScoreKind.LeastConfidence, least, 1, []),
        ];
    }

    private static (string Entropy, string Margin, string Least) OfScore(double temperature)
    {
        var logit = "(log(greatest(score, 1e-9)) - log(greatest(1 - score, 1e-9)))";
        var scaled = $"(1 / (1 + exp(-{logit} / {SqlNumber.Of(temperature)})))";
        var entropy = $"-({Term(scaled)} + {Term($"(1 - {scaled})")})";
        return (Within(entropy), Within("1 - abs(2 * score - 1)"), Within("2 * least(score, 1 - score)"));

        static string Term(string p) => $"{p} * log2(greatest({p}, 1e-300))";

        static string Within(string value) => $"if(score >= 0 AND score <= 1, greatest(toFloat64(0), least(toFloat64(1), {value})), nan)";
    }

    // Where only the confidence of the answer is known, it is all that can be said.
    private static (string Entropy, string Margin, string Least) OfProbabilities(ModelDefinition model, double temperature)
    {
        var classes = Math.Max(2, model.Classes.Length).ToString(CultureInfo.InvariantCulture);
        var least = $"if(confidence >= 0 AND confidence <= 1, least(toFloat64(1), (1 - confidence) * {classes} / ({classes} - 1)), nan)";
        var scaled = $"arrayMap(p -> pow(greatest(p, 1e-9), 1 / {SqlNumber.Of(temperature)}), mapValues(probabilities))";
        var entropy =
            $"(log(arraySum({scaled})) - arraySum(arrayMap(s -> s * log(s), {scaled})) / arraySum({scaled})) "
            + "/ log(length(probabilities))";
        const string sorted = "arrayReverseSort(mapValues(probabilities))";
        return (WhereKnown(entropy, least), WhereKnown($"1 - ({sorted}[1] - {sorted}[2])", "toFloat64(nan)"), least);

        static string WhereKnown(string value, string otherwise) =>
            $"if(length(probabilities) >= 2, greatest(toFloat64(0), least(toFloat64(1), {value})), {otherwise})";
    }
}
