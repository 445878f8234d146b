using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Review.Datasets;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.FirstLines;

namespace Plumbline.Server.Tests.Review;

/// <summary>docs/datasets.md: its curl lines as they are printed, by curl itself; its tables name what the program has.</summary>
public sealed partial class DatasetDocumentTests(TestHost host)
{
    private const string Printed = "localhost:5070/v1/models/churn/";
    private const string Checked = "-sS -w '\\n%{http_code}'";

    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "datasets.md"));

    [Fact]
    public async Task The_lines_work_in_their_order()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(100, 71, ReviewWorld.LastHour);
        await world.PostAsync(rows.Append(rows[0] with { Id = "p-1" }));
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var lines = CurlLine().Matches(Document).Select(match => match.Value).ToList();
        Assert.Equal(12, lines.Count);
        foreach (var line in lines)
        {
            var asked = line.Replace(Printed, $"{host.Client.BaseAddress!.Authority}/v1/models/{world.Name}/", StringComparison.Ordinal)
                .Replace("curl -O ", "curl -o /dev/null ", StringComparison.Ordinal);
            var said = (await ShellLine.RunAsync(asked, Checked)).TrimEnd();
            Assert.True(int.Parse(said[^3..], CultureInfo.InvariantCulture) is 200 or 201, $"{line}\n{said}");
        }

        // The second version was made by the changed recipe: no row of the reference is in it.
        var card = (await world.GetAsync("datasets/weekly/versions/2")).GetProperty("card");
        Assert.Equal(["random"], card.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()));
    }

    [Fact]
    public void Every_field_kind_and_rule_is_in_its_table()
    {
        var fields = JsonSerializer
            .SerializeToElement(new DatasetRecipe(), DatasetRecipe.Json)
            .EnumerateObject()
            .Select(field => field.Name);
        Assert.All(fields, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
        Assert.All(Words<DatasetPartKind>().Concat(Words<LabelConflict>()), word => Assert.Contains($"\n| `{word}` |", Document));
        Assert.All(Words<SplitKind>(), word => Assert.Contains($"`{word}`", Document));
        var split = new DatasetSplit();
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"by `time`, {split.Train}, {split.Validation}, {split.Test} |"),
            Document
        );

        static IEnumerable<string> Words<T>()
            where T : struct, Enum => Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
    }

    [GeneratedRegex(@"^curl .+$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CurlLine();
}
