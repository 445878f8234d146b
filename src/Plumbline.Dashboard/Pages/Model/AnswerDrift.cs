using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>How far the answers and, where there are some, the scores have moved: the same lines on each page that shows them.</summary>
internal static class AnswerDrift
{
    public static IReadOnlyList<ChartSeries> Lines(IReadOnlyList<MetricPoint> points)
    {
        var answers = PointSeries.Of(points, PopulationStabilityIndex.Name, "PSI of the answers", feature: PseudoFeatures.Prediction);
        if (!points.Any(point => point.Feature == PseudoFeatures.Score))
            return [answers];
        var scores = PointSeries.Of(
            points,
            PopulationStabilityIndex.Name,
            "PSI of the scores",
            Palette.At(1),
            PseudoFeatures.Score,
            dashed: true
        );
        return [answers, scores];
    }
}
