using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Monitoring.Segments;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>The segments of a dimension, each against itself before, regressions first.</summary>
public sealed partial class SegmentTablePanel
{
    internal const string Dimension = "by";
    private const string Sort = "metric";
    private const string PageNumber = "page";
    private const int PageSize = 50;

    /// <summary>Columns of metrics: more do not fit a screen.</summary>
    private const int MostMetrics = 6;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private int Offset =>
        int.TryParse(Scope.Page[PageNumber], NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            ? Math.Min(page, 1000) * PageSize
            : 0;

    private Task<SegmentTable> ReadAsync(CancellationToken cancellation) =>
        Reader.ReadAsync(
            Scope.Model,
            new SegmentQuery
            {
                Dimension = SegmentWords.Dimensions(Scope.Model).Contains(Scope.Page[Dimension]) ? Scope.Page[Dimension] : null,
                Metric = SegmentTableReader.Columns(Scope.Model).Contains(Scope.Page[Sort]) ? Scope.Page[Sort] : null,
                Version = Scope.Version,
                From = Scope.From,
                To = Scope.To,
                Offset = Offset,
                Limit = PageSize,
            },
            cancellation
        );

    /// <summary>Columns in which some line has a number.</summary>
    private static IReadOnlyList<string> Shown(SegmentTable table) =>
        [
            .. table
                .Metrics.Where(
                    (metric, place) => place == 0 || table.Lines.Append(table.All).Any(line => line.Metrics[place].Value is not null)
                )
                .Take(MostMetrics),
        ];

    private string Unit(string metric) =>
        KnownMetrics.Of(metric) is var known && known.Unit == CostMetrics.AsCurrency ? Scope.Model.Cost?.Currency ?? "" : known.ChartUnit;

    private bool IsWorse(SegmentMetric metric) =>
        KnownMetrics.Find(Scope.Model, metric.Metric)?.Direction switch
        {
            MetricDirection.LowerIsBetter => metric.Change > 0,
            MetricDirection.HigherIsBetter => metric.Change < 0,
            _ => false,
        };

    private static string? Number(int page) => page <= 0 ? null : page.ToString(CultureInfo.InvariantCulture);
}
