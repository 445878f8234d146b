using System.Text.Json;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>What holds for every kind of rule, those that are still to come included.</summary>
public sealed class RuleKindTests
{
    public static TheoryData<string> Kinds => [.. RuleKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_has_words_and_refuses_the_settings_that_it_does_not_have(string name)
    {
        var kind = RuleKind.Find(name)!;
        Assert.Matches("^[a-z_]+$", kind.Name);
        Assert.False(kind.Has(RuleSettings.AboveOrBelow) && kind.Has(RuleSettings.AnyDirection), "one of the two");
        var rule = new Rule
        {
            Name = "r",
            Kind = kind,
            Metric = kind.OnlyMetric ?? "performance.accuracy",
        };
        var full = rule with { Value = 0.5, Direction = RuleDirection.Below, ThanVersion = "v1", Version = "v2", Relative = true };
        var wrong = RuleCheck.CheckAlone(full).Select(error => error.Field).ToHashSet();
        Assert.Equal(!kind.Has(RuleSettings.Value), wrong.Contains("value"));
        Assert.Equal(!kind.Has(RuleSettings.ThanVersion), wrong.Contains("than_version"));
        Assert.Equal(!kind.Has(RuleSettings.Relative), wrong.Contains("relative"));
        Assert.Equal(kind.Has(RuleSettings.Value), RuleCheck.CheckAlone(rule).Any(error => error.Field == "value"));
        var words = kind.Describe(full, new RuleUnits("share", "1h", "in 2 windows of 1h in a row"));
        Assert.NotEmpty(words);
        Assert.Equal(kind.Has(RuleSettings.Duration), words.Contains("in a row", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_is_written_by_its_name_and_read_again(string name)
    {
        var text = JsonSerializer.Serialize(
            new Rule
            {
                Name = "r",
                Kind = RuleKind.Find(name)!,
                Metric = "m",
            },
            Rule.Json
        );
        Assert.Contains($"\"kind\":\"{name}\"", text, StringComparison.Ordinal);
        Assert.Same(RuleKind.Find(name), JsonSerializer.Deserialize<Rule>(text, Rule.Json)!.Kind);
    }

    [Fact]
    public void The_name_that_a_kind_had_before_is_still_read()
    {
        var rule = JsonSerializer.Deserialize<Rule>("""{"name":"r","kind":"drift","metric":"drift.calibrated"}""", Rule.Json)!;
        Assert.Same(AnomalyRule.Kind, rule.Kind);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Rule>("""{"name":"r","kind":"nonsense","metric":"m"}""", Rule.Json));
    }
}
