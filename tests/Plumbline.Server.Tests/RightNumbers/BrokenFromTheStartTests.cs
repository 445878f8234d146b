using System.Text.Json;

namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>A feature that is broken from the first row is compared with the reference, for it has no better days of its own.</summary>
public sealed class BrokenFromTheStartTests(TestHost host)
{
    [Fact]
    public async Task A_feature_that_was_never_there_is_bad_and_alerts()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "never-there");
        await model.ReferenceAsync(
            "prediction=y",
            "y,x,k,half",
            Enumerable.Range(0, 400).Select(i => $"{i % 10},{i},{3 + i % 2},{(i % 2 == 0 ? "" : "7")}")
        );
        for (var hour = 0; hour < 4; hour++)
        {
            await model.PredictAsync(
                hour,
                200,
                i =>
                    $$"""
                        "prediction":{{i % 10}},"features":{"x":null,"k":5,"half":{{(i % 2 == 0 ? "null" : "7")}}}
                        """
            );
        }

        await model.ComputedAsync();
        Assert.Equal(1, await model.ValueAsync("input.missing_over_reference", "x"));
        Assert.Equal(0, await model.ValueAsync("input.missing_over_reference", "half"), 1e-12);
        var (state, reason) = await model.HealthAsync("inputs");
        Assert.Equal("bad", state);
        Assert.Contains("x is missing 100 points more often than in the reference", reason, StringComparison.Ordinal);
        Assert.Contains("k is outside the reference's range in 100 %", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("half", reason, StringComparison.Ordinal);
        var alerts = await AlertsAsync(model, atLeast: 2);
        Assert.Contains(alerts, alert => Is(alert, "missing-against-reference", "x"));
        Assert.Contains(alerts, alert => Is(alert, "out-of-range", "k"));
        Assert.DoesNotContain(alerts, alert => alert.GetProperty("feature").GetString() == "half");
    }

    private static bool Is(JsonElement alert, string rule, string feature) =>
        alert.GetProperty("rule").GetString() == rule && alert.GetProperty("feature").GetString() == feature;

    private static async Task<IReadOnlyList<JsonElement>> AlertsAsync(SmallModel model, int atLeast)
    {
        for (var attempt = 0; ; attempt++)
        {
            JsonElement[] alerts = [.. (await model.GetAsync("/alerts")).GetProperty("alerts").EnumerateArray()];
            if (alerts.Length >= atLeast || attempt == 100)
                return alerts;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }
}
