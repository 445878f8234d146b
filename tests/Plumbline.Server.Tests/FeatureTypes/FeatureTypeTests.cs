using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RightNumbers;

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
