using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Monitoring.FeatureTypes;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RightNumbers;
using Plumbline.Store;

namespace Plumbline.Server.Tests.FeatureTypes;

/// <summary>People correct the type of a feature, or drop it, with all that is stored.</summary>
public sealed class FeatureTypeCorrectionTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_type_is_corrected_with_all_that_is_stored()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new { task = "regression", features = new { code = new { type = "numeric" }, kept = new { type = "numeric" } } },
            "types"
        );
        await model.ReferenceAsync(
            "prediction=y",
            "y,code,kept",
            Enumerable.Range(0, 200).Select(i => $"1,{(i % 4 == 3 ? "x/y" : i % 4)},{i}")
        );
        await model.PredictAsync(
            0,
            100,
            i => $$""" "prediction":1,"features":{"code":{{(i % 4 == 3 ? "\"x/y\"" : i % 4)}},"kept":{{i}}} """
        );
        await model.ComputedAsync();
        Assert.Equal(0.25, await model.ValueAsync("input.type_error_rate", "code"), 1e-12);

        using var answer = await host.Client.PatchAsJsonAsync(
            $"/v1/models/{model.Name}/features/code",
            new { type = "categorical", unit = "k" },
            Ct
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await model.ComputedAsync();
        Assert.Equal([("code", "categorical"), ("kept", "numeric")], await host.FeatureTypesAsync(model.Name));
        Assert.Equal(0, await model.ValueAsync("input.type_error_rate", "code"), 1e-12);
        Assert.Equal(0, await model.ValueAsync("drift.psi", "code"), 1e-9);
        Assert.DoesNotContain(await model.PointsAsync("drift.wasserstein"), point => point.GetProperty("feature").GetString() == "code");
        var baseline = host.Get<BaselineCatalog>().Find(host.Get<ModelCatalog>().Find(model.Name)!.Id)!;
        Assert.Equal(["0", "1", "2", "x/y"], baseline.Features["code"].Categories.Order(StringComparer.Ordinal));

        // Back again, by a declaration this time: the texts are numbers again, the word is a type error again.
        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{model.Name}",
            new { task = "regression", features = new { code = new { type = "numeric" } } },
            Ct
        );
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await model.PredictAsync(0.1, 10, i => """ "prediction":1,"features":{"code":7} """);
        await model.ComputedAsync();
        Assert.Equal(25 / 110.0, await model.ValueAsync("input.type_error_rate", "code"), 1e-12);
        Assert.Contains(await model.PointsAsync("drift.wasserstein"), point => point.GetProperty("feature").GetString() == "code");
    }

    [Fact]
    public async Task A_type_that_changes_while_new_features_come_shares_no_column_with_them()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new { task = "regression", features = new { code = new { type = "numeric" } } },
            "types"
        );
        await model.PredictAsync(0, 10, i => $$""" "prediction":1,"features":{"code":{{i}}} """);
        await model.ComputedAsync();
        var (catalog, retyping) = (host.Get<ModelCatalog>(), host.Get<FeatureRetyping>());
        var id = catalog.Find(model.Name)!.Id;
        for (var i = 0; i < 10; i++)
        {
            var change = retyping.RetypeAsync(
                id,
                "code",
                i % 2 == 0 ? FeatureType.Categorical : FeatureType.Numeric,
                provisional: false,
                Ct
            );
            // Spread over the time that the change takes.
            await Task.Delay(TimeSpan.FromMilliseconds(3 * i), TimeProvider.System, Ct);
            await catalog.EnsureFeaturesAsync(
                id,
                [($"new-{i}", i % 2 == 0 ? FeatureType.Numeric : FeatureType.Text)],
                provisional: true,
                Ct
            );
            await change;
        }

        var ordinals = catalog.Find(id)!.Features.Select(feature => feature.Ordinal).ToList();
        Assert.Equal(11, ordinals.Distinct().Count());
        Assert.Equal(10, (await model.GetAsync("/predictions?limit=20")).GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task A_change_of_type_that_ended_before_it_was_on_record_does_not_stand_in_the_way_of_the_next()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new { task = "regression", features = new { code = new { type = "numeric" } } },
            "types"
        );
        await model.PredictAsync(0, 10, i => $$""" "prediction":1,"features":{"code":{{i}}} """);
        await model.ComputedAsync();
        var catalog = host.Get<ModelCatalog>();
        var id = catalog.Find(model.Name)!.Id;
        // As a process leaves it that ends after it has made the column and before it says so.
        var code = catalog.Find(id)!.FindFeature("code")!;
        var unsaid = code with
        {
            Ordinal = await catalog.ReserveOrdinalAsync(id, Ct),
            Type = FeatureType.Text,
            Former = new FormerColumn(code.Ordinal, code.Type),
        };
        await host.Get<ModelTables>().BeginConversionAsync(id, ModelColumns.ConversionOf(unsaid)!, Ct);

        await host.Get<FeatureRetyping>().RetypeAsync(id, "code", FeatureType.Categorical, provisional: false, Ct);
        await model.ComputedAsync();
        Assert.Equal([("code", "categorical")], await host.FeatureTypesAsync(model.Name));
        // Who began to read before still finds the former column; a minute later it and what was given up are dropped.
        Assert.Equal(2, await host.Get<FormerStorage>().DropAsync(id, Ct));
        var columns = await host.Get<ModelTables>().ColumnsAsync(ModelTables.Predictions(id), Ct);
        Assert.Single(columns, column => FeatureColumn.IsOne(column));
        Assert.Equal(
            "9",
            (await model.GetAsync("/predictions?limit=20&filter=features.code:eq:9"))
                .GetProperty("predictions")[0]
                .GetProperty("features")
                .GetProperty("code")
                .GetString()
        );
    }

    [Fact]
    public async Task A_dropped_feature_is_gone_and_stays_away_until_it_is_declared()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "types");
        await model.ReferenceAsync("prediction=y", "y,a/b,c", Enumerable.Range(0, 50).Select(i => $"1,{i},{i}"));
        await model.PredictAsync(0, 50, i => $$""" "prediction":1,"features":{"a/b":{{i}},"c":{{i}}} """);
        await model.ComputedAsync();
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await host.Client.DeleteAsync(new Uri($"/v1/models/{model.Name}/features/a%2Fb", UriKind.Relative), Ct)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await host.Client.DeleteAsync(new Uri($"/v1/models/{model.Name}/features/a%2Fb", UriKind.Relative), Ct)).StatusCode
        );
        await model.PredictAsync(1, 50, i => $$""" "prediction":1,"features":{"a/b":{{i}},"c":{{i}}} """);
        await model.ComputedAsync();
        Assert.Equal([("c", "numeric")], await host.FeatureTypesAsync(model.Name));
        Assert.All(
            await model.PointsAsync("drift.psi,input.missing_rate"),
            point => Assert.NotEqual("a/b", point.GetProperty("feature").GetString())
        );

        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{model.Name}",
            new { task = "regression", features = new Dictionary<string, object> { ["a/b"] = new { type = "numeric" } } },
            Ct
        );
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await model.PredictAsync(2, 50, i => $$""" "prediction":1,"features":{"a/b":{{i}},"c":{{i}}} """);
        await model.ComputedAsync();
        Assert.Equal(0, await model.ValueAsync("input.missing_rate", "a/b", hour: 2), 1e-12);
    }

    [Fact]
    public async Task What_stands_on_a_feature_keeps_it_as_it_is()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "regression",
                features = new { country = new { type = "categorical" }, amount = new { type = "numeric" } },
                segments = new[] { "country" },
                slices = new object[] { new { name = "large", where = new object[] { new { feature = "amount", from = 5.0 } } } },
            },
            "types"
        );
        foreach (
            var (feature, body, status, code) in new (string, object, HttpStatusCode, string)[]
            {
                ("country", new { type = "numeric" }, HttpStatusCode.Conflict, "feature_in_use"),
                ("amount", new { type = "text" }, HttpStatusCode.Conflict, "feature_in_use"),
                ("amount", new { type = "number" }, HttpStatusCode.BadRequest, "feature_invalid"),
                ("amount", new { }, HttpStatusCode.BadRequest, "feature_invalid"),
                ("amount", new { kind = "numeric" }, HttpStatusCode.BadRequest, "json_invalid"),
                ("nothing", new { type = "text" }, HttpStatusCode.NotFound, "unknown_feature"),
            }
        )
        {
            using var answer = await host.Client.PatchAsJsonAsync($"/v1/models/{model}/features/{feature}", body, Ct);
            Assert.Equal(
                (status, code),
                (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString())
            );
        }

        Assert.Equal(
            HttpStatusCode.Conflict,
            (await host.Client.DeleteAsync(new Uri($"/v1/models/{model}/features/country", UriKind.Relative), Ct)).StatusCode
        );
    }
}
