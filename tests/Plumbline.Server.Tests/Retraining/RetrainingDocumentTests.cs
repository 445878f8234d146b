using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Targets;
using Plumbline.Review.Retraining.Triggers;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.FirstLines;
using Plumbline.Server.Tests.Review;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>docs/retraining.md: its curl lines as they are printed, by curl itself; its tables name what the program has.</summary>
public sealed partial class RetrainingDocumentTests(TestHost host)
{
    private const string PrintedTrainer = "https://train.example.com/plumbline";
    private const string PrintedCallback = "/hooks/retraining/rt-0199?token=5f2c";
    private const string PrintedAnswers = "@answers.jsonl";
    private const string Checked = "-sS -w '\\n%{http_code}'";

    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "retraining.md"));

    [Fact]
    public async Task The_lines_work_in_their_order()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await using var sink = await HttpSink.StartAsync();
        var rows = ReviewWorld.Rows(100, 61, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var (status, made) = await world.SendAsync(HttpMethod.Put, "datasets/reviewed", new { });
        Assert.True(status < 300, made.ToString());
        var lines = CurlLine().Matches(Document).Select(match => match.Value).ToList();
        Assert.Equal(13, lines.Count);
        var answers = new List<JsonElement>();
        var file = Path.Combine(Path.GetTempPath(), $"plumbline-answers-{Guid.NewGuid():N}.jsonl");
        foreach (var line in lines)
        {
            if (line.Contains(PrintedAnswers, StringComparison.Ordinal))
                await File.WriteAllTextAsync(file, await AnswersAsync(world));
            var callback = "";
            if (line.Contains(PrintedCallback, StringComparison.Ordinal))
                callback = await UntilToldAsync(sink);
            var asked = line.Replace("localhost:5070", host.Client.BaseAddress!.Authority, StringComparison.Ordinal)
                .Replace("/models/churn/", $"/models/{world.Name}/", StringComparison.Ordinal)
                .Replace(PrintedTrainer, sink.Url, StringComparison.Ordinal)
                .Replace(PrintedCallback, callback, StringComparison.Ordinal)
                .Replace(PrintedAnswers, "@" + file, StringComparison.Ordinal);
            var said = (await ShellLine.RunAsync(asked, Checked)).TrimEnd();
            var (body, code) = (said[..^3].Trim(), (HttpStatusCode)int.Parse(said[^3..], CultureInfo.InvariantCulture));
            Assert.True(code is HttpStatusCode.OK or HttpStatusCode.Created, $"{line}\n{said}");
            answers.Add(JsonDocument.Parse(body).RootElement.Clone());
        }

        File.Delete(file);
        Assert.True(answers[1].GetProperty("reachable").GetBoolean(), answers[1].ToString());
        Assert.Equal("succeeded", answers[5].GetProperty("state").GetString());
        var version = answers[6].GetProperty("versions").EnumerateArray().Single(one => one.GetProperty("version").GetString() == "v2");
        Assert.Equal("shadow", version.GetProperty("declaration").GetProperty("stage").GetString());
        Assert.StartsWith("waits: 0 of 500 new answers", answers[8].GetProperty("status").GetString(), StringComparison.Ordinal);
        Assert.Equal(10, answers[9].GetProperty("accepted").GetInt32());
        // Ten cases say nothing, and the line says force.
        Assert.Equal("not_enough_data", answers[10].GetProperty("verdict").GetString());
        Assert.False(answers[11].GetProperty("data").GetProperty("ok").GetBoolean());
        Assert.Equal("promoted", answers[12].GetProperty("stage").GetString());
    }

    /// <summary>The rows of the test split with what was right as the answer.</summary>
    private async Task<string> AnswersAsync(ReviewWorld world)
    {
        var rows = await host.Client.GetStringAsync($"/v1/models/{world.Name}/datasets/reviewed/versions/1/files/test.jsonl");
        return string.Join(
            '\n',
            rows.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(row => JsonDocument.Parse(row).RootElement)
                .Select(row =>
                    JsonSerializer.Serialize(
                        new
                        {
                            prediction_id = row.GetProperty("prediction_id").GetString(),
                            prediction = row.GetProperty("label").GetString(),
                        }
                    )
                )
        );
    }

    [Fact]
    public void Every_kind_field_and_option_is_in_its_table()
    {
        var options = typeof(RetrainingOptions)
            .GetProperties()
            .Where(property => property.CanWrite)
            .Select(property => "retraining." + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        Assert.All(
            TargetKind.All.Select(kind => kind.Name).Concat(options),
            name => Assert.Contains($"\n| `{name}` |", Document, StringComparison.Ordinal)
        );
        Assert.All(
            TargetKind.All.SelectMany(kind => kind.Fields).Select(field => field.Key).Concat(TargetTemplate.Names),
            name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal)
        );
        var fields = JsonSerializer
            .SerializeToElement(new RetrainingTrigger(), RetrainingTrigger.Json)
            .EnumerateObject()
            .Select(field => field.Name)
            .Where(field => field is not ("name" or "when"))
            .Concat(["when.new_answers", "when.performance", "when.schedule"]);
        Assert.All(fields, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
    }

    private static async Task<string> UntilToldAsync(HttpSink sink)
    {
        for (var i = 0; sink.Requests.Count == 0; i++)
        {
            Assert.True(i < 600, "The trainer was told nothing in 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var callback = sink.Requests[0].Json.GetProperty("data").GetProperty("callback_url").GetString()!;
        return new Uri(callback).PathAndQuery;
    }

    [GeneratedRegex(@"^curl .+$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CurlLine();
}
