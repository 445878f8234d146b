using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.Review;

/// <summary>A new version against the one that answered: on held-out rows, on live traffic, and what follows from it.</summary>
public sealed class ProofTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Held_out_rows_show_by_segment_where_a_version_is_better_and_only_a_better_one_is_promoted()
    {
        var (world, heldOut) = await WithDatasetAsync(400);
        // The old version is right in most rows; the new one in all of them but those of one country.
        var answers = heldOut.Select(row => Line(row.Id, row.Country == "DE" ? Other(row.Truth) : row.Truth)).ToList();
        var (status, body) = await PutAsync(
            world,
            "v2",
            string.Join('\n', [.. answers, Line("nobody", "1"), "{", Line(heldOut[0].Id, "7"), "3"])
        );
        Assert.True(status == 200, body.ToString());
        Assert.Equal((heldOut.Count, 1, 3), (Int(body, "accepted"), Int(body, "not_held_out"), Int(body, "refused")));
        Assert.Equal(
            [$"[{answers.Count + 1}]", $"[{answers.Count + 2}].prediction", $"[{answers.Count + 3}]"],
            body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString())
        );

        var proof = await world.GetAsync("versions/v2/proof");
        var all = Slice(proof, "all", "");
        var (before, after) = (heldOut.Count(row => row.Answer == row.Truth), heldOut.Count(row => row.Country != "DE"));
        Assert.Equal(before / (double)heldOut.Count, Value(all, "before"), 12);
        Assert.Equal(after / (double)heldOut.Count, Value(all, "after"), 12);
        Assert.Equal((after - before) / (double)heldOut.Count, Value(all, "gain"), 12);
        Assert.Equal(heldOut.Count, all.GetProperty("gain").GetProperty("n").GetInt32());
        foreach (var country in heldOut.GroupBy(row => row.Country).Where(group => group.Count() >= 10))
        {
            var slice = Slice(proof, "segment", $"country={country.Key}");
            Assert.Equal(country.Count(row => row.Answer == row.Truth) / (double)country.Count(), Value(slice, "before"), 12);
            Assert.Equal(country.Key == "DE" ? 0 : 1, Value(slice, "after"));
            Assert.Equal(country.Key == "DE", slice.GetProperty("is_worse").GetBoolean());
        }

        Assert.Contains("worse for country=DE", string.Join(' ', Reasons(proof)));
        Assert.Contains("has not answered live traffic", string.Join(' ', Reasons(proof)));
        Assert.Equal("worse", proof.GetProperty("verdict").GetString());
        Assert.False((await world.GetAsync("versions/v2/verdict")).GetProperty("data").GetProperty("ok").GetBoolean());
        await world.SendAsync(HttpMethod.Put, "versions/v2", new { stage = "shadow" });
        var (refused, why) = await world.SendAsync(HttpMethod.Post, "versions/v2/promote");
        Assert.Equal((409, "not_better"), (refused, why.GetProperty("code").GetString()));
        Assert.Equal("shadow", (await DeclaredAsync(world, "v2")).GetProperty("stage").GetString());

        await BecomesBetterAsync(world, heldOut);
    }

    [Fact]
    public async Task Live_traffic_that_both_answered_is_paired_by_its_trace()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(240, 71, ReviewWorld.LastHour);
        await host.PostAsync(world.Name, "predictions", [.. rows.Select(row => Prediction(row, "v1", row.Answer, "primary"))]);
        // The shadow is right in the first 200 and did not see the others.
        await host.PostAsync(world.Name, "predictions", [.. rows.Take(200).Select(row => Prediction(row, "v2", row.Truth, "shadow"))]);
        await world.PostTruthAsync(rows.Skip(50));
        await host.WaitUntilComputedAsync(world.Name);

        var live = (await world.GetAsync("versions/v2/proof")).GetProperty("live");
        Assert.Equal(200, live.GetProperty("pairs").GetInt32());
        Assert.Equal(rows.Take(200).Count(row => row.Answer == row.Truth) / 200.0, live.GetProperty("agreement").GetDouble(), 12);
        var labelled = rows.Skip(50).Take(150).ToList();
        var all = live.GetProperty("slices").EnumerateArray().Single(slice => Text(slice, "kind") == "all");
        Assert.Equal(labelled.Count, all.GetProperty("gain").GetProperty("n").GetInt32());
        Assert.Equal(labelled.Count(row => row.Answer == row.Truth) / 150.0, Value(all, "before"), 12);
        Assert.Equal(1, Value(all, "after"));
        var anyTime = live.GetProperty("any_time");
        var (lower, upper) = (anyTime.GetProperty("lower").GetDouble(), anyTime.GetProperty("upper").GetDouble());
        // An interval for all times holds the difference, and is wider than the one for this moment.
        Assert.InRange(Value(all, "gain"), lower, upper);
        Assert.True(
            upper - lower
                > all.GetProperty("gain").GetProperty("upper").GetDouble() - all.GetProperty("gain").GetProperty("lower").GetDouble()
        );
        Assert.Equal("not_enough_data", (await world.GetAsync("versions/v2/proof")).GetProperty("verdict").GetString());
        var nobody = await world.GetAsync("versions/v9/proof");
        Assert.Equal((0, "not_enough_data"), (nobody.GetProperty("live").GetProperty("pairs").GetInt32(), Text(nobody, "verdict")));
    }

    [Fact]
    public async Task Answers_that_cannot_be_used_say_why()
    {
        var (world, heldOut) = await WithDatasetAsync(60);
        Assert.Equal(404, (await PutAsync(world, "v2", Line(heldOut[0].Id, "1"), number: 9)).Status);
        Assert.Equal("no_answers", Text((await PutAsync(world, "v2", "")).Body, "code"));
        Assert.Equal("no_answers", Text((await PutAsync(world, "v2", "[1, {\"prediction\": \"1\"}")).Body, "code"));
        Assert.Equal("no_held_out_row", Text((await PutAsync(world, "v2", Line("nobody", "1"))).Body, "code"));
        Assert.Equal("version_name_invalid", Text((await PutAsync(world, "a\tb", Line(heldOut[0].Id, "1"))).Body, "code"));
        var (status, problem) = await world.SendAsync(HttpMethod.Get, "versions/v2/proof?margin=-1");
        Assert.Equal((400, "margin_invalid"), (status, Text(problem, "code")));
        // Too few to say anything, as an array.
        Assert.Equal(200, (await PutAsync(world, "v2", "[" + Line(heldOut[0].Id, "1") + "]")).Status);
        Assert.Equal("not_enough_data", Text(await world.GetAsync("versions/v2/proof"), "verdict"));
        // A body that is longer than the web server lets in by itself, and shorter than is promised.
        var longer = new string(' ', 40_000_000) + Line(heldOut[0].Id, "1");
        Assert.Equal(200, (await PutAsync(world, "v2", longer)).Status);
        // A data set without a test split holds nothing out.
        await world.SendAsync(
            HttpMethod.Put,
            "datasets/whole",
            new
            {
                parts = new[] { new { kind = "labelled" } },
                split = new
                {
                    by = "time",
                    train = 1,
                    validation = 0,
                    test = 0,
                },
            }
        );
        await world.SendAsync(HttpMethod.Post, "datasets/whole/versions");
        Assert.Equal("no_test_split", Text((await PutAsync(world, "v2", Line(heldOut[0].Id, "1"), "whole")).Body, "code"));
    }

    private async Task BecomesBetterAsync(ReviewWorld world, List<ReviewWorld.Row> heldOut)
    {
        // The same version again, now right everywhere: its answers take the place of the former ones.
        await PutAsync(world, "v2", string.Join('\n', heldOut.Select(row => Line(row.Id, row.Truth))));
        var better = await world.GetAsync("versions/v2/proof");
        Assert.Equal("better", better.GetProperty("verdict").GetString());
        Assert.True((await world.GetAsync("versions/v2/verdict")).GetProperty("data").GetProperty("ok").GetBoolean());
        var (promoted, _) = await world.SendAsync(HttpMethod.Post, "versions/v2/promote", new { reason = "it is right" });
        Assert.Equal(200, promoted);
        var declared = await DeclaredAsync(world, "v2");
        Assert.Equal("promoted", declared.GetProperty("stage").GetString());
        var decision = declared.GetProperty("promotion");
        Assert.Equal(
            ("it is right", "Better", false),
            (Text(decision, "reason"), Text(decision, "verdict"), decision.GetProperty("forced").GetBoolean())
        );
        Assert.NotEmpty(Text(decision, "by")!);

        // Another one takes its place by force, and it is retired.
        await world.SendAsync(HttpMethod.Put, "versions/v3", new { stage = "shadow" });
        Assert.Equal(409, (await world.SendAsync(HttpMethod.Post, "versions/v3/promote", new { reason = "no answers at all" })).Status);
        Assert.Equal(
            200,
            (await world.SendAsync(HttpMethod.Post, "versions/v3/promote", new { reason = "rolled back", force = true })).Status
        );
        Assert.Equal("retired", (await DeclaredAsync(world, "v2")).GetProperty("stage").GetString());
        Assert.True((await DeclaredAsync(world, "v3")).GetProperty("promotion").GetProperty("forced").GetBoolean());
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Post, "versions/v3/retire")).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Post, "versions/v9/retire")).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Post, "versions/v9/promote", new { force = true })).Status);
    }

    private async Task<(ReviewWorld World, List<ReviewWorld.Row> HeldOut)> WithDatasetAsync(int count)
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(count, 70, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(
            HttpMethod.Put,
            "datasets/held",
            new
            {
                parts = new[] { new { kind = "labelled" } },
                split = new
                {
                    by = "time",
                    train = 0.5,
                    validation = 0,
                    test = 0.5,
                },
            }
        );
        var (status, body) = await world.SendAsync(HttpMethod.Post, "datasets/held/versions");
        Assert.True(status == 201, body.ToString());
        var lines = await host.Client.GetStringAsync(
            new Uri($"/v1/models/{world.Name}/datasets/held/versions/1/files/test.jsonl", UriKind.Relative),
            Ct
        );
        var ids = lines
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("prediction_id").GetString())
            .ToHashSet();
        return (world, [.. rows.Where(row => ids.Contains(row.Id))]);
    }

    private async Task<(int Status, JsonElement Body)> PutAsync(
        ReviewWorld world,
        string version,
        string body,
        string dataset = "held",
        int number = 1
    )
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
        using var response = await host.Client.PutAsync(
            new Uri(
                $"/v1/models/{world.Name}/datasets/{dataset}/versions/{number}/evaluations/{Uri.EscapeDataString(version)}",
                UriKind.Relative
            ),
            content,
            Ct
        );
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement);
    }

    private static object Prediction(ReviewWorld.Row row, string version, string answer, string role) =>
        new
        {
            prediction_id = role == "shadow" ? $"{row.Id}~{version}" : row.Id,
            timestamp = row.At,
            version,
            role,
            trace_id = "trace-" + row.Id,
            features = new
            {
                amount = row.Amount,
                country = row.Country,
                note = row.Note,
            },
            prediction = answer,
            score = row.Score,
        };

    private static async Task<JsonElement> DeclaredAsync(ReviewWorld world, string version) =>
        (await world.GetAsync("versions"))
            .GetProperty("versions")
            .EnumerateArray()
            .Single(one => Text(one, "version") == version)
            .GetProperty("declaration");

    private static JsonElement Slice(JsonElement proof, string kind, string name) =>
        proof.GetProperty("held_out").EnumerateArray().Single(slice => Text(slice, "kind") == kind && Text(slice, "name") == name);

    private static IEnumerable<string?> Reasons(JsonElement proof) =>
        proof.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString());

    private static double Value(JsonElement slice, string name) => slice.GetProperty(name).GetProperty("value").GetDouble();

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string Other(string answer) => answer == "1" ? "0" : "1";

    private static string Line(string id, string answer) => JsonSerializer.Serialize(new { prediction_id = id, prediction = answer });
}
