using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Multivariate;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Drift of all features together: can the rows be told from the reference's, and by what?</summary>
public sealed partial class MultivariatePanel
{
    private const string At = "at";

    /// <summary>A longer list says less.</summary>
    private const int MostContributors = 8;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private async Task<TogetherView> ReadAsync(CancellationToken cancellation)
    {
        var query = Scope.Query(
            Scope.RankingWindow,
            MultivariateMetrics.DomainClassifier,
            MultivariateMetrics.Importance,
            MultivariateMetrics.Pca,
            MultivariateMetrics.PcaReference
        );
        var points = await Scope.OfAllRows.ReadAsync(Reader, query with { Segment = "", Version = "" }, cancellation);
        var classified = points
            .Where(point => point.Metric == MultivariateMetrics.DomainClassifier && point.Value is not null)
            .OrderBy(point => point.WindowStart)
            .ToList();
        // The window chosen in the heat map, else the newest.
        var chosen =
            (
                DateTimeOffset.TryParse(Scope.Page[At], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                    ? classified.FindLast(point => point.WindowStart <= at && at < point.WindowEnd)
                    : null
            ) ?? classified.LastOrDefault();
        var selection = Scope.Overview.Baseline is { } baseline ? FeatureSelection.Of(Scope.Model, baseline) : new FeatureSelection([], 0);
        return new TogetherView
        {
            Told = points.Any(point => point.Metric == MultivariateMetrics.DomainClassifier)
                ? [PointSeries.Of(points, MultivariateMetrics.DomainClassifier, "ROC AUC")]
                : [],
            Rebuilt = points.Any(point => point.Metric == MultivariateMetrics.Pca && point.Value is not null)
                ?
                [
                    PointSeries.Of(points, MultivariateMetrics.PcaReference, "without drift", "--chart-reference-line", dashed: true),
                    PointSeries.Of(points, MultivariateMetrics.Pca, "reconstruction error"),
                ]
                : [],
            Contributors =
            [
                .. points
                    .Where(point =>
                        point.Metric == MultivariateMetrics.Importance
                        && point.WindowStart == chosen?.WindowStart
                        && point.Value is not null
                    )
                    .OrderByDescending(point => point.Value)
                    .Take(MostContributors),
            ],
            ContributorsAt = chosen?.WindowStart,
            IsDrift = chosen?.Lower > 0.5,
            Words = chosen is null ? null : ToldWords(classified, chosen),
            RebuiltWords = RebuiltWords(points),
            Used = selection.Features.Length,
            LeftOut = selection.LeftOut,
        };
    }

    private static string ToldWords(List<MetricPoint> classified, MetricPoint chosen) =>
        ChartWords.Describe("ROC AUC", PointSeries.WithGaps([.. classified.Select(PointSeries.Of)]), "")
        + (chosen.Lower > 0.5 ? " They can be told apart." : " Chance explains it.");

    private static string? RebuiltWords(IReadOnlyList<MetricPoint> points)
    {
        var now = points
            .Where(point => point.Metric == MultivariateMetrics.Pca && point.Value is not null)
            .MaxBy(point => point.WindowStart);
        var band = points.FirstOrDefault(point =>
            point.Metric == MultivariateMetrics.PcaReference && point.WindowStart == now?.WindowStart
        );
        if (now is null || band is not { Lower: { } low, Upper: { } high })
            return null;
        var where =
            now.Lower > high ? "above it"
            : now.Upper < low ? "below it"
            : "within chance";
        return $"Reconstruction error {Figures.Format(now.Value)} (95 % {Figures.Format(now.Lower)} .. {Figures.Format(now.Upper)}) "
            + $"in the last window, n {Figures.Count(now.N)}; without drift {Figures.Format(low)} .. {Figures.Format(high)}: {where}.";
    }

    private static string Width(double? share) => (100 * Math.Clamp(share ?? 0, 0, 1)).ToString("0.#", CultureInfo.InvariantCulture);

    private string WhyNothing =>
        Scope.Overview.Baseline is null
            ? "There is no reference yet: upload one, or wait for the first complete days, of 1,000 rows together."
            : "A window needs 100 rows, the reference 200, and one feature that is a number, a category or a boolean.";

    private sealed record TogetherView
    {
        public required IReadOnlyList<ChartSeries> Told { get; init; }
        public required IReadOnlyList<ChartSeries> Rebuilt { get; init; }
        public required IReadOnlyList<MetricPoint> Contributors { get; init; }
        public DateTimeOffset? ContributorsAt { get; init; }
        public bool IsDrift { get; init; }
        public string? Words { get; init; }
        public string? RebuiltWords { get; init; }
        public int Used { get; init; }
        public int LeftOut { get; init; }
    }
}
