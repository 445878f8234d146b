using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Maturity;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// Ground truth may take longer than the range is: then the newest number is older than the range, and it is shown with its day, beside
/// what is estimated for now.
/// </summary>
public partial class LayerOutcomesPanel
{
    /// <summary>Days on either side of the newest judged one, in the range that a link to it sets.</summary>
    private const int DaysAround = 3;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Inject]
    public MetricReader Reader { get; set; } = null!;

    [Inject]
    public LabelMaturityReader Maturity { get; set; } = null!;

    [Inject]
    public BrowserPage Browser { get; set; } = null!;

    [Inject]
    public TimeProvider Time { get; set; } = null!;

    private string Main => KnownMetrics.MainOf(Scope.Model);

    private string EstimateOfMain => EstimatedMetrics.Of(Main[(Main.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    private MetricDefinition Measure => KnownMetrics.Of(Main);

    private LayerHealth Health => Scope.Overview.Layers.First(health => health.Layer == MetricLayer.Outcomes);

    private async Task<OutcomesView> ReadAsync(CancellationToken cancellation)
    {
        string[] metrics = [Main, EstimateOfMain, PerformanceMetrics.LabelCoverage];
        var points = await Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), metrics), cancellation);
        // A day has rows enough for a number that is read alone; the range does not bound it from below.
        var day = Scope.Model.Window < CoarseWindows.Day ? CoarseWindows.Day : Scope.Model.Window;
        var query = Scope.Query(day, Main, EstimateOfMain) with { From = Scope.Overview.First?.AddDays(-7) ?? Scope.From };
        var days = await Reader.ReadAsync(Scope.Model, query, cancellation);
        var coverage = points.Where(point => point.Metric == PerformanceMetrics.LabelCoverage).ToList();
        return new OutcomesView
        {
            Judged = Newest(days, Main) ?? Newest(points, Main),
            Estimate = Newest(days, EstimateOfMain) ?? Newest(points, EstimateOfMain),
            JudgedInRange = Newest(points, Main) is not null,
            Delay = await Maturity.MatureAgeAsync(Scope.Model, cancellation),
            Labelled = coverage.Sum(point => (point.Value ?? 0) * point.N),
            Rows = coverage.Sum(point => point.N),
            Lines = Lines(points),
            Coverage = [PointSeries.Of(points, PerformanceMetrics.LabelCoverage, "with ground truth", Palette.At(7))],
        };
    }

    private List<ChartSeries> Lines(IReadOnlyList<MetricPoint> points)
    {
        var lines = new List<ChartSeries>();
        if (Newest(points, Main) is not null)
            lines.Add(PointSeries.Of(points, Main, "measured"));
        if (Newest(points, EstimateOfMain) is not null)
            lines.Add(PointSeries.Of(points, EstimateOfMain, "estimated", Palette.At(1), dashed: true));
        return lines;
    }

    private static MetricPoint? Newest(IEnumerable<MetricPoint> points, string metric) =>
        points.Where(point => point.Metric == metric && point.Value is not null).MaxBy(point => point.WindowStart);

    private string Written(double? value) => Figures.Format(value, Measure.ChartUnit);

    private string Sure(MetricPoint point) =>
        (point is { Lower: { } low, Upper: { } high } ? $"; 95 % {Written(low)} .. {Written(high)}" : "") + $", n {Figures.Count(point.N)}";

    private static string Usually(TimeSpan? delay) => delay is { } known ? $": it usually takes {Figures.Span(known)}" : "";

    private string Day(MetricPoint point) => Browser.Day(point.WindowStart + ((point.WindowEnd - point.WindowStart) / 2), Time.GetUtcNow());

    private string AddressOf(MetricPoint point) =>
        Scope.Page.With(
            ("range", null),
            ("from", TimeRange.Text(point.WindowStart.AddDays(-DaysAround))),
            ("to", TimeRange.Text(point.WindowEnd.AddDays(DaysAround))),
            ("window", DurationText.Format(point.WindowEnd - point.WindowStart))
        );

    private sealed record OutcomesView
    {
        /// <summary>The newest number with ground truth, whether in the range or before it.</summary>
        public MetricPoint? Judged { get; init; }

        public MetricPoint? Estimate { get; init; }

        public required bool JudgedInRange { get; init; }

        public TimeSpan? Delay { get; init; }

        public required double Labelled { get; init; }

        public required long Rows { get; init; }

        public required IReadOnlyList<ChartSeries> Lines { get; init; }

        public required IReadOnlyList<ChartSeries> Coverage { get; init; }
    }
}
