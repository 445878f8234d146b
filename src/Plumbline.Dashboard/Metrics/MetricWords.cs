using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Metrics;

/// <summary>How metrics are called and written on pages.</summary>
public static class MetricWords
{
    /// <summary>Performance is written as a number between 0 and 1, as everyone quotes it; rates and shares in percent.</summary>
    public static string Unit(MetricCatalogue catalogue, string metric) =>
        metric is "performance.label_coverage" ? "share"
        : metric.StartsWith("performance.", StringComparison.Ordinal) || metric.StartsWith("estimated.", StringComparison.Ordinal) || metric.StartsWith("drift.", StringComparison.Ordinal) ? ""
        : catalogue.Find(metric)?.Unit ?? "";

    public static string Name(string metric) => metric switch
    {
        "performance.accuracy" => "Accuracy",
        "performance.precision" => "Precision",
        "performance.recall" => "Recall",
        "performance.f1" => "F1",
        "performance.roc_auc" => "ROC AUC",
        "performance.log_loss" => "Log loss",
        "performance.brier" => "Brier score",
        "performance.ece" => "Calibration error",
        "performance.mae" => "Mean absolute error",
        "performance.rmse" => "Root mean squared error",
        "performance.mape" => "Mean absolute percentage error",
        "performance.wmape" => "Weighted absolute percentage error",
        "performance.smape" => "Symmetric absolute percentage error",
        "performance.precision_all_classes" => "Precision over all classes",
        "performance.recall_all_classes" => "Recall over all classes",
        "performance.f1_all_classes" => "F1 over all classes",
        "performance.r2" => "R\u00b2",
        "performance.label_coverage" => "Ground-truth coverage",
        _ => metric,
    };

    /// <summary>The tab of a model's page that shows a layer; empty for its summary.</summary>
    public static string Tab(MetricLayer layer) => layer switch
    {
        MetricLayer.Inputs => Links.Inputs,
        MetricLayer.Outputs => Links.Outputs,
        MetricLayer.Outcomes => Links.Performance,
        _ => "",
    };

    /// <summary>A p-value: small ones by their order, because nobody believes more digits.</summary>
    public static string PValue(double? value) => value is not { } known ? "\u2013" : known < 1e-6 ? "< 10\u207b\u2076" : Figures.Format(known);

    /// <summary>Where larger is better, the axis may not hide the fall; where smaller is better, it begins at 0.</summary>
    public static bool FromZero(MetricCatalogue catalogue, string metric) => catalogue.Find(metric)?.Direction == MetricDirection.LowerIsBetter;
}
