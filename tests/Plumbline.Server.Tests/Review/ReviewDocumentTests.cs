using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Monitoring.Scores;
using Plumbline.Review;
using Plumbline.Review.Policies;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.FirstLines;

namespace Plumbline.Server.Tests.Review;

/// <summary>docs/review.md: its curl lines as they are printed, by curl itself; its tables name what the program has.</summary>
public sealed partial class ReviewDocumentTests(TestHost host)
{
    private const string Printed = "localhost:5070/v1/models/churn/";
    private const string PrintedTask = "/tasks/17/";
    private const string Checked = "-sS -w '\\n%{http_code}'";

    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "review.md"));

    [Fact]
    public async Task The_lines_work_in_their_order()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await world.PostAsync(ReviewWorld.Rows(400, 31, ReviewWorld.LastHour));
        await host.WaitUntilComputedAsync(world.Name);
        var lines = CurlLine().Matches(Document).Select(match => match.Value).ToList();
        Assert.Equal(16, lines.Count);
        var task = "";
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (line.EndsWith("/review/next", StringComparison.Ordinal))
                await UntilTasksAsync(world);
            var asked = line.Replace(Printed, $"{host.Client.BaseAddress!.Authority}/v1/models/{world.Name}/", StringComparison.Ordinal)
                .Replace(PrintedTask, $"/tasks/{task}/", StringComparison.Ordinal);
            var said = (await ShellLine.RunAsync(asked, Checked)).TrimEnd();
            var (body, status) = (said[..^3].Trim(), (HttpStatusCode)int.Parse(said[^3..], CultureInfo.InvariantCulture));
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{line}\n{said}");
            if (body.Length == 0 || line.EndsWith("/yaml", StringComparison.Ordinal))
                continue;
            answers[line] = JsonDocument.Parse(body).RootElement.Clone();
            if (line.EndsWith("/review/next", StringComparison.Ordinal))
                task = answers[line].GetProperty("task").GetInt64().ToString(CultureInfo.InvariantCulture);
        }

        // The last answer was 0, and a decision stands above it.
        var resolved = (await world.GetAsync("review/tasks?state=done")).GetProperty("tasks")[0];
        Assert.Equal("1", resolved.GetProperty("resolved").GetString());
        Assert.Equal(1, answers[lines[^1]].GetProperty("annotators")[0].GetProperty("answers").GetInt32());
    }

    [Fact]
    public void Every_score_field_and_option_is_in_its_table()
    {
        var fields = JsonSerializer.SerializeToElement(new ReviewPolicy(), ReviewPolicy.Json).EnumerateObject().Select(field => field.Name);
        var options = typeof(ReviewOptions)
            .GetProperties()
            .Where(property => property.CanWrite)
            .Select(property => "review." + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        Assert.All(
            ScoreKind.All.Select(kind => kind.Name).Concat(fields.Where(field => field != "name")).Concat(options),
            name => Assert.Contains($"\n| `{name}` |", Document, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_document_says_the_defaults_that_hold()
    {
        var policy = new ReviewPolicy();
        Assert.All(
            new[]
            {
                Line("per_day", "1..1,000,000", policy.PerDay),
                Line("uniform_share", "0..1", policy.UniformShare),
                Line("cold_spot_share", "0..1", policy.ColdSpotShare),
                Line("sharpness", "0..20", policy.Sharpness),
                Line("quota_share", "0.01..1", policy.QuotaShare),
                Line("annotators", "1..9", policy.Annotators),
                Line("gold_share", "0..0.5", policy.GoldShare),
            },
            line => Assert.Contains(line, Document, StringComparison.Ordinal)
        );
        var weights = policy.Weights.Select(pair => string.Create(CultureInfo.InvariantCulture, $"`{pair.Key}` {pair.Value}"));
        Assert.All(weights, weight => Assert.Contains(weight, Document, StringComparison.Ordinal));

        static string Line(string field, string range, double value) =>
            string.Create(CultureInfo.InvariantCulture, $"| `{field}` | {range}, {value} |");
    }

    private static async Task UntilTasksAsync(ReviewWorld world)
    {
        for (var i = 0; (await world.GetAsync("review/tasks")).GetProperty("tasks").GetArrayLength() == 0; i++)
        {
            Assert.True(i < 300, "No tasks after 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [GeneratedRegex(@"^curl .+$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CurlLine();
}
