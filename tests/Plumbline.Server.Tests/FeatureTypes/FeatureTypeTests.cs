using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Monitoring.FeatureTypes;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RightNumbers;
using Plumbline.Store;

namespace Plumbline.Server.Tests.FeatureTypes;

/// <summary>
/// The same values get the same type whichever way they come, all of them decide and not the first, and people can correct it.
/// </summary>
public sealed class FeatureTypeTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_values_of_a_batch_decide_and_words_for_missing_are_missing()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "types");
        await model.PredictAsync(
            0,
            200,
            i =>
                $$"""
                    "prediction":1,"features":{"a":{{(i == 0 ? "\"NaN\"" : i)}},"b":{{(i == 0 ? "\"N/A\"" : i)}},"c":{{(
                        i == 0 ? "0" : "\"x\""
                    )}},
                    "id":{{9007199254740993
                        + i}},"long":12345678901234,"user":{"country":"FR","plan":{"seats":{{i}} } }," padded ":1,"gone":"None"}
                    """.ReplaceLineEndings(
                    ""
                )
        );
        await model.ComputedAsync();

        Assert.Equal(
            [
                ("a", "numeric"),
                ("b", "numeric"),
                ("c", "categorical"),
                ("id", "categorical"),
                ("long", "numeric"),
                ("padded", "numeric"),
                ("user.country", "categorical"),
                ("user.plan.seats", "numeric"),
            ],
            await host.FeatureTypesAsync(model.Name)
        );
        Assert.Equal(1 / 200.0, await model.ValueAsync("input.missing_rate", "a"), 1e-12);
        Assert.Equal(1 / 200.0, await model.ValueAsync("input.missing_rate", "b"), 1e-12);
        Assert.Equal(0, await model.ValueAsync("input.type_error_rate", "b"), 1e-12);
        var newest = (await model.GetAsync("/predictions?limit=1")).GetProperty("predictions")[0].GetProperty("features");
        Assert.Equal("9007199254741192", newest.GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_first_event_alone_decides_nothing_for_good()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "types");
        await model.PredictAsync(0, 1, _ => """ "prediction":1,"features":{"letters":0,"numbers":"unknown","flag":1} """);
        await model.ComputedAsync();
        Assert.Equal([("flag", "numeric"), ("letters", "numeric"), ("numbers", "categorical")], await host.FeatureTypesAsync(model.Name));

        await model.PredictAsync(
            0.1,
            199,
            i =>
                $$""" "prediction":1,"features":{"letters":"{{(char)('a' + (i % 5))}}","numbers":{{i}},"flag":{{(i % 2 == 0 ? "true" : "false")}}} """
        );
        await model.ComputedAsync();
        await UntilAsync(async () =>
            (await host.FeatureTypesAsync(model.Name)).SequenceEqual([
                ("flag", "categorical"),
                ("letters", "categorical"),
                ("numbers", "numeric"),
            ])
        );
        await model.ComputedAsync();
        // What was stored under the old type is there under the new one, and what does not fit it is a type error.
        Assert.Equal(0, await model.ValueAsync("input.type_error_rate", "letters"), 1e-12);
        Assert.Equal(0, await model.ValueAsync("input.missing_rate", "letters"), 1e-12);
        Assert.Equal(1 / 200.0, await model.ValueAsync("input.type_error_rate", "numbers"), 1e-12);
        var oldest = (
            await model.GetAsync(
                $"/predictions?to={SmallModel.Start.AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}&from={SmallModel.Start:yyyy-MM-ddTHH:mm:ssZ}"
            )
        ).GetProperty("predictions")[0];
        Assert.Equal("0", oldest.GetProperty("features").GetProperty("letters").GetString());
        Assert.Equal("\"unknown\"", oldest.GetProperty("type_errors").GetProperty("numbers").GetString());
    }

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

    [Fact]
    public async Task A_reference_gives_the_types_that_its_values_have_in_every_format()
    {
        const int Rows = 100;
        var csv = new StringBuilder("zip, income,money,few,flag,id,y\n");
        var ndjson = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"0{1000 + i},{(i % 10 == 0 ? "NA" : i)},{i}.25,{(i == 0 ? "broken" : i)},");
            csv.Append(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "True" : "false")},{9007199254740993 + i},1\n");
            ndjson
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""
                    {"zip":"0{{1000 + i}}"," income":{{(i % 10 == 0 ? "\"NA\"" : i)}},"money":{{i}}.25,"few":{{(
                        i == 0 ? "\"broken\"" : i
                    )}},"flag":{{(i % 2 == 0 ? "true" : "false")}},"id":{{9007199254740993 + i}},"y":1}
                    """
                )
                .Append('\n');
        }

        foreach (var (text, type) in new[] { (csv.ToString(), "text/csv"), (ndjson.ToString(), "application/x-ndjson") })
        {
            var model = await host.CreateModelAsync(new { task = "regression" }, "types");
            var (status, body) = await PutAsync(model, Encoding.UTF8.GetBytes(text), type);
            Assert.True(status == HttpStatusCode.OK, body.ToString());
            Assert.Equal(
                [
                    ("few", "numeric"),
                    ("flag", "boolean"),
                    ("id", "categorical"),
                    ("income", "numeric"),
                    ("money", "numeric"),
                    ("zip", "categorical"),
                ],
                await host.FeatureTypesAsync(model)
            );
            var baseline = host.Get<BaselineCatalog>().Find(host.Get<ModelCatalog>().Find(model)!.Id)!;
            Assert.Equal(
                (10, 90, 0),
                (
                    baseline.Features["income"].Profile.Missing,
                    baseline.Features["income"].Profile.Present,
                    baseline.Features["income"].Profile.TypeErrors
                )
            );
            Assert.Equal(
                (0, 99, 1),
                (
                    baseline.Features["few"].Profile.Missing,
                    baseline.Features["few"].Profile.Present,
                    baseline.Features["few"].Profile.TypeErrors
                )
            );
            Assert.Contains("9007199254740995", baseline.Features["id"].Categories);
            Assert.Contains("01003", baseline.Features["zip"].Categories);
        }
    }

    [Fact]
    public async Task Objects_inside_a_reference_become_the_features_that_events_make_of_them()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "types");
        var rows = string.Join(
            '\n',
            Enumerable
                .Range(0, 60)
                .Select(i => $$"""{"user":{"plan":{"seats":{{i}}},"country":"{{(i % 2 == 0 ? "FR" : "DE")}}"},"list":[{{i % 3}}],"y":1}""")
        );
        var (status, body) = await PutAsync(model.Name, Encoding.UTF8.GetBytes(rows), "application/x-ndjson");
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        var types = await host.FeatureTypesAsync(model.Name);
        Assert.Equal([("list", "categorical"), ("user.country", "categorical"), ("user.plan.seats", "numeric")], types);
        await model.PredictAsync(
            0,
            60,
            i =>
                $$""" "prediction":1,"features":{"user":{"plan":{"seats":{{i}}},"country":"{{(i % 2 == 0 ? "FR" : "DE")}}"},"list":[{{i % 3}}]} """
        );
        await model.ComputedAsync();
        Assert.Equal(types, await host.FeatureTypesAsync(model.Name));
        foreach (var feature in (string[])["user.country", "user.plan.seats"])
            Assert.Equal(0, await model.ValueAsync("drift.psi", feature), 1e-9);
    }

    [Theory]
    [InlineData("text/csv", "a,b\n1,caf\u00e9\n")]
    [InlineData("application/x-ndjson", "{\"a\":1,\"b\":\"caf\u00e9\"}\n")]
    [InlineData("application/x-ndjson", "{\"a\":{\"c\":1},\"b\":\"caf\u00e9\"}\n")]
    public async Task Bytes_that_are_not_utf8_are_said(string type, string text)
    {
        var model = await host.CreateModelAsync(new { task = "regression" }, "types");
        var (status, body) = await PutAsync(model, Encoding.Latin1.GetBytes(text), type, "");
        Assert.Equal((HttpStatusCode.BadRequest, "not_utf8"), (status, body.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_reference_corrects_what_a_few_events_let_guess()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "types");
        await model.PredictAsync(0, 40, _ => """ "prediction":1,"features":{"zip":75001} """);
        await model.ComputedAsync();
        await model.ReferenceAsync("prediction=y", "y,zip", Enumerable.Range(0, 50).Select(i => $"1,0{i + 1000}"));
        await model.ComputedAsync();
        Assert.Equal([("zip", "categorical")], await host.FeatureTypesAsync(model.Name));
        Assert.Equal(0, await model.ValueAsync("input.missing_rate", "zip"), 1e-12);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(
        string model,
        byte[] body,
        string mediaType,
        string query = "?prediction=y"
    )
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var response = await host.Client.PutAsync(new Uri($"/v1/models/{model}/reference{query}", UriKind.Relative), content, Ct);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        // A change of type waits for the engine to look at every part of all models; beside hundreds of them that takes its time.
        for (var attempt = 0; attempt < 1_200 && !await condition(); attempt++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        Assert.True(await condition());
    }
}
