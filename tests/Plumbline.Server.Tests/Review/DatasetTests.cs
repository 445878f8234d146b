using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Review.Datasets;

namespace Plumbline.Server.Tests.Review;

/// <summary>Data sets: from a recipe to files, asked of the real server.</summary>
public sealed class DatasetTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_empty_recipe_makes_a_version_of_reference_and_production()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(200, 41, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows.Take(100));
        await host.WaitUntilComputedAsync(world.Name);
        var (put, _) = await world.SendAsync(HttpMethod.Put, "datasets/all");
        Assert.Equal(200, put);

        var version = await host.Get<DatasetBuilding>().BuildAsync(world.Model, "all", "test", Ct);

        Assert.Equal((DatasetState.Ready, 1), (version.State, version.Number));
        var card = version.Card!;
        Assert.Equal(ReviewWorld.ReferenceRows + 100, version.Rows);
        Assert.Equal(version.Rows, version.Labelled);
        Assert.Equal(ReviewWorld.ReferenceRows, card.Parts.Single(part => part.Name == "reference").Rows);
        Assert.Equal((80, 10, 10), Splits(card.Parts.Single(part => part.Name == "random")));
        Assert.Equal(rows.Take(100).Count(row => row.Truth == "1") + world.Reference.Count(row => row.Truth == "1"), Rows(card.Classes, "1"));

        // The same rows again: another number, the same content.
        var (made, again) = await world.SendAsync(HttpMethod.Post, "datasets/all/versions");
        Assert.True(made == 201, again.ToString());
        Assert.Equal(2, again.GetProperty("number").GetInt32());
        Assert.Equal(version.ContentHash, again.GetProperty("content_hash").GetString());
    }

    private static (long, long, long) Splits(CardCount count) =>
        (
            count.Splits.GetValueOrDefault("train"),
            count.Splits.GetValueOrDefault("validation"),
            count.Splits.GetValueOrDefault("test")
        );

    private static long Rows(IReadOnlyList<CardCount> counts, string name) => counts.Single(count => count.Name == name).Rows;
}
