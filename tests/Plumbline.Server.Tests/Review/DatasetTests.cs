using System.Text.Json;
using Parquet;
using Plumbline.Registry.Models;
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
        await world.SendAsync(HttpMethod.Put, "datasets/all");

        var version = await host.Get<DatasetBuilding>().BuildAsync(world.Model, "all", "test", Ct);

        Assert.Equal((DatasetState.Ready, 1), (version.State, version.Number));
        var card = version.Card!;
        Assert.Equal(ReviewWorld.ReferenceRows + 100, version.Rows);
        Assert.Equal(version.Rows, version.Labelled);
        Assert.Equal(ReviewWorld.ReferenceRows, card.Parts.Single(part => part.Name == "reference").Rows);
        Assert.Equal((80, 10, 10), Splits(card.Parts.Single(part => part.Name == "random")));
        Assert.Equal(rows.Take(100).Concat(world.Reference).Count(row => row.Truth == "1"), Rows(card.Classes, "1"));
        // Notes are all different: they are compared with nothing.
        Assert.Equal(["amount", "country"], card.Drift.Select(one => one.Feature).Order());
        Assert.All(card.Drift, one => Assert.InRange(one.Psi!.Value, 0, 0.1));

        // The same rows again: another number, the same content, and nothing is different.
        var (made, again) = await world.SendAsync(HttpMethod.Post, "datasets/all/versions");
        Assert.True(made == 201, again.ToString());
        Assert.Equal(2, again.GetProperty("number").GetInt32());
        Assert.Equal(version.ContentHash, again.GetProperty("content_hash").GetString());
        var same = await world.GetAsync("datasets/all/versions/2/difference?with=1");
        Assert.All(Changes, change => Assert.Equal(0, same.GetProperty(change).GetProperty("rows").GetInt64()));

        // One more row, one label changed.
        await world.PostTruthAsync([rows[0] with { Truth = rows[0].Truth == "1" ? "0" : "1", At = rows[0].At.AddMinutes(9) }, rows[150]]);
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Post, "datasets/all/versions");
        var difference = await world.GetAsync("datasets/all/versions/3/difference?with=2");
        Assert.Equal([rows[150].Id], Examples(difference, "added"));
        Assert.Equal([rows[0].Id], Examples(difference, "relabelled"));
        Assert.Empty(Examples(difference, "removed"));
    }

    [Fact]
    public async Task Another_library_reads_from_the_files_what_the_card_says()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(100, 42, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var card = (await BuildAsync(world, "files", Labelled("reviewed_first"))).Card!;

        foreach (var (split, count) in card.Splits)
        {
            var bytes = await BytesAsync(world, $"datasets/files/versions/1/files/{split}.parquet");
            using var stream = new MemoryStream(bytes);
            await using var parquet = await ParquetReader.CreateAsync(stream, cancellationToken: Ct);
            Assert.Equal(card.Columns.Select(column => column.Name), parquet.Schema.GetDataFields().Select(field => field.Name));
            using var group = parquet.OpenRowGroupReader(0);
            Assert.Equal((1, count), (parquet.RowGroupCount, group.RowCount));
            var (labels, ids, amounts) = (new string[count], new string[count], new double?[count]);
            await group.ReadAsync(Field("label"), labels, null, Ct);
            await group.ReadAsync(Field("prediction_id"), ids, null, Ct);
            await group.ReadAsync<double>(Field("amount"), amounts, null, Ct);
            Assert.Equal(card.Classes.Single(one => one.Name == "1").Splits.GetValueOrDefault(split), labels.Count(label => label == "1"));
            var byId = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
            Assert.Equal(ids.Select(id => (double?)byId[id].Amount), amounts);

            Parquet.Schema.DataField Field(string name) => parquet.Schema.GetDataFields().Single(field => field.Name == name);
        }

        var lines = (await TextAsync(world, "datasets/files/versions/1/files/test.jsonl")).TrimEnd().Split('\n');
        Assert.Equal(10, lines.Length);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        var row = rows.Single(one => one.Id == first.GetProperty("prediction_id").GetString());
        Assert.Equal((row.Amount, row.Note), (first.GetProperty("amount").GetDouble(), first.GetProperty("note").GetString()));
        Assert.EndsWith("Z", first.GetProperty("event_time").GetString());
        var csv = (await TextAsync(world, "datasets/files/versions/1/files/test.csv")).TrimEnd().Split('\n');
        Assert.Equal(11, csv.Length);
        Assert.StartsWith("\"prediction_id\",\"event_time\"", csv[0]);
        Assert.DoesNotContain("\\N", csv[1]);
    }

    [Fact]
    public async Task Where_sources_disagree_the_declared_rule_decides()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(8, 43, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await SayAsync(world, rows, "crm", "0", minutes: 5);
        await SayAsync(world, rows, "shop", "0", minutes: 1);
        await SayAsync(world, rows.Take(4), "review", "1", minutes: 2);
        await SayAsync(world, rows.Take(2), "bank", "1", minutes: 10);
        await host.WaitUntilComputedAsync(world.Name);

        // Reviewed are four; the newest is the bank's of two; the majority is 0, but where two stand against two the review counts.
        Assert.Equal((4, 4), await ClassesAsync("reviewed_first"));
        Assert.Equal((6, 2), await ClassesAsync("newest"));
        Assert.Equal((6, 2), await ClassesAsync("majority"));
        Assert.Equal((4, 0), await ClassesAsync("drop"));

        async Task<(long, long)> ClassesAsync(string conflict)
        {
            var card = (await BuildAsync(world, conflict, Labelled(conflict))).Card!;
            Assert.Equal(4, card.Conflicts);
            if (conflict == "drop")
                Assert.Equal(4, Assert.Single(card.LeftOut).Rows);
            return (Count("0"), Count("1"));

            long Count(string name) => card.Classes.FirstOrDefault(one => one.Name == name)?.Rows ?? 0;
        }
    }

    [Fact]
    public async Task An_entity_in_two_splits_is_found_and_a_split_by_entity_has_none()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(300, 44, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);

        var byTime = (await BuildAsync(world, "time", Split("time"))).Card!;
        Assert.Equal((3, 300), (byTime.EntityLeak!.Groups, byTime.EntityLeak.Rows));
        Assert.Equal(3, byTime.EntityLeak.Examples.Count);
        var byEntity = (await BuildAsync(world, "entity", Split("entity"))).Card!;
        Assert.Equal((0, 0), (byEntity.EntityLeak!.Groups, byEntity.EntityLeak.Rows));

        // The last row once more as the first: another id, the same input.
        var copy = rows[^1] with
        {
            Id = "copy",
            At = rows[0].At,
        };
        await world.PostAsync([copy]);
        await world.PostTruthAsync([copy]);
        await host.WaitUntilComputedAsync(world.Name);
        var copied = (await BuildAsync(world, "time", Split("time"))).Card!;
        Assert.Equal(
            (1, 2),
            (copied.NearDuplicates.Groups - byTime.NearDuplicates.Groups, copied.NearDuplicates.Rows - byTime.NearDuplicates.Rows)
        );

        static object Split(string by) => new { parts = new[] { new { kind = "labelled" } }, split = new { by, entity = "country" } };
    }

    [Fact]
    public async Task A_private_column_leaves_only_for_an_administrator_who_asks()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(20, 45, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        await BuildAsync(world, "mine", new { parts = new[] { new { kind = "labelled" } }, split = new { entity = "country" } });
        const string File = "datasets/mine/versions/1/files/train.csv";
        Assert.Contains("country", Header(await TextAsync(world, File)));

        // Declared since: the files have it, nobody gets it.
        var (status, body) = await world.SendAsync(HttpMethod.Patch, "features/country", new { @private = true });
        Assert.True(status == 200, body.ToString());
        Assert.True(body.GetProperty("features").GetProperty("country").GetProperty("private").GetBoolean());
        var header = Header(await TextAsync(world, File));
        Assert.DoesNotContain("country", header);
        Assert.DoesNotContain("entity_id", header);
        Assert.Contains("amount", header);
        Assert.Contains("country", Header(await TextAsync(world, File + "?private=true")));

        static string Header(string csv) => csv.Split('\n')[0];
    }

    [Fact]
    public async Task Reviewed_rows_have_their_weight_and_their_annotators()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await world.PostAsync(ReviewWorld.Rows(200, 46, ReviewWorld.LastHour));
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Put, "review/policies/daily", new { per_day = 480, uniform_share = 1 });
        var (from, to) = (ReviewWorld.LastHour, ReviewWorld.LastHour.AddHours(1));
        await world.SendAsync(HttpMethod.Post, $"review/policies/daily/draw?from={Time(from)}&to={Time(to)}");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var (_, task) = await world.SendAsync(HttpMethod.Post, "review/next");
            ids.Add(task.GetProperty("prediction_id").GetString()!);
            await world.SendAsync(HttpMethod.Post, $"review/tasks/{task.GetProperty("task").GetInt64()}/answer", new { value = "1" });
        }

        var part = new { kind = "reviewed", policy = "daily" };
        var card = (
            await BuildAsync(
                world,
                "seen",
                new
                {
                    parts = new[] { part },
                    split = new
                    {
                        train = 1,
                        validation = 0,
                        test = 0,
                    },
                }
            )
        ).Card!;

        Assert.Equal((3, 3, 3), (card.Rows, Rows(card.Parts, "reviewed"), Rows(card.Classes, "1")));
        Assert.Equal(["review"], card.LabelSources.Select(source => source.Name));
        Assert.Equal(("open", false, 3L), Assert.Single(card.Annotators) is var one ? (one.Name, one.IsRobot, one.Answers) : default);
        var lines = (await TextAsync(world, "datasets/seen/versions/1/files/train.jsonl")).TrimEnd().Split('\n');
        var rows = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(
            ids.Order(StringComparer.Ordinal),
            rows.Select(row => row.GetProperty("prediction_id").GetString()).Order(StringComparer.Ordinal)
        );
        // 20 of 200 are drawn on average: each stands for ten.
        Assert.All(rows, row => Assert.Equal(10, row.GetProperty("sample_weight").GetDouble(), 1e-9));
        Assert.All(rows, row => Assert.Equal("chance", row.GetProperty("selection_reason").GetString()));

        static string Time(DateTimeOffset at) => Uri.EscapeDataString(at.ToString("O"));
    }

    [Fact]
    public async Task What_cannot_be_made_says_why()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var (status, body) = await world.SendAsync(
            HttpMethod.Put,
            "datasets/bad",
            new
            {
                parts = new object[]
                {
                    new
                    {
                        kind = "random",
                        rows = 0,
                        filter = new[] { "nonsense" },
                    },
                    new { kind = "labelled", policy = "a" },
                },
                days = 3,
                from = "2026-01-01T00:00:00Z",
                split = new { by = "entity", train = 0.5 },
                leave_out = new[] { "label" },
            }
        );
        Assert.Equal(400, status);
        Assert.Equal(
            ["days", "split", "split.entity", "parts[0].rows", "parts[0].filter[0]", "parts[1].policy", "leave_out"],
            body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString())
        );
        await world.SendAsync(HttpMethod.Put, "datasets/none", Labelled("newest"));
        var (refused, said) = await world.SendAsync(HttpMethod.Post, "datasets/none/versions");
        Assert.Equal((409, "no_rows"), (refused, said.GetProperty("code").GetString()));
        var failed = await world.GetAsync("datasets/none/versions/1");
        Assert.Equal("failed", failed.GetProperty("state").GetString());
        Assert.Equal(said.GetProperty("detail").GetString(), failed.GetProperty("reason").GetString());
        Assert.Equal(204, (await world.SendAsync(HttpMethod.Delete, "datasets/none")).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Post, "datasets/none/versions")).Status);
    }

    internal static readonly string[] Changes = ["added", "removed", "relabelled", "moved"];

    private static object Labelled(string conflict) => new { parts = new[] { new { kind = "labelled" } }, conflict };

    private async Task<DatasetVersion> BuildAsync(ReviewWorld world, string name, object recipe)
    {
        var (status, body) = await world.SendAsync(HttpMethod.Put, $"datasets/{name}", recipe);
        Assert.True(status == 200, body.ToString());
        return await host.Get<DatasetBuilding>().BuildAsync(host.Get<ModelCatalog>().Find(world.Name)!, name, "test", Ct);
    }

    private Task SayAsync(ReviewWorld world, IEnumerable<ReviewWorld.Row> rows, string source, string value, int minutes) =>
        host.PostAsync(
            world.Name,
            "ground-truth",
            [
                .. rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = row.At.AddMinutes(minutes),
                    value,
                    source,
                }),
            ]
        );

    private Task<byte[]> BytesAsync(ReviewWorld world, string path) =>
        host.Client.GetByteArrayAsync(new Uri($"/v1/models/{world.Name}/{path}", UriKind.Relative), Ct);

    private Task<string> TextAsync(ReviewWorld world, string path) =>
        host.Client.GetStringAsync(new Uri($"/v1/models/{world.Name}/{path}", UriKind.Relative), Ct);

    private static IEnumerable<string?> Examples(JsonElement difference, string change) =>
        difference.GetProperty(change).GetProperty("examples").EnumerateArray().Select(one => one.GetString());

    private static (long, long, long) Splits(CardCount count) =>
        (count.Splits.GetValueOrDefault("train"), count.Splits.GetValueOrDefault("validation"), count.Splits.GetValueOrDefault("test"));

    private static long Rows(IReadOnlyList<CardCount> counts, string name) => counts.Single(count => count.Name == name).Rows;
}
