using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>
/// docs/alerting.md: its rules can be declared, its table of default rules is the program's, its fields are those of a rule.
/// </summary>
public sealed partial class AlertingDocumentTests(TestHost host)
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "alerting.md"));

    [Fact]
    public async Task Every_rule_in_it_can_be_declared()
    {
        var name = await host.CreateModelAsync(new { task = "binary", features = new { amount = new { type = "numeric" } } });
        var model = host.Get<ModelCatalog>().Find(name)!;
        var rules = JsonBlock().Matches(Document).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(5, rules.Count);
        foreach (var text in rules)
        {
            var rule = JsonSerializer.Deserialize<Rule>(text.Replace("{ ", "{ \"name\": \"x\", ", StringComparison.Ordinal), Rule.Json)!;
            Assert.Empty(RuleCheck.Check(rule, model));
        }
    }

    [Fact]
    public void Its_table_names_every_default_rule_with_its_metric()
    {
        foreach (var task in Enum.GetValues<ModelTask>())
        {
            var model = new ModelDefinition
            {
                Id = 1,
                Name = "m",
                Task = task,
                Segments = ["country"],
            };
            foreach (var rule in DefaultRules.For(model))
            {
                var row = Document
                    .Split('\n')
                    .SingleOrDefault(line =>
                        line.StartsWith("| `", StringComparison.Ordinal)
                        && line.Contains($"`{rule.Name}`", StringComparison.Ordinal)
                        && line.Contains(rule.Kind.Name, StringComparison.Ordinal)
                    );
                Assert.True(row is not null, $"{rule.Name} is not in the table");
            }
        }
    }

    [Fact]
    public void Its_fields_are_those_of_a_rule()
    {
        var properties = JsonSerializer
            .SerializeToElement(
                new Rule
                {
                    Name = "x",
                    Kind = ChangeRule.Kind,
                    Metric = "m",
                    Features = ["f"],
                    Class = "c",
                    Window = TimeSpan.FromDays(1),
                    Value = 1,
                    ThanVersion = "v",
                    Severity = Plumbline.Alerting.AlertSeverity.Warning,
                    EffectFloor = 1,
                },
                Rule.Json
            )
            .EnumerateObject()
            .Select(property => property.Name)
            .Where(name => name is not ("name" or "value" or "relative" or "against" or "than_version"));
        Assert.All(properties, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
    }

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex JsonBlock();
}
