using MathNet.Numerics.Distributions;
using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Text;
using Plumbline.Statistics.Binning;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// What PSI shows when nothing drifts at all: PSI / (1/n + 1/m) is then about chi-square with B-1 degrees of freedom
/// (Yurdakul and Naranjo 2020). Small windows look like drift; the band says how much of it is chance.
/// </summary>
public static class DriftNoise
{
    private const double Level = 0.95;

    /// <summary>The band of chance for a feature, at the median size of the windows shown; null without a reference or windows.</summary>
    public static ReferenceBand? Of(FeatureBaseline? baseline, IEnumerable<MetricPoint> points)
    {
        var sizes = points.Where(point => point.Value is not null && point.N > 0).Select(point => point.N).Order().ToList();
        if (baseline is null || sizes.Count == 0 || baseline.Profile.Present == 0)
            return null;
        var bins = baseline.IsNumeric
            ? PercentileEdges.ToDeciles(baseline.Profile.Bins, baseline.DecileIndices.AsSpan()).Count(count => count > 0)
            : baseline.Categories.Length;
        if (bins < 2)
            return null;
        double n = sizes[sizes.Count / 2],
            m = baseline.Profile.Present;
        var limit = ChiSquared.InvCDF(bins - 1, Level) * ((1 / n) + (1 / m));
        return new ReferenceBand(
            0,
            limit,
            $"chance alone stays below {Figures.Format(limit)} (95 % of windows of {Figures.Count(n)} rows)"
        );
    }
}
