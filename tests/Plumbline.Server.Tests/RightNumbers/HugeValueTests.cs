using System.Globalization;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>One value beyond what can be squared, as the largest double that stands for "no value", takes nothing else with it.</summary>
public sealed class HugeValueTests(TestHost host)
{
    [Theory]
    [InlineData("1.7976931348623157E308", "y,x,ok")]
    [InlineData("1e155", "y,x,ok")]
    [InlineData("-1.7976931348623157E308", "y,x,ok")]
    [InlineData("1.7976931348623157E308", "x,y,ok")]
    public async Task A_huge_cell_of_the_reference_leaves_every_other_number(string huge, string columns)
    {
        // The last case has the cell in the reference's predictions.
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "huge");
        await model.ReferenceAsync(
            "prediction=y",
            columns,
            Enumerable.Range(0, 300).Select(i => $"{i % 10},{(i == 17 ? huge : $"{i % 200 + 0.5}")},{i % 150}")
        );
        await model.PredictAsync(
            0,
            300,
            i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    "prediction":{{i % 10}},"features":{"x":{{(i % 200) + 0.5}},"y":{{i % 10}},"ok":{{i % 150}}}
                    """
                )
        );
        await model.ComputedAsync();
        Assert.Equal(300, await model.ValueAsync("system.requests", null));
        Assert.True(await model.ValueAsync("drift.wasserstein", "ok") < 0.01);
        var feature = columns[0] == 'y' ? "x" : "@prediction";
        Assert.Equal("ok", (await model.PointAsync("drift.ks", feature)).GetProperty("status").GetString());
        var point = await model.PointAsync("drift.wasserstein", feature);
        Assert.Equal("undefined", point.GetProperty("status").GetString());
        Assert.Contains("too large", point.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Huge_and_infinite_values_of_production_leave_every_other_number_and_are_named()
    {
        var model = await SmallModel.CreateAsync(host, new { task = "regression" }, "huge-now");
        var now = TimeProvider.System.GetUtcNow();
        var hours = Math.Floor((now - SmallModel.Start).TotalHours) - 3;
        await model.ReferenceAsync("prediction=y", "y,x", Enumerable.Range(0, 300).Select(i => $"{i % 10},{i + 0.5}"));
        await model.PredictAsync(
            hours,
            100,
            i =>
                $$"""
                    "prediction":{{(
                        i == 3 ? "1.7e308"
                        : i == 4 ? "1.6e308"
                        : $"{i % 10}"
                    )}},"features":{"x":{{(i % 2 == 0 ? "1.7e308" : "1.6e308")}}}
                    """
        );
        await model.ComputedAsync();
        var definition = host.Get<ModelCatalog>().Find(model.Name)!;
        var found = await host.Get<NotComputedReader>().ReadAsync(definition, CancellationToken.None);
        Assert.Contains(
            found,
            one => one is { What: "output.mean" } && one.Cause.StartsWith("overflow", StringComparison.Ordinal) && one.Model == model.Name
        );
        Assert.DoesNotContain(found, one => one.What.StartsWith("system.", StringComparison.Ordinal));
        var all = await host.Get<NotComputedReader>().ReadAsync(null, CancellationToken.None);
        Assert.Contains(all, one => one.Model == model.Name);
    }
}
