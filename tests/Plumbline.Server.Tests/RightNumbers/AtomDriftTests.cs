using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>
/// References in which one value holds most of the weight, through the real host. Golden KS and Wasserstein: SciPy on the same rows.
/// </summary>
public sealed class AtomDriftTests(TestHost host)
{
    [Fact]
    public async Task Zeros_flags_and_constants_that_move_are_seen_by_every_measure()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "atoms");
        await model.ReferenceAsync(
            "prediction=y",
            "y,spend,flag,constant,moved",
            Enumerable
                .Range(0, 1000)
                .Select(i =>
                    string.Create(CultureInfo.InvariantCulture, $"{i % 7},{(i % 25 < 23 ? 0 : 5 + i % 9)},{(i < 2 ? 1 : 0)},3,{i / 10.0}")
                )
        );
        await model.PredictAsync(
            0,
            500,
            i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    "prediction":{{i % 7}},"features":{"spend":{{(i % 5 == 0 ? 0 : 5 + i % 9)}},"flag":{{i % 2}},"constant":4,"moved":{{50
                        + i / 5.0}}}
                    """
                )
        );
        await model.ComputedAsync();

        foreach (var (feature, distance) in new[] { ("spend", 0.72), ("flag", 0.498), ("constant", 1.0) })
        {
            var ks = await model.PointAsync("drift.ks", feature);
            Assert.Equal(distance, ks.GetProperty("value").GetDouble(), 1e-12);
            Assert.Equal(0, ks.GetProperty("error_bound").GetDouble(), 1e-12);
            Assert.True(ks.GetProperty("p_value").GetDouble() < 1e-20, feature);
            Assert.Equal(distance, await model.ValueAsync("drift.total_variation", feature), 1e-12);
            Assert.True(await model.ValueAsync("drift.psi", feature) > 1, feature);
            Assert.True(await model.ValueAsync("drift.js", feature) > 0.4, feature);
            Assert.True(await model.ValueAsync("drift.hellinger", feature) > 0.4, feature);
            Assert.True((await model.PointAsync("drift.chi2", feature)).GetProperty("p_value").GetDouble() < 1e-20, feature);
        }

        // 0.2 % ones -> 50 % ones: the mean moves by 0.498, and the reference's standard deviation is that of 2 ones in 1,000.
        Assert.Equal(0.498 / Math.Sqrt(0.002 * 0.998), await model.ValueAsync("drift.wasserstein", "flag"), 1e-9);
        var constant = await model.PointAsync("drift.wasserstein", "constant");
        Assert.Equal("undefined", constant.GetProperty("status").GetString());
        Assert.Contains("constant", constant.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("bad", (await model.HealthAsync("inputs")).State);
    }

    [Fact]
    public async Task A_reference_that_was_binned_before_heavy_values_had_bins_is_binned_again()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "old-bins");
        await model.ReferenceAsync("prediction=y", "y,flag", Enumerable.Range(0, 500).Select(i => $"{i % 7},{(i < 2 ? 1 : 0)}"));
        var id = host.Get<ModelCatalog>().Find(model.Name)!.Id;
        var catalog = host.Get<BaselineCatalog>();
        var old = catalog.Find(id)!;
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync())
        {
            // As an older release wrote it: without a word about how its bins were made.
            var row = await db.Baselines.SingleAsync(row => row.ModelId == id);
            row.Content = row.Content.Replace($",\"Binning\":{Baseline.CurrentBinning}", "", StringComparison.Ordinal);
            await db.SaveChangesAsync();
        }

        await catalog.LoadAsync(CancellationToken.None);
        Assert.Equal(0, catalog.Find(id)!.Binning);
        await model.PredictAsync(
            0,
            100,
            i =>
                $$"""
                    "prediction":{{i % 7}},"features":{"flag":{{i % 2}}}
                    """
        );
        await model.ComputedAsync();
        var renewed = catalog.Find(id)!;
        Assert.Equal(
            (old.Generation + 1, Baseline.CurrentBinning, 500L, true),
            (renewed.Generation, renewed.Binning, renewed.Rows, renewed.Declared)
        );
        Assert.Equal(0.496, await model.ValueAsync("drift.ks", "flag"), 1e-12);
    }
}
