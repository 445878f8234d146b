using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Server.Tests.Cli;
using Plumbline.Statistics.Slices;

namespace Plumbline.Server.Tests.Segments.ColdSpots;

/// <summary>docs/cold-spots.md: its losses, limits and fields are the program's.</summary>
public sealed partial class ColdSpotDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "cold-spots.md"));

    [Fact]
    public void Its_table_has_every_loss() =>
        Assert.Equal(
            Enum.GetValues<ColdSpotLoss>().Select(loss => JsonSerializer.SerializeToElement(loss, ColdSpotReport.Json).GetString()),
            LossRow()
                .Matches(
                    Document[
                        Document.IndexOf("## What makes a row bad", StringComparison.Ordinal)..Document.IndexOf(
                            "## What a finding says",
                            StringComparison.Ordinal
                        )
                    ]
                )
                .Select(match => match.Groups[1].Value)
        );

    [Fact]
    public void Its_example_is_a_finding()
    {
        var block = JsonBlock().Matches(Document)[1].Groups[1].Value;
        var spot = JsonSerializer.Deserialize<ColdSpot>(block, ColdSpotReport.Json)!;
        Assert.Equal(
            JsonSerializer.SerializeToElement(spot, ColdSpotReport.Json).EnumerateObject().Select(p => p.Name).Order(),
            JsonDocument.Parse(block).RootElement.EnumerateObject().Select(p => p.Name).Order()
        );
    }

    [Fact]
    public void Its_limits_are_the_program_s()
    {
        var options = new SliceSearchOptions();
        string[] sentences =
        [
            $"at least {options.MinimumShare * 100:0} % of the rows and at least {options.MinimumRows}",
            $"beyond the first {ColdSpotFeatures.MaxFeatures}",
            $"More than {ColdSpotRows.MaxRows:N0} rows",
            $"from {ColdSpotSearch.LeastLabelled:N0} predictions",
            $"1 to {ColdSpotRequest.MaxDays}",
            $"best {options.BeamWidth:N0} pairs",
            $"at most {options.Level * 100:0} %",
            $"\"days\": {ColdSpotRequest.DefaultDays}",
        ];
        Assert.All(sentences, sentence => Assert.Contains(sentence, Document, StringComparison.Ordinal));
        Assert.Equal((10, 0.5), (options.MaximumFindings, options.MaximumShare));
    }

    [GeneratedRegex("^\\| `([a-z_]+)` \\|", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex LossRow();

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex JsonBlock();
}
