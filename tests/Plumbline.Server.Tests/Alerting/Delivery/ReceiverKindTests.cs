using System.Text.Json;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry;
using Plumbline.Registry.Web;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>What holds for every kind of receiver, those that are still to come included.</summary>
public sealed class ReceiverKindTests
{
    public static TheoryData<string> Kinds => [.. ReceiverKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_says_all_that_the_house_asks_of_it(string name)
    {
        var kind = ReceiverKind.Find(name)!;
        Assert.True(kind.Client.IsAssignableTo(typeof(IReceiverClient)));
        Assert.Equal(kind.NeedsReminders, kind.Client.IsAssignableTo(typeof(IRemindingClient)));
        Assert.Contains(kind.Fields, field => field.IsNeeded);
        Assert.All(kind.Fields, field => Assert.Matches("^[a-z][a-z0-9_]*$", field.Key));
        Assert.All(kind.Fields.Where(field => field.Shape == FieldShape.Choice), field => Assert.True(field.Choices.Count > 1));
        Assert.All(kind.Fields.Where(field => field.Shape == FieldShape.Number), field => Assert.True(field.Range.From < field.Range.To));
        Assert.Equal(kind, ReceiverKind.Find(name.ToUpperInvariant()));
        // Without any field each needed one is named.
        var errors = ReceiverRules.Check("r", new ReceiverSpecification { Kind = name }, allowLinkLocal: false);
        Assert.All(kind.Fields.Where(field => field.IsNeeded), field => Assert.Contains(new FieldError(field.Key, "needed."), errors));
    }

    [Fact]
    public void Kinds_that_share_a_key_give_it_one_shape_and_no_key_is_one_of_all_receivers()
    {
        var fields = ReceiverKind.All.SelectMany(kind => kind.Fields).ToLookup(field => field.Key, StringComparer.Ordinal);
        Assert.All(fields, group => Assert.Single(group.Select(field => field.Shape).Distinct()));
        Assert.DoesNotContain(fields, group => group.Key is "name" or "kind" or "minimum_severity" or "models" or "digest" or "enabled");
        Assert.Equal(fields.Select(group => group.Key).Order(), ((IOpenOptions)new ReceiverSpecification()).FurtherKeys.Keys.Order());
    }

    [Fact]
    public void A_specification_is_the_same_after_it_was_written_and_read()
    {
        var specification = new ReceiverSpecification
        {
            Kind = "email",
            Models = ["churn"],
            Digest = true,
            ["host"] = "mail.example.com",
            ["port"] = 2525,
            ["from"] = "a@example.com",
            ["to"] = new[] { "b@example.com", "c@example.com" },
        };
        var text = JsonSerializer.Serialize(specification, ReceiverSpecification.Json);
        Assert.Contains("\"port\":2525", text, StringComparison.Ordinal);
        Assert.Contains("\"to\":[\"b@example.com\",\"c@example.com\"]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.Ordinal);
        var read = JsonSerializer.Deserialize<ReceiverSpecification>(text, ReceiverSpecification.Json)!;
        Assert.Equal((2525L, "mail.example.com"), (read.Number("port"), read.Text("host")));
        Assert.Equal(text, JsonSerializer.Serialize(read, ReceiverSpecification.Json));
        var mistake = Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize<ReceiverSpecification>("""{"url":1}""", ReceiverSpecification.Json)
        );
        Assert.Equal("$.url", mistake.Path);
        Assert.Throws<ArgumentException>(() => new ReceiverSpecification { ["pigeon"] = "coop" });
    }

    [Fact]
    public void A_copy_does_not_change_what_it_was_made_of()
    {
        var first = new ReceiverSpecification { Kind = "webhook", ["url"] = "https://one.example.com" };
        var second = first.With(("url", "https://two.example.com"), ("secret", "sixteen characters"));
        Assert.Equal(("https://one.example.com", false), (first.Text("url"), first.IsGiven("secret")));
        Assert.Equal(("https://two.example.com", true), (second.Text("url"), second.IsGiven("secret")));
    }
}
