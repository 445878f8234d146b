using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Layer 3: what the model answers, and how that moves.</summary>
public sealed partial class OutputsTab
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private Task<IReadOnlyList<MetricPoint>> ReadAsync(string[] metrics, string[]? features, CancellationToken cancellation) =>
        Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), metrics) with { Features = features }, cancellation);

    private static IReadOnlyList<ChartSeries> Spread(IReadOnlyList<MetricPoint> points) =>
        [PointSeries.Of(points, OutputMetrics.StandardDeviation, "standard deviation", Palette.At(2))];

    private static IReadOnlyList<ChartSeries> Sureness(IReadOnlyList<MetricPoint> points) =>
        [
            PointSeries.Of(points, OutputMetrics.Confidence, "mean confidence"),
            PointSeries.Of(points, OutputMetrics.Entropy, "mean entropy", Palette.At(1), dashed: true),
        ];

    private ReferenceBand? Noise(IReadOnlyList<MetricPoint> points) =>
        DriftNoise.Of(
            Scope.Overview.Baseline?.Features.GetValueOrDefault(PseudoFeatures.Prediction),
            points.Where(point => point.Feature == PseudoFeatures.Prediction)
        );

    private async Task<Sides<ClassShares>> ReadSharesAsync(CancellationToken cancellation) =>
        ClassShares.Of(Scope.Model.Classes, Scope.Apart(await ReadAsync([OutputMetrics.Share], null, cancellation)));

    private async Task<BinView> ReadConfidenceAsync(CancellationToken cancellation)
    {
        var both = await ProfilesAsync(PseudoFeatures.Confidence, cancellation);
        if (both.Own is not { Present: > 0 } profile)
            return new BinView([], 0, "");
        const int half = 50;
        var unsure = profile.Bins.Take(half).Aggregate(0.0, (sum, one) => sum + one);
        return new BinView(
            DistributionBins.OfBoth(both, side => DistributionBins.OfUnitInterval(side!)),
            profile.Present,
            $"Mean confidence {Figures.Format(profile.Mean, "share")}; {Figures.Share(unsure, profile.Present)} of the answers are "
                + "less than half sure."
        );
    }

    private async Task<BinView> ReadScoresAsync(CancellationToken cancellation)
    {
        var feature = Scope.Model.Task == ModelTask.Regression ? PseudoFeatures.Prediction : PseudoFeatures.Score;
        if (Scope.Overview.Baseline?.Features.GetValueOrDefault(feature) is not { } all || all.Profile.Present == 0)
            return new BinView([], 0, "The reference has no scores.");
        var baseline = await ScopedProfile.ComparedAsync(References, Scope, all, cancellation);
        var both = await ProfilesAsync(feature, cancellation);
        return both.Own is { } now
            ? new BinView(DistributionBins.OfBoth(both, profile => DistributionBins.Of(baseline, profile)), now.Rows, "")
            : new BinView([], 0, "Nothing in this range.");
    }

    private Task<Sides<FeatureProfile?>> ProfilesAsync(string feature, CancellationToken cancellation) =>
        Scope.BothAsync(side => ScopedProfile.ReadAsync(Profiles, side, feature, side.From, side.To, cancellation));

    private sealed record BinView(IReadOnlyList<DistributionBin> Bins, long Rows, string Words);
}
