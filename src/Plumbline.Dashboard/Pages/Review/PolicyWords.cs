using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Review.Estimates;
using Plumbline.Review.Policies;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>Policies of reviews in words.</summary>
internal static class PolicyWords
{
    /// <summary>What counts, the weightiest first.</summary>
    public static string Weights(ReviewPolicy policy) =>
        string.Join(
            ", ",
            policy
                .Counting.OrderByDescending(one => one.Weight)
                .Select(one => $"{one.Kind.Title.ToLowerInvariant()} {Figures.Format(one.Weight)}")
                .DefaultIfEmpty("chance alone")
        );

    /// <summary>What the answers say of all predictions.</summary>
    public static string Estimate(ReviewedEstimate? estimate, ModelDefinition model)
    {
        if (estimate is null)
            return "";
        var best = estimate.Powered?.Estimate ?? estimate.Answers;
        var unit = model.Task == ModelTask.Regression ? "" : "share";
        return best.Value is { } value
            ? $"{Figures.Format(value, unit)} ({Figures.Format(best.Lower, unit)} .. {Figures.Format(best.Upper, unit)}), "
                + $"{Figures.Count(estimate.Resolved)} of {Figures.Count(estimate.Chosen)} answered"
            : $"not enough data: {Figures.Count(estimate.Resolved)} of {Figures.Count(estimate.Chosen)} answered";
    }

    /// <summary>What a preview found, as a sentence.</summary>
    public static string Found(Plumbline.Review.Drawing.DrawReport report)
    {
        var drawn =
            $"{Figures.Count(report.Draw.Rows.Count)} of {Figures.Count(report.Draw.Population)} predictions, "
            + $"{Figures.Count(report.Draw.Rows.Count(row => row.IsByScore))} by score.";
        if (report.Labelled == 0)
            return $"{drawn} No ground truth has come for them yet.";
        var wrong = $"{Figures.Share(report.Wrong, report.Labelled)} of those with ground truth were wrong";
        return report.Lift is { } lift
            ? $"{drawn} {wrong}, {Figures.Format(lift)} times as many as by chance "
                + $"({Figures.Share(report.PoolWrong, report.PoolLabelled)})."
            : $"{drawn} {wrong}.";
    }
}
