using System.Net.Http.Json;

namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>A declaration does not give stored counts other names.</summary>
public sealed class RedeclaredModelTests(TestHost host)
{
    [Theory]
    [InlineData("b", "a", "c")]
    [InlineData("c", "b", "a")]
    [InlineData("z", "a", "b", "c")]
    [InlineData("c", "a")]
    [InlineData("c")]
    public async Task Classes_in_another_order_or_number_leave_every_stored_share(params string[] classes)
    {
        var model = await SmallModel.CreateAsync(host, new { task = "multiclass", classes = (string[])["a", "b", "c"] }, "reclassed");
        await model.PredictAsync(0, 100, i => $"\"prediction\":\"{(i < 90 ? 'a' : i < 97 ? 'b' : 'c')}\"");
        await model.ComputedAsync();
        await PutAsync(model, new { task = "multiclass", classes });
        // Another window of the same day: the day adds counts of before and after.
        await model.PredictAsync(3, 100, i => $"\"prediction\":\"{(i < 10 ? 'a' : 'c')}\"");
        await model.ComputedAsync();
        Assert.Equal(
            new Dictionary<string, double>
            {
                ["a"] = 0.5,
                ["b"] = 0.035,
                ["c"] = 0.465,
            },
            await SharesAsync(model, "1d")
        );
        // Computed again, the first hour is what it was.
        await model.PredictAsync(0, 100, i => $"\"prediction\":\"{(i < 90 ? 'a' : i < 97 ? 'b' : 'c')}\"");
        await model.ComputedAsync();
        Assert.Equal(
            new Dictionary<string, double>
            {
                ["a"] = 0.9,
                ["b"] = 0.07,
                ["c"] = 0.03,
            },
            await SharesAsync(model, "1h")
        );
        Assert.Equal(0, (await model.GetAsync("/progress")).GetProperty("set_aside_windows").GetInt32());
    }

    [Fact]
    public async Task A_slice_of_the_same_name_with_other_conditions_is_computed_again()
    {
        static object Slices(double from) =>
            new { task = "regression", slices = new[] { new { name = "large", where = new[] { new { feature = "x", from } } } } };
        var model = await SmallModel.CreateAsync(host, Slices(50), "resliced");
        await model.PredictAsync(0, 200, i => $"\"prediction\":1,\"features\":{{\"x\":{i % 100}}}");
        await model.ComputedAsync();
        Assert.Equal(100, await RowsAsync(model));
        await PutAsync(model, Slices(80));
        await model.ComputedAsync();
        Assert.Equal(40, await RowsAsync(model));
    }

    [Fact]
    public async Task Another_positive_class_is_computed_for_history_too()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "binary", positive_class = "yes" }, "repositive");
        await model.PredictAsync(0, 200, i => $"\"prediction_id\":\"r{i}\",\"prediction\":\"{(i < 50 ? "yes" : "no")}\"");
        await host.PostAsync(
            model.Name,
            "ground-truth",
            [.. Enumerable.Range(0, 200).Select(i => new { prediction_id = $"r{i}", value = i < 100 ? "yes" : "no" })]
        );
        await model.ComputedAsync();
        Assert.Equal(0.5, await model.ValueAsync("performance.recall", null));
        await PutAsync(model, new { task = "binary", positive_class = "no" });
        await model.ComputedAsync();
        Assert.Equal(1, await model.ValueAsync("performance.recall", null));
        Assert.Equal(100 / 150.0, await model.ValueAsync("performance.precision", null), 1e-12);
    }

    private async Task PutAsync(SmallModel model, object specification)
    {
        using var answer = await host.Client.PutAsJsonAsync($"/v1/models/{model.Name}", specification);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<double> RowsAsync(SmallModel model)
    {
        var query =
            $"metric=system.requests&segment=slice%3Dlarge&from={SmallModel.Start:yyyy-MM-ddTHH:mm:ssZ}&to="
            + $"{SmallModel.Start.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}";
        return (await model.GetAsync($"/metrics?{query}")).GetProperty("points").EnumerateArray().Single().GetProperty("value").GetDouble();
    }

    private static async Task<Dictionary<string, double>> SharesAsync(SmallModel model, string window) =>
        (await model.PointsAsync("output.share", window))
            .Where(point => point.GetProperty("window_start").GetDateTimeOffset() == SmallModel.Start)
            .Where(point => point.GetProperty("value").GetDouble() > 0)
            .ToDictionary(
                point => point.GetProperty("class").GetString()!,
                point => Math.Round(point.GetProperty("value").GetDouble(), 12),
                StringComparer.Ordinal
            );
}
