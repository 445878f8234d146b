using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plumbline.Server.Tests.Review;

/// <summary>Answers and tasks as files of other tools, and back.</summary>
public sealed class AnswerExchangeTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("label_studio")]
    [InlineData("argilla")]
    public async Task What_is_exported_and_comes_back_as_it_was_changes_nothing(string format)
    {
        var world = await LabelledAsync(51);
        var path = $"datasets/round/versions/1/files/train.{format}.json";
        var before = await TextAsync(world, path);
        Assert.Equal(16, JsonDocument.Parse(before).RootElement.GetArrayLength());

        var told = await ImportAsync(world, format, before);

        Assert.Equal(
            (0, 0, 16, 0),
            (Count(told, "taken"), Count(told, "ground_truth"), Count(told, "repeated"), Count(told, "error_count"))
        );
        await world.SendAsync(HttpMethod.Post, "datasets/round/versions");
        Assert.Equal(before, await TextAsync(world, path.Replace("/1/", "/2/", StringComparison.Ordinal)));
        Assert.Equal(
            (await world.GetAsync("datasets/round/versions/1")).GetProperty("content_hash").GetString(),
            (await world.GetAsync("datasets/round/versions/2")).GetProperty("content_hash").GetString()
        );
    }

    [Fact]
    public async Task Annotations_of_Label_Studio_become_ground_truth_and_bad_ones_are_told()
    {
        var world = await LabelledAsync(52);
        var tasks = JsonNode.Parse(await TextAsync(world, "datasets/round/versions/1/files/train.label_studio.json"))!.AsArray();
        var known = tasks.Select(task => task!["annotations"]![0]!["result"]![0]!["value"]!["choices"]![0]!.GetValue<string>()).ToList();
        // 0: two say the other class, one the old one. 1: cancelled. 2: no class of the model. 3: of no prediction. 4: they disagree.
        SetAnnotations(tasks[0]!, (1, Other(known[0]), false), (2, Other(known[0]), false), (3, known[0], false));
        SetAnnotations(tasks[1]!, (1, Other(known[1]), true));
        SetAnnotations(tasks[2]!, (1, "maybe", false));
        tasks[3]!["data"]!["plumbline_prediction_id"] = "nobody";
        SetAnnotations(tasks[4]!, (1, "0", false), (2, "1", false));

        var told = await ImportAsync(world, "label_studio", tasks.ToJsonString());

        Assert.Equal((1, 1, 11), (Count(told, "ground_truth"), Count(told, "skipped"), Count(told, "repeated")));
        Assert.Equal(
            [(2, "label"), (3, "prediction_id"), (4, "label")],
            told.GetProperty("errors")
                .EnumerateArray()
                .Select(e => (e.GetProperty("index").GetInt32(), e.GetProperty("field").GetString()!))
        );
        var id = tasks[0]!["data"]!["plumbline_prediction_id"]!.GetValue<string>();
        await UntilTruthAsync(world, id, Other(known[0]));
        var again = await ImportAsync(world, "label_studio", tasks.ToJsonString());
        Assert.Equal((0, 3), (Count(again, "ground_truth"), Count(again, "error_count")));
        Assert.Equal(2, (await world.GetAsync($"predictions/{id}")).GetProperty("ground_truth_history").GetArrayLength());
    }

    [Fact]
    public async Task Open_tasks_are_answered_elsewhere()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await world.PostAsync(ReviewWorld.Rows(200, 53, ReviewWorld.LastHour));
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Put, "review/policies/daily", new { per_day = 200, annotators = 2 });
        var from = Uri.EscapeDataString(ReviewWorld.LastHour.ToString("O"));
        var to = Uri.EscapeDataString(ReviewWorld.LastHour.AddHours(1).ToString("O"));
        await world.SendAsync(HttpMethod.Post, $"review/policies/daily/draw?from={from}&to={to}");
        var records = JsonNode.Parse(await TextAsync(world, "review/tasks/export?format=argilla"))!.AsArray();
        Assert.NotEmpty(records);
        var record = records[0]!;
        Assert.Equal(["amount", "country", "note"], record["fields"]!.AsObject().Select(field => field.Key));
        record["responses"] = new JsonObject
        {
            ["label"] = new JsonArray(Response("1", "a1", "submitted"), Response("1", "a2", "submitted"), Response("0", "a3", "draft")),
        };

        var told = await ImportAsync(world, "argilla", records.ToJsonString());

        Assert.Equal((2, records.Count), (Count(told, "taken"), Count(told, "skipped")));
        var done = (await world.GetAsync("review/tasks?state=done")).GetProperty("tasks");
        Assert.Equal(record["id"]!.GetValue<string>(), Assert.Single(done.EnumerateArray()).GetProperty("prediction_id").GetString());
        var annotators = (await world.GetAsync("review/annotators")).GetProperty("annotators");
        Assert.Equal(
            ["import:a1", "import:a2"],
            annotators.EnumerateArray().Select(one => one.GetProperty("annotator").GetString()).Order(StringComparer.Ordinal)
        );
        Assert.Equal(2, Count(await ImportAsync(world, "argilla", records.ToJsonString()), "repeated"));
    }

    [Theory]
    [InlineData("csv", "prediction_id,label,annotator\n{0},{1},eva\n{2},maybe,eva\n,1,eva\n{3},,eva\n")]
    [InlineData(
        "jsonl",
        "{{\"prediction_id\":\"{0}\",\"label\":\"{1}\"}}\n{{\"prediction_id\":\"{2}\",\"label\":\"maybe\"}}\n{{\"label\":\"1\"}}\n"
            + "{{\"prediction_id\":\"{3}\",\"label\":\"\"}}\n"
    )]
    public async Task Rows_beside_bad_ones_are_kept(string format, string file)
    {
        var world = await LabelledAsync(54);
        var rows = ReviewWorld.Rows(20, 54, ReviewWorld.LastHour);
        var body = string.Format(null, file, rows[0].Id, Other(rows[0].Truth), rows[1].Id, rows[2].Id);

        var told = await ImportAsync(world, format, body);

        Assert.Equal((1, 1), (Count(told, "ground_truth"), Count(told, "skipped")));
        Assert.Equal(
            [(1, "label"), (2, "prediction_id")],
            told.GetProperty("errors")
                .EnumerateArray()
                .Select(e => (e.GetProperty("index").GetInt32(), e.GetProperty("field").GetString()!))
        );
        await UntilTruthAsync(world, rows[0].Id, Other(rows[0].Truth));
    }

    [Fact]
    public async Task A_file_of_another_kind_is_refused_with_the_place()
    {
        var world = await LabelledAsync(55);
        Assert.Equal("json_invalid", (await SendAsync(world, "label_studio", "[{\n")).GetProperty("code").GetString());
        Assert.Equal("answers_invalid", (await SendAsync(world, "argilla", "{}")).GetProperty("code").GetString());
        Assert.Equal("answers_invalid", (await SendAsync(world, "parquet", "no")).GetProperty("code").GetString());
        Assert.Equal("format_unknown", (await SendAsync(world, "xml", "no")).GetProperty("code").GetString());
    }

    // Twenty predictions with ground truth and a version of them.
    private async Task<ReviewWorld> LabelledAsync(ulong seed)
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(20, seed, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Put, "datasets/round", new { parts = new[] { new { kind = "labelled" } } });
        var (status, body) = await world.SendAsync(HttpMethod.Post, "datasets/round/versions");
        Assert.True(status == 201, body.ToString());
        return world;
    }

    private static string Other(string label) => label == "1" ? "0" : "1";

    private static void SetAnnotations(JsonNode task, params (int By, string Value, bool IsCancelled)[] annotations)
    {
        task["annotations"] = new JsonArray([
            .. annotations.Select(one => new JsonObject
            {
                ["completed_by"] = one.By,
                ["was_cancelled"] = one.IsCancelled,
                ["result"] = new JsonArray(
                    new JsonObject
                    {
                        ["from_name"] = "label",
                        ["type"] = "choices",
                        ["value"] = new JsonObject { ["choices"] = new JsonArray(one.Value) },
                    }
                ),
            }),
        ]);
    }

    private static JsonObject Response(string value, string user, string status) =>
        new()
        {
            ["value"] = value,
            ["user_id"] = user,
            ["status"] = status,
        };

    private static int Count(JsonElement told, string what) => told.GetProperty(what).GetInt32();

    private async Task<JsonElement> ImportAsync(ReviewWorld world, string format, string body)
    {
        var told = await SendAsync(world, format, body);
        Assert.True(told.TryGetProperty("taken", out _), told.ToString());
        return told;
    }

    private async Task<JsonElement> SendAsync(ReviewWorld world, string format, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
        using var response = await host.Client.PostAsync(
            new Uri($"/v1/models/{world.Name}/review/answers?format={format}", UriKind.Relative),
            content,
            Ct
        );
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
    }

    private Task<string> TextAsync(ReviewWorld world, string path) =>
        host.Client.GetStringAsync(new Uri($"/v1/models/{world.Name}/{path}", UriKind.Relative), Ct);

    private static async Task UntilTruthAsync(ReviewWorld world, string prediction, string value)
    {
        for (var i = 0; ; i++)
        {
            var truth = (await world.GetAsync($"predictions/{prediction}")).GetProperty("ground_truth");
            if (truth.ValueKind == JsonValueKind.Object && truth.GetProperty("value").ToString() == value)
                return;
            Assert.True(i < 300, $"{prediction} is not {value} after 30 s: {truth}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }
}
