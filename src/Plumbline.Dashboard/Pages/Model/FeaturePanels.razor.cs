using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>One feature: what it looked like in the reference and now, how it moved, what was missing.</summary>
public sealed partial class FeaturePanels
{
    private const string At = "at";
    private const string Until = "until";

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Feature { get; set; } = "";

    [Inject]
    public BrowserPage Browser { get; set; } = null!;

    [Inject]
    public TimeProvider Time { get; set; } = null!;

    private FeatureDefinition? Definition => Scope.Model.FindFeature(Feature);

    /// <summary>The window chosen in the heat map, or the whole range.</summary>
    private (DateTimeOffset From, DateTimeOffset To) Span =>
        TimeRange.Parse(null, Scope.Page[At], Scope.Page[Until]) is { Fixed: true } chosen
            ? (chosen.From!.Value, chosen.To!.Value)
            : Scope.Range;

    private string CurrentWords(ProfileView view) =>
        Scope.Page[At] is null
            ? $"this range, n {Figures.Count(view.Rows)}"
            : $"window of {Browser.Local(Span.From, Time.GetUtcNow())}, n {Figures.Count(view.Rows)}";

    private Task<IReadOnlyList<MetricPoint>> ReadPointsAsync(CancellationToken cancellation) =>
        Scope.ReadAsync(
            Reader,
            Scope.Query(
                Scope.Window(),
                PopulationStabilityIndex.Name,
                InputMetrics.MissingRate,
                InputMetrics.UnseenRate,
                InputMetrics.OutOfRangeRate,
                InputMetrics.TypeErrorRate
            ) with
            {
                Features = [Feature],
            },
            cancellation
        );

    private async Task<ProfileView> ReadProfileAsync(CancellationToken cancellation)
    {
        if (Scope.Overview.Baseline?.Features.GetValueOrDefault(Feature) is not { } all)
        {
            return new ProfileView(
                null,
                false,
                0,
                0,
                [],
                Definition?.Type == FeatureType.Text
                    ? "Text is not binned; its missing values are counted."
                    : "The reference does not have this feature."
            );
        }
        var baseline = await ScopedProfile.ComparedAsync(References, Scope, all, cancellation);
        // The window chosen in the heat map is as much earlier on the other side as its range is.
        var both = await Scope.BothAsync(side =>
            ScopedProfile.ReadAsync(
                Profiles,
                side,
                Feature,
                Span.From + (side.From - Scope.From),
                Span.To + (side.To - Scope.To),
                cancellation
            )
        );
        var now = both.Own;
        var then = baseline.Profile;
        var numbers = new List<(string, string, string)>();
        var unit = Definition?.Unit ?? "";
        if (baseline.IsNumeric && now is not null)
        {
            numbers.Add(("mean", Figures.Format(now.Mean, unit), Figures.Format(baseline.Mean, unit)));
            numbers.Add(
                (
                    "range",
                    $"{Figures.Format(now.Minimum, unit)} .. {Figures.Format(now.Maximum, unit)}",
                    $"{Figures.Format(then.Minimum, unit)} .. {Figures.Format(then.Maximum, unit)}"
                )
            );
        }
        numbers.Add(("missing", Figures.Share(now?.Missing ?? 0, now?.Rows ?? 0), Figures.Share(then.Missing, then.Rows)));
        var bins = DistributionBins.OfBoth(both, profile => DistributionBins.Of(baseline, profile, unit));
        return new ProfileView(bins, baseline.IsNumeric, now?.Rows ?? 0, then.Rows, numbers, null);
    }

    private ReferenceBand? Noise(IReadOnlyList<MetricPoint> points) =>
        DriftNoise.Of(
            Scope.Overview.Baseline?.Features.GetValueOrDefault(Feature),
            points.Where(point => point.Metric == PopulationStabilityIndex.Name)
        );

    private List<ChartSeries> Rates(IReadOnlyList<MetricPoint> points)
    {
        (string Metric, string Words, string Colour)[] rates =
        [
            (InputMetrics.MissingRate, "missing", Palette.At(0)),
            (InputMetrics.UnseenRate, "unseen", Palette.At(1)),
            (InputMetrics.OutOfRangeRate, "out of range", Palette.At(2)),
            (InputMetrics.TypeErrorRate, "wrong type", Palette.At(3)),
        ];
        return
        [
            .. rates
                .Where((rate, place) => place == 0 || points.Any(point => point.Metric == rate.Metric && point.Value > 0))
                .Select(rate => PointSeries.Of(points, rate.Metric, rate.Words, rate.Colour, Feature)),
        ];
    }

    private sealed record ProfileView(
        IReadOnlyList<DistributionBin>? Bins,
        bool Numeric,
        long Rows,
        long ReferenceRows,
        IReadOnlyList<(string Name, string Now, string Then)> Numbers,
        string? Why
    );
}
