using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.FeatureTypes;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RightNumbers;
using Plumbline.Store;

namespace Plumbline.Server.Tests.FeatureTypes;

/// <summary>
/// While a feature gets another type, whoever computes may hold a definition that is newer than the reference, or older: the reference's
/// rows have no column of that feature then. A long fuzz met it as "Unknown identifier".
/// </summary>
public sealed class OtherColumnTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feature_in_another_column_than_the_reference_has_is_computed_without_bins()
    {
        var small = await SmallModel.CreateAsync(
            host,
            new
            {
                task = "regression",
                segments = new[] { "zip" },
                features = new { zip = new { type = "categorical" }, kept = new { type = "numeric" } },
            },
            "types"
        );
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
        var changed = model with
        {
            Features = [.. model.Features.Select(feature => feature.Name == "zip" ? feature with { Ordinal = ordinal } : feature)],
        };
        var rows = await profiles.ComputeLiveAsync(changed, from, to, Ct);
        Assert.Equal((0, 100L), (Zip(rows).Baseline, (long)Zip(rows).Missing));
        Assert.NotEqual(0, rows.First(row => row.Feature == "kept").Baseline);

        var baseline = host.Get<BaselineCatalog>().Find(changed)!;
        Assert.Equal(["@prediction", "kept"], baseline.Features.Keys.Order(StringComparer.Ordinal));
        // Learning from the reference's rows asks for the features and for the segments.
        await host.Get<CalibratedNulls>().FindAsync(changed, baseline, Ct);
    }

    [Fact]
    public async Task What_has_just_fallen_out_of_use_is_left_when_what_did_so_before_is_dropped()
    {
        var small = await SmallModel.CreateAsync(
            host,
            new { task = "regression", features = new { code = new { type = "numeric" } } },
            "types"
        );
        await small.ReferenceAsync("prediction=y", "y,code", Enumerable.Range(0, 60).Select(i => $"1,{i}"));
        await small.PredictAsync(0, 10, i => $$""" "prediction":1,"features":{"code":{{i}}} """);
        await small.ComputedAsync();
        var (catalog, former, retyping) = (host.Get<ModelCatalog>(), host.Get<FormerStorage>(), host.Get<FeatureRetyping>());
        var id = catalog.Find(small.Name)!.Id;
        await retyping.RetypeAsync(id, "code", FeatureType.Categorical, provisional: false, Ct);
        var (since, before) = (former.Now(id)!, catalog.Find(id)!);
        await retyping.RetypeAsync(id, "code", FeatureType.Text, provisional: false, Ct);

        // The numeric column, and the reference before the first change. The categorical ones may be read by whoever began before the
        // second.
        Assert.Equal(2, await former.DropAsync(since, Ct));
        Assert.Equal(
            10,
            (await host.Get<ProfileStore>().ComputeLiveAsync(before, SmallModel.Start, SmallModel.Start.AddHours(1), Ct))
                .First(row => row.Feature == "code")
                .Present
        );
        Assert.Contains(
            before.FindFeature("code")!.Column,
            await host.Get<ModelTables>().ColumnsAsync(ModelTables.Reference(id, since.Generation), Ct)
        );
        Assert.Equal(2, await former.DropAsync(id, Ct));
    }

    private static FeatureProfile Zip(IEnumerable<FeatureProfile> rows) =>
        rows.First(row => row.Feature == "zip" && row.Scope.SegmentKey.Length == 0);
}
