using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Metrics;

/// <summary>How numbers of metrics are written on pages, and where.</summary>
public static class MetricWords
{
    /// <summary>The tab of a model's page that shows a layer; empty for its summary.</summary>
    public static string Tab(MetricLayer layer) =>
        layer switch
        {
            MetricLayer.Inputs => Links.Inputs,
            MetricLayer.Outputs => Links.Outputs,
            MetricLayer.Outcomes => Links.Performance,
            _ => "",
        };

    /// <summary>A p-value: small ones by their order, because nobody believes more digits.</summary>
    public static string PValue(double? value) =>
        value is not { } known ? "\u2013"
        : known < 1e-6 ? "< 10\u207b\u2076"
        : Figures.Format(known);

    /// <summary>Where larger is better, the axis may not hide the fall; where smaller is better, it begins at 0.</summary>
    public static bool FromZero(string metric) => KnownMetrics.Of(metric).Direction == MetricDirection.LowerIsBetter;
}
