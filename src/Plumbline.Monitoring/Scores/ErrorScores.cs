using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>How likely an answer is wrong, and what that costs.</summary>
internal static class ErrorScores
{
    private const string Positive = "prediction = ";

    /// <summary>The expected error; null for a regression without labelled reference.</summary>
    public static PredictionScore? Error(ModelDefinition model, ScoreFit fit)
    {
        var sql = new ScoreSql(ScoreKind.ExpectedError.Name);
        if (Wrong(model, fit, sql) is not { } wrong)
            return null;
        var full = model.Task == ModelTask.Regression ? Math.Max(double.Epsilon, fit.Losses!.Largest) : 1;
        return new PredictionScore(ScoreKind.ExpectedError, wrong, full, sql.Parameters);
    }

    /// <summary>The expected cost; null where no costs are declared, or they need what is not there.</summary>
    public static PredictionScore? Cost(ModelDefinition model, ScoreFit fit)
    {
        if (model.Cost is not { } cost)
            return null;
        var sql = new ScoreSql(ScoreKind.ExpectedCost.Name);
        var (text, full) = model.Task switch
        {
            ModelTask.Regression when cost.PerUnitOfError is { } price && Wrong(model, fit, sql) is { } error => (
                $"{SqlNumber.Of(price)} * {error}",
                price * fit.Losses!.Largest
            ),
            ModelTask.Binary when Wrong(model, fit, sql) is { } wrong => OfTwo(model, cost, wrong, sql),
            ModelTask.Multiclass when cost.Matrix is not null => OfMany(model, cost, sql),
            _ => ("", 0),
        };
        if (!(full > 0))
            return null;
        if (cost.ValueFeature is { } name && model.FindFeature(name) is { Type: FeatureType.Numeric } value)
        {
            text = $"({text}) * if(isFinite({value.Column}), {value.Column}, 1)";
            // Three spreads above the middle: one huge order must not make all others count for nothing.
            if (fit.Features.FirstOrDefault(feature => feature.Feature == name)?.Number is { } usual)
                full *= Math.Max(double.Epsilon, usual.Middle + 3 * usual.Unit);
        }

        return new PredictionScore(ScoreKind.ExpectedCost, text, full, sql.Parameters);
    }

    // Probability of a wrong answer, or absolute error.
    private static string? Wrong(ModelDefinition model, ScoreFit fit, ScoreSql sql)
    {
        switch (model.Task)
        {
            case ModelTask.Regression:
                return fit.Losses is null ? null : LossTreeSql.Of(fit.Losses, sql);
            case ModelTask.Binary when model.EffectivePositiveClass is { } positive:
                var probability = fit.Error is null ? "score" : sql.At(fit.Error, "score");
                var isPositive = $"{Positive}{sql.Bind("String", positive)}";
                return $"if(prediction = '' OR isNaN(score), nan, if({isPositive}, 1 - {probability}, {probability}))";
            case ModelTask.Multiclass:
                var wrong = fit.Error is null ? "1 - score" : sql.At(fit.Error, "score");
                return $"if(prediction = '' OR isNaN(score), nan, {wrong})";
            default:
                return null;
        }
    }

    private static (string Sql, double Full) OfTwo(ModelDefinition model, DecisionCost cost, string wrong, ScoreSql sql)
    {
        if (model.EffectivePositiveClass is not { } positive)
            return ("", 0);
        var negative = model.Classes.FirstOrDefault(known => known != positive) ?? "";
        var (falsePositive, falseNegative) = (Of(negative, positive), Of(positive, negative));
        var (truePositive, trueNegative) = (Of(positive, positive), Of(negative, negative));
        var text =
            $"if({Positive}{sql.Bind("String", positive)}, "
            + $"{wrong} * {SqlNumber.Of(falsePositive)} + (1 - {wrong}) * {SqlNumber.Of(truePositive)}, "
            + $"{wrong} * {SqlNumber.Of(falseNegative)} + (1 - {wrong}) * {SqlNumber.Of(trueNegative)})";
        return (text, Math.Max(falsePositive, falseNegative));

        double Of(string truth, string decision) => cost.Of(truth, decision, positive) ?? 0;
    }

    private static (string Sql, double Full) OfMany(ModelDefinition model, DecisionCost cost, ScoreSql sql)
    {
        var pairs = model
            .Classes.SelectMany(truth =>
                model.Classes.Select(decision => (Pair: $"{truth}\0{decision}", Cost: cost.Of(truth, decision, null) ?? 0))
            )
            .Where(pair => pair.Cost != 0)
            .ToList();
        if (pairs.Count == 0)
            return ("", 0);
        var text =
            "if(length(probabilities) < 2, nan, arraySum(arrayMap((c, p) -> p * transform(concat(c, '\\0', prediction), "
            + $"{sql.Bind("Array(String)", pairs.Select(pair => pair.Pair).ToArray())}, {sql.Numbers(pairs.Select(pair => pair.Cost))}, "
            + "toFloat64(0)), mapKeys(probabilities), mapValues(probabilities))))";
        return (text, pairs.Max(pair => pair.Cost));
    }
}
