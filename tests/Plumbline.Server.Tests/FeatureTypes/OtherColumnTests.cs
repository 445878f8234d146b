using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RightNumbers;

namespace Plumbline.Server.Tests.FeatureTypes;

/// <summary>
/// While a feature gets another type, whoever computes may hold a definition that is newer than the reference, or older: the reference's rows have no
/// column of that feature then. A long fuzz met it as "Unknown identifier".
/// </summary>
public sealed class OtherColumnTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feature_in_another_column_than_the_reference_has_is_computed_without_bins()
    {
        var small = await SmallModel.CreateAsync(
            host, new { task = "regression", segments = new[] { "zip" }, features = new { zip = new { type = "categorical" }, kept = new { type = "numeric" } } }, "types");
        // More categories than have bins: what is not among them is looked up in the reference's rows.
        await small.ReferenceAsync("prediction=y", "y,zip,kept", Enumerable.Range(0, 300).Select(i => $"1,z{i % 60},{i}"));
        await small.PredictAsync(0, 100, i => $$""" "prediction":1,"features":{"zip":"z{{i % 60}}","kept":{{i}}} """);
        await small.ComputedAsync();
        var model = host.Get<ModelCatalog>().Find(small.Name)!;
        var (from, to) = (SmallModel.Start, SmallModel.Start.AddHours(1));
        var profiles = host.Get<ProfileStore>();
        var before = Zip(await profiles.ComputeLiveAsync(model, from, to, Ct));
        Assert.NotEqual(0, before.Baseline);

        var ordinal = await host.Get<ModelCatalog>().ReserveOrdinalAsync(model.Id, Ct);
        var changed = model with { Features = [.. model.Features.Select(feature => feature.Name == "zip" ? feature with { Ordinal = ordinal } : feature)] };
        var rows = await profiles.ComputeLiveAsync(changed, from, to, Ct);
        Assert.Equal((0, 100L), (Zip(rows).Baseline, (long)Zip(rows).Missing));
        Assert.NotEqual(0, rows.First(row => row.Feature == "kept").Baseline);

        var baseline = host.Get<BaselineCatalog>().Find(changed)!;
        Assert.Equal(["@prediction", "kept"], baseline.Features.Keys.Order(StringComparer.Ordinal));
        // Learning from the reference's rows asks for the features and for the segments.
        await host.Get<CalibratedNulls>().FindAsync(changed, baseline, Ct);
    }

    private static FeatureProfile Zip(IEnumerable<FeatureProfile> rows) => rows.First(row => row.Feature == "zip" && row.Scope.SegmentKey.Length == 0);
}
