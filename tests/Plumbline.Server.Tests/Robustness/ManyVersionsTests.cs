using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Server.Tests.RightNumbers;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>
/// A client that names a new version with every few predictions: the numbers stay right, and neither the server nor other models pay for
/// it.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class ManyVersionsTests(TestHost host)
{
    private const int Versions = 2_000;
    private const int RowsEach = 3;
    private const int RowsOfMain = 500;
    private const int Rows = (Versions * RowsEach) + RowsOfMain;

    [Fact]
    public async Task Of_two_thousand_versions_the_first_and_most_frequent_are_told_apart_and_the_others_counted_together()
    {
        var model = await SmallModel.CreateAsync(
            host,
            new
            {
                task = "binary",
                classes = new[] { "0", "1" },
                positive_class = "1",
            },
            "versions"
        );
        var other = await SmallModel.CreateAsync(
            host,
            new
            {
                task = "binary",
                classes = new[] { "0", "1" },
                positive_class = "1",
            },
            "bystander"
        );
        // The version with most traffic is the last one that is seen.
        await model.PredictAsync(0, Rows, i => Row(i, i < Versions * RowsEach ? $"v-{i % Versions}" : "main"));
        await host.PostAsync(
            model.Name,
            "ground-truth",
            [.. Enumerable.Range(0, Rows).Select(i => new { prediction_id = $"p{i}", value = i % 4 == 0 ? "0" : "1" })]
        );
        var watch = Stopwatch.StartNew();
        await other.PredictAsync(0, 100, i => Row(i, "v-1"));
        await other.ComputedAsync();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 60);
        Assert.Equal(100, await other.ValueAsync("input.rows", null));
        await model.ComputedAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Versions} versions: {watch.Elapsed.TotalSeconds:N1} s");

        var rows = await RowsAsync(model, hour: 0);
        Assert.Equal(ModelLimits.MaxVersions + 2, rows.Count);
        Assert.Equal(Rows, rows[""]);
        Assert.Equal(RowsOfMain, rows["main"]);
        Assert.Equal(RowsEach, rows["v-0"]);
        Assert.Equal(Rows - RowsOfMain - ((ModelLimits.MaxVersions - 1) * RowsEach), rows[VersionPlaces.Other]);
        var accuracy = (await model.PointsAsync("performance.accuracy", filter: "version=*")).ToDictionary(point =>
            point.GetProperty("version").GetString() ?? ""
        );
        Assert.Equal(Rows, accuracy[""].GetProperty("n").GetInt64());
        Assert.Equal(rows[VersionPlaces.Other], accuracy[VersionPlaces.Other].GetProperty("n").GetInt64());
        Assert.Contains(
            VersionPlaces.Other,
            (await model.GetAsync("")).GetProperty("versions").EnumerateArray().Select(version => version.GetString())
        );

        // Events keep their own text.
        var found = (await model.GetAsync("/predictions?version=v-1999")).GetProperty("predictions").EnumerateArray().ToList();
        Assert.Equal(RowsEach, found.Count);
        Assert.All(found, row => Assert.Equal("v-1999", row.GetProperty("version").GetString()));

        await KeepsItsGroupAsync(model);
        await GetsAPlaceWhenDeclaredAsync(model, rows[VersionPlaces.Other]);
    }

    [Fact]
    public async Task A_folder_with_more_versions_than_have_a_place_is_put_in_order_at_a_start()
    {
        var name = await host.CreateModelAsync(new { task = "binary" }, "old-versions");
        var id = host.Get<ModelCatalog>().Find(name)!.Id;
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync())
        {
            db.ModelVersions.AddRange(
                Enumerable
                    .Range(0, 300)
                    .Select(i => new ModelVersionRow
                    {
                        ModelId = id,
                        Version = $"v{i}",
                        FirstSeenMs = i,
                        Declaration = i == 299 ? "{}" : null,
                    })
            );
            await db.SaveChangesAsync();
        }

        using var started = new ModelCatalog(host.Get<IDbContextFactory<StateDbContext>>(), TimeProvider.System);
        await started.LoadAsync(default);
        string[] expected = [.. Enumerable.Range(0, ModelLimits.MaxVersions).Select(i => $"v{i}"), "v299", VersionPlaces.Other];
        Assert.Equal(expected, started.Versions(id));
        Assert.Equal(expected[..^1], started.Find(id)!.VersionsApart);
        using var again = new ModelCatalog(host.Get<IDbContextFactory<StateDbContext>>(), TimeProvider.System);
        await again.LoadAsync(default);
        Assert.Equal(expected, again.Versions(id));
    }

    [Fact]
    public async Task The_name_of_all_other_versions_cannot_be_declared()
    {
        var name = await host.CreateModelAsync(new { task = "binary" }, "declared");
        using var answer = await host.Client.PutAsJsonAsync(
            $"/v1/models/{name}/versions/{Uri.EscapeDataString(VersionPlaces.Other)}",
            new { code = "git:1" }
        );
        Assert.Equal("version_name_invalid", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    // In another window, and as a server sees it that has just started.
    private async Task KeepsItsGroupAsync(SmallModel model)
    {
        using (var restarted = new ModelCatalog(host.Get<IDbContextFactory<StateDbContext>>(), TimeProvider.System))
        {
            await restarted.LoadAsync(default);
            var catalog = host.Get<ModelCatalog>();
            var definition = catalog.Find(model.Name)!;
            Assert.Equal(
                catalog.Versions(definition.Id).Order(StringComparer.Ordinal),
                restarted.Versions(definition.Id).Order(StringComparer.Ordinal)
            );
            Assert.Equal(
                definition.VersionsApart.Order(StringComparer.Ordinal),
                restarted.Find(definition.Id)!.VersionsApart.Order(StringComparer.Ordinal)
            );
        }

        await model.PredictAsync(5, 40, i => Row(10_000 + i, i % 2 == 0 ? "v-3" : "v-1500"));
        await model.ComputedAsync();
        Assert.Equal(
            new Dictionary<string, double>
            {
                [""] = 40,
                ["v-3"] = 20,
                [VersionPlaces.Other] = 20,
            },
            await RowsAsync(model, hour: 5)
        );
    }

    private async Task GetsAPlaceWhenDeclaredAsync(SmallModel model, double othersBefore)
    {
        using (var answer = await host.Client.PutAsJsonAsync($"/v1/models/{model.Name}/versions/v-1500", new { code = "git:1a2b3c" }))
            answer.EnsureSuccessStatusCode();
        await model.ComputedAsync();
        var rows = await RowsAsync(model, hour: 0);
        Assert.Equal((Rows, RowsEach, othersBefore - RowsEach), (rows[""], rows["v-1500"], rows[VersionPlaces.Other]));
        // Nothing is left of the others in a window that has no others any more.
        rows = await RowsAsync(model, hour: 5);
        Assert.Equal((40, 20, 20, 0), (rows[""], rows["v-3"], rows["v-1500"], rows.GetValueOrDefault(VersionPlaces.Other)));
    }

    private static async Task<Dictionary<string, double>> RowsAsync(SmallModel model, int hour) =>
        (await model.PointsAsync("input.rows", filter: "version=*"))
            .Where(point =>
                point.GetProperty("window_start").GetDateTimeOffset() == SmallModel.Start.AddHours(hour)
                && point.GetProperty("value").ValueKind == JsonValueKind.Number
            )
            .ToDictionary(point => point.GetProperty("version").GetString() ?? "", point => point.GetProperty("value").GetDouble());

    private static string Row(int i, string version) =>
        $$"""
            "prediction_id":"p{{i}}","version":"{{version}}","prediction":"{{i % 2}}","features":{"x":{{i % 17}},"y":{{i % 5}},"colour":"{{(
                i % 3 == 0 ? "red" : "blue"
            )}}"}
            """;
}
