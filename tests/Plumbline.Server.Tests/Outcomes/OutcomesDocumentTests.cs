using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.Outcomes;

/// <summary>
/// docs/outcomes.md and docs/segments.md: every declaration in them can be declared, numbers and names are the program's.
/// </summary>
public sealed partial class OutcomesDocumentTests(TestHost host)
{
    private static readonly string Outcomes = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "outcomes.md"));
    private static readonly string Segments = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "segments.md"));

    public static TheoryData<string> Declarations =>
        [
            .. JsonBlock()
                .Matches(Outcomes + Segments)
                .Select(match => match.Groups[1].Value)
                .Where(block => block.Contains("\"task\"", StringComparison.Ordinal)),
        ];

    [Theory]
    [MemberData(nameof(Declarations))]
    public async Task A_declaration_is_taken(string declaration)
    {
        using var content = new StringContent(declaration, System.Text.Encoding.UTF8, "application/json");
        var answer = await host.Client.PutAsync($"/v1/models/{host.NewModelName()}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_signal_is_taken()
    {
        var block = JsonBlock()
            .Matches(Outcomes)
            .Select(match => match.Groups[1].Value)
            .Single(text => text.Contains("\"prediction_id\"", StringComparison.Ordinal));
        var name = await host.CreateModelAsync(new { task = "binary" });
        await host.PostAsync(name, "signals", [JsonSerializer.Deserialize<JsonElement>(block)]);
    }

    [Fact]
    public void Numbers_are_the_program_s()
    {
        Assert.Contains(
            $"to {SignalDefinition.MaxAttributionWindow.TotalDays:0}d, default {SignalDefinition.DefaultAttributionWindow.TotalDays:0}d",
            Outcomes,
            StringComparison.Ordinal
        );
        Assert.Contains($"At most {ModelLimits.MaxSignals} names", Outcomes, StringComparison.Ordinal);
        Assert.Contains($"the first {SegmentValues.MaxValues} values", Segments, StringComparison.Ordinal);
        Assert.All(BusinessMetrics.Measures, measure => Assert.Contains($".{measure}`", Outcomes, StringComparison.Ordinal));
        foreach (Match match in Metric().Matches(Outcomes))
            Assert.True(KnownMetrics.Find(match.Groups[1].Value) is not null, match.Value);
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JsonBlock();

    [GeneratedRegex("`((?:cost|performance)\\.[a-z0-9_]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metric();
}
