using System.Globalization;
using System.Text.Json;

namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>Columns with nearly one value per row: every window brings new values, which is not drift.</summary>
public sealed class NearIdentifierTests(TestHost host)
{
    [Fact]
    public async Task Identifiers_are_named_and_do_not_drift()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new { task = "regression", features = new { order = new { type = "categorical" } } },
            "ids"
        );
        await model.ReferenceAsync(
            "prediction=y",
            "y,order,number,shop,amount",
            Enumerable
                .Range(0, 30_000)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{i % 7},order-{i},{1_000_000 + i},shop-{i * 7919L % 400},{i * 7919L % 30_011 / 10.0}"
                    )
                )
        );
        await model.PredictAsync(
            0,
            800,
            i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    "prediction":{{i % 7}},"features":{"order":"order-{{50_000 + i}}","number":{{1_050_000 + i}},"shop":"shop-{{i
                        % 400}}","amount":{{i * 7919L % 30_011 / 10.0}}}
                    """
                )
        );
        await model.ComputedAsync();

        foreach (
            var (metric, feature) in new[]
            {
                ("drift.psi", "order"),
                ("drift.js", "order"),
                ("input.unseen_rate", "order"),
                ("drift.calibrated", "order"),
                ("drift.psi", "number"),
                ("drift.ks", "number"),
                ("drift.wasserstein", "number"),
                ("input.out_of_range_rate", "number"),
            }
        )
        {
            var point = await model.PointAsync(metric, feature);
            Assert.Equal(
                (metric, feature, "undefined", "near-unique identifier: not compared"),
                (metric, feature, point.GetProperty("status").GetString(), point.GetProperty("reason").GetString())
            );
            Assert.Equal(JsonValueKind.Null, point.GetProperty("value").ValueKind);
        }

        // Many values are not yet identifiers: 400 shops, and amounts that are fine-grained.
        Assert.Equal("ok", (await model.PointAsync("drift.psi", "shop")).GetProperty("status").GetString());
        Assert.InRange(await model.ValueAsync("drift.psi", "amount"), 0, 0.1);
        Assert.Equal(0, await model.ValueAsync("input.missing_rate", "order"));
        Assert.Equal(0, await model.ValueAsync("output.missing_rate", null));
        var (state, reason) = await model.HealthAsync("inputs");
        Assert.True(state is "ok" or "unknown", $"{state}: {reason}");
    }
}
