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
    /// <summary>More classes than colours: the rest is one grey band.</summary>
    private const int MostClasses = Palette.Colours;

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

    private async Task<ShareView> ReadSharesAsync(CancellationToken cancellation)
    {
        var points = await ReadAsync([OutputMetrics.Share], null, cancellation);
        var known = Scope.Model.Classes;
        var present = points
            .Where(point => point.Value > 0)
            .Select(point => point.Class)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(name => known.IndexOf(name) is >= 0 and var place ? place : int.MaxValue)
            .ThenBy(name => name, StringComparer.Ordinal)
            .ToList();
        var named = present.Where(name => known.IndexOf(name) is >= 0 and < MostClasses).ToList();
        var rest = present.Except(named, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        List<string> names = [.. named, .. rest.Count > 0 ? new[] { rest.Count == 1 ? rest.First() : $"{rest.Count} others" } : []];
        var places = named
            .Select((name, place) => (name, place))
            .ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        var cells = points
            .Where(point => point.Value > 0)
            .GroupBy(point => (point.WindowStart, point.WindowEnd, Series: places.GetValueOrDefault(point.Class, named.Count)))
            .Select(group => new ShareCell(
                group.Key.WindowStart,
                group.Key.WindowEnd,
                group.Key.Series,
                (long)Math.Round(group.Sum(point => point.Value!.Value * point.N))
            ))
            .OrderBy(cell => cell.Start)
            .ToList();
        return new ShareView(names, [.. names.Select(name => Palette.Of(known, name))], cells);
    }

    private async Task<BinView> ReadConfidenceAsync(CancellationToken cancellation)
    {
        var profile = await ScopedProfile.ReadAsync(Profiles, Scope, PseudoFeatures.Confidence, Scope.From, Scope.To, cancellation);
        if (profile is null || profile.Present == 0)
            return new BinView([], 0, "");
        const int half = 50;
        var unsure = profile.Bins.Take(half).Aggregate(0.0, (sum, one) => sum + one);
        var bins = DistributionBins.OfUnitInterval(profile);
        if (await OtherAsync(PseudoFeatures.Confidence, cancellation) is { } other)
            bins = DistributionBins.Beside(bins, DistributionBins.OfUnitInterval(other));
        return new BinView(
            bins,
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
        var now = await ScopedProfile.ReadAsync(Profiles, Scope, feature, Scope.From, Scope.To, cancellation);
        if (now is null)
            return new BinView([], 0, "Nothing in this range.");
        var bins = DistributionBins.Of(baseline, now);
        if (await OtherAsync(feature, cancellation) is { } other)
            bins = DistributionBins.Beside(bins, DistributionBins.Of(baseline, other));
        return new BinView(bins, now.Rows, "");
    }

    /// <summary>The same of what the page is compared with; null when with nothing, or when that has nothing.</summary>
    private async Task<FeatureProfile?> OtherAsync(string feature, CancellationToken cancellation) =>
        Scope.Other is { } other ? await ScopedProfile.ReadAsync(Profiles, other, feature, other.From, other.To, cancellation) : null;

    private sealed record ShareView(IReadOnlyList<string> Names, IReadOnlyList<string> Colours, IReadOnlyList<ShareCell> Cells);

    private sealed record BinView(IReadOnlyList<DistributionBin> Bins, long Rows, string Words);
}
